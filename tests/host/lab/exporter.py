"""virtscope-export under test, and those who ask it."""
import json
import os
import re
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from .agent import program
from .process import spawn, stop
from .wait import until


class Exporter:
    """`virtscope-export prometheus` on a port of its own."""

    def __init__(self, folder, ring, *options, address="127.0.0.1:0"):
        self.log = os.path.join(folder, f"exporter-{os.urandom(4).hex()}.log")
        self._argv = [program("virtscope-export"), "prometheus", "--ring", ring, "--web.listen-address", address, *options]
        self._process = None
        self.url = None

    def start(self):
        with open(self.log, "ab") as log:
            self._process = spawn(self._argv, stdout=log, stderr=log)
        self.url = until(self._listening, why="the exporter listens").removesuffix("/metrics")
        return self

    def _listening(self):
        assert self._process.poll() is None, f"the exporter ended: {self.said()}"
        found = re.search(r"listening on (\S+)", self.said())
        return found and found[1]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        return stop(self._process)

    def signal(self, number):
        self._process.send_signal(number)

    @property
    def pid(self):
        return self._process.pid

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def get(self, path="/metrics", **headers):
        """Status, headers and body."""
        request = urllib.request.Request(self.url + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def values(self, name):
        """Samples with that name: a list of (labels' text, value)."""
        text = self.get()[2].decode()
        return [(labels, float(value)) for labels, value in re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.M)]

    def value(self, name):
        found = self.values(name)
        assert len(found) == 1, f"{name}: {found}"
        return found[0][1]


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """Debian's Prometheus, which scrapes one target each second. `extra`: lines of its scrape_config."""

    def __init__(self, folder, target, extra=""):
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = os.path.join(folder, "prometheus.log")
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w") as file:
            file.write("scrape_configs:\n- job_name: virtscope\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
                       f"  static_configs: [{{targets: ['{target}']}}]\n{extra}")
        self._argv = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb",
                      f"--web.listen-address={self.url.removeprefix('http://')}"]
        self._process = None

    def __enter__(self):
        with open(self._log, "ab") as log:
            self._process = spawn(self._argv, stdout=log, stderr=log)
        until(self._is_ready, 30, why="Prometheus is ready")
        return self

    def __exit__(self, *_):
        stop(self._process)

    def _is_ready(self):
        assert self._process.poll() is None, "Prometheus ended: " + open(self._log, errors="replace").read()[-2000:]
        try:
            return urllib.request.urlopen(self.url + "/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def ask(self, path, **query):
        """What its API says; an error of it is one here."""
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{query}: {error.read().decode()}") from None

    def query(self, expression):
        """A list of (labels, value)."""
        return [(one["metric"], float(one["value"][1])) for one in self.ask("query", query=expression)["result"]]

    def target(self):
        return self.ask("targets")["activeTargets"][0]


def curl(*words):
    """Exit code, output and what was said."""
    got = subprocess.run(["curl", "-sS", "--max-time", "10", *words], capture_output=True, text=True)
    return got.returncode, got.stdout, got.stderr
