"""VictoriaMetrics as a receiver of remote write, and receivers that answer as a test wants."""
import http.server
import json
import os
import ssl
import threading
import time
import urllib.parse
import urllib.request

from .exporter import free_port
from .needs import need_program
from .process import spawn, stop
from .wait import until


class Victoria:
    """Debian's VictoriaMetrics in a folder of its own, which stays when it is stopped and started again."""

    def __init__(self, folder):
        need_program("victoria-metrics", "victoria-metrics")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.write_url = self.url + "/api/v1/write"
        self._log = os.path.join(folder, "victoria.log")
        self._argv = ["victoria-metrics", f"-storageDataPath={folder}/victoria", f"-httpListenAddr={self.url.removeprefix('http://')}",
                      "-retentionPeriod=1", "-memory.allowedBytes=128MB", "-search.latencyOffset=0s",
                      "-search.disableCache"]
        self._process = None

    def start(self):
        with open(self._log, "ab") as log:
            self._process = spawn(self._argv, stdout=log, stderr=log)
        until(self._answers, 30, why="VictoriaMetrics answers")
        return self

    def stop(self):
        if self._process:
            stop(self._process, 20)

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    def _answers(self):
        assert self._process.poll() is None, "VictoriaMetrics ended: " + open(self._log, errors="replace").read()[-2000:]
        try:
            return self._get("/health") == b"OK"
        except OSError:
            return False

    def _get(self, path, **query):
        with urllib.request.urlopen(f"{self.url}{path}?{urllib.parse.urlencode(query)}", timeout=20) as answer:
            return answer.read()

    def export(self, selector):
        """Every series with all its points as they were received: a list of (labels, [(ms, value)])."""
        self._get("/internal/force_flush")
        rows = [json.loads(line) for line in self._get("/api/v1/export", **{"match[]": selector}).splitlines()]
        return [(row["metric"], list(zip(row["timestamps"], row["values"]))) for row in rows]

    def query(self, expression, at):
        """A list of (labels, value) as of a time in seconds."""
        answer = json.loads(self._get("/api/v1/query", query=expression, time=f"{at:.3f}", nocache=1))
        return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]


class Receiver:
    """Answers with what `answers` has, in turn, and then with 204: (status, body, headers, seconds to wait before)."""

    def __init__(self, answers=(), tls=None):
        self.requests = []  # (time, headers, body)
        self.answers = list(answers)
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        scheme = "http"
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tls.cert("ca"))
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_cert_chain(tls.cert("server"), tls.key("server"))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}/push"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.requests.append((time.monotonic(), dict(self.headers), body))
        status, said, headers, seconds = self.receiver.answers.pop(0) if self.receiver.answers else (204, b"", {}, 0)
        time.sleep(seconds)
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": len(said)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            pass  # it did not wait for this

    def log_message(self, *_):
        pass
