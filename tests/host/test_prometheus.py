#!/usr/bin/env python3
"""virtscope-export prometheus beside a live agent of the simulated host: asked by Debian's Prometheus, promtool, curl,
gnutls-cli, and by clients that mean no good."""
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import time

from lab import Lab, LabCase, eventually, main, need, need_program, program, until
from lab.certificates import Certificates
from lab.exporter import Exporter, Prometheus, curl
from lab.kernel import REPOSITORY

_GUESTS = 12
_USAGE, _BARRED = 2, 4
_PYTHON = "/usr/bin/python3"
_OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Scraped(LabCase):
    @classmethod
    def setUpClass(cls):
        need_program("prometheus", "prometheus")
        need_program("promtool", "prometheus")
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        uri = f"test:///default?guests={_GUESTS}&churn=0&seed=3"
        cls.agent = cls.enterClassContext(cls.lab.agent(connect=uri, interval="200ms"))
        cls.agent.wait_frames(3)

    def exporter(self, *options, **more):
        return self.enterContext(Exporter(self.lab.folder, self.agent.ring, *options, **more))

    def test_promtool_has_nothing_to_say(self):
        exporter = self.exporter("--compat", "inovex")
        _, headers, page = exporter.get()
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        got = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True)
        self.assertEqual((got.returncode, got.stdout, got.stderr), (0, b"", b""))

    def test_the_official_parser_of_openmetrics_takes_it(self):
        # Debian's Python has the parser, whichever Python runs this.
        parse = ("import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse; "
                 "print(sum(len(family.samples) for family in parse(sys.stdin.read())))")
        need(subprocess.run([_PYTHON, "-c", "import prometheus_client"], capture_output=True).returncode == 0,
             "the package python3-prometheus-client is missing")
        page = self.exporter("--compat", "inovex").get(Accept=_OPENMETRICS)[2].decode()
        got = subprocess.run([_PYTHON, "-c", parse], input=page, capture_output=True, text=True)
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertEqual(int(got.stdout), sum(not line.startswith("#") for line in page.splitlines()))

    def test_formats_and_encodings(self):
        exporter = self.exporter()
        status, headers, page = exporter.get(Accept=_OPENMETRICS, Accept_Encoding="gzip")
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))
        self.assertEqual(headers["Content-Type"], "application/openmetrics-text; version=1.0.0; charset=utf-8")
        text = gzip.decompress(page).decode()
        self.assertTrue(text.endswith("\n# EOF\n"))
        self.assertIn("# UNIT virt_guest_cpu_time_seconds seconds\n", text)
        code, plain, said = curl("--compressed", exporter.url + "/metrics")
        self.assertEqual((code, said), (0, ""))
        self.assertIn("\nvirt_up 1\n", plain)

    def test_values_are_those_of_the_agent(self):
        exporter = self.exporter("--guest", "web01")
        guest = self.agent.ask("info", "web01")["guest"]
        [(labels, vcpus)] = exporter.values("virt_guest_vcpus")
        self.assertIn('guest="web01"', labels)
        self.assertEqual(vcpus, guest["vcpus"])
        self.assertEqual(len(exporter.values("virt_vcpu_time_seconds_total")), vcpus)
        self.assertGreaterEqual(exporter.value("virt_guest_cpu_time_seconds_total"), guest["cpu_time"] / 1e9)
        self.assertLess(exporter.value("virt_sample_age_seconds"), 2)

    def test_prometheus_scrapes_it(self):
        exporter = self.exporter("--compat", "inovex")
        with Prometheus(self.lab.folder, exporter.url.removeprefix("http://")) as prometheus:
            until(lambda: prometheus.query("min_over_time(up[5s]) == 1 and count_over_time(up[10s]) > 4"), 30, why="scrapes")
            self.assertEqual(prometheus.target()["lastError"], "")
            self.assertEqual(prometheus.query("count(virt_guest_vcpus)")[0][1], _GUESTS)
            self.assertEqual(prometheus.query("sum(virt_guest_state)")[0][1], _GUESTS)
            self.assertEqual(prometheus.query("libvirt_domains")[0][1], _GUESTS)
            rates = prometheus.query("rate(virt_guest_cpu_time_seconds_total[5s])")
            self.assertEqual(len(rates), _GUESTS)
            self.assertGreater(sum(value for _, value in rates), 0)
            self.check_dashboard(prometheus)

    def check_dashboard(self, prometheus):
        """Each of its queries is one, and those of guests have an answer."""
        with open(REPOSITORY / "exporters" / "prometheus" / "dashboard.json") as file:
            panels = json.load(file)["panels"]
        expressions = [target["expr"] for panel in panels for target in panel.get("targets", [])]
        self.assertGreater(len(expressions), 15)
        for expression in expressions:
            asked = expression.replace("$__rate_interval", "5s").replace("$instance", ".*").replace("$guest", ".*")
            found = prometheus.query(asked.replace("$top", "10"))
            # The simulated host is not the one whose pressure is read; a kernel without PSI has none.
            if "psi" not in expression:
                self.assertTrue(found, asked)

    def test_alerts_are_loadable(self):
        rules = REPOSITORY / "exporters" / "prometheus" / "alerts.yml"
        got = subprocess.run(["promtool", "check", "rules", rules], capture_output=True, text=True)
        self.assertEqual(got.returncode, 0, got.stderr)

    def test_unit_has_few_rights(self):
        need_program("systemd-analyze", "systemd")
        for unit in (REPOSITORY / "exporters" / "systemd").glob("*.service"):
            got = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", unit],
                                 capture_output=True, text=True)
            self.assertEqual(got.returncode, 0, got.stdout[-200:])


class SilentAgent(LabCase):
    def test_a_dead_agent_takes_its_guests_off_the_page(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=3", interval="200ms") as agent:
            with Exporter(lab.folder, agent.ring) as exporter:
                self.assertEqual(exporter.value("virt_up"), 1)
                self.assertEqual(exporter.get("/-/ready")[0], 200)
                agent.kill()
                until(lambda: exporter.value("virt_up") == 0, 5, why="virt_up 0")
                self.assertEqual(exporter.values("virt_guest_vcpus"), [])
                self.assertGreater(exporter.value("virt_sample_age_seconds"), 1)
                self.assertEqual(exporter.get("/-/ready")[0], 503)
                self.assertEqual(exporter.get("/-/healthy")[0], 200)
                agent.start()
                self.assertEqual(exporter.value("virt_up"), 1)
                self.assertEqual(len(exporter.values("virt_guest_vcpus")), 3)
                self.assertIn("is virtscoped running?", exporter.said())

    def test_a_ring_that_is_removed_and_made_again(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=3", interval="200ms") as agent:
            with Exporter(lab.folder, agent.ring) as exporter:
                agent.stop()
                os.remove(agent.ring)
                until(lambda: exporter.value("virt_up") == 0, 5, why="virt_up 0")
                agent.start()
                eventually(lambda: self.assertEqual(exporter.value("virt_up"), 1))

    def test_an_exporter_that_was_there_first(self):
        with Lab() as lab:
            agent = lab.agent(connect="test:///default?guests=3", interval="200ms")
            with Exporter(lab.folder, agent.ring) as exporter:
                self.assertEqual(exporter.value("virt_up"), 0)
                agent.start()
                eventually(lambda: self.assertEqual(exporter.value("virt_up"), 1))


class Secure(LabCase):
    @classmethod
    def setUpClass(cls):
        need_program("certtool", "gnutls-bin")
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(cls.lab.agent(connect="test:///default?guests=3", interval="200ms"))
        cls.certificates = Certificates(cls.lab.folder)
        cls.certificates.make("server", "server")
        cls.certificates.make("client", "client")

    def exporter(self, *options):
        certs = self.certificates
        return self.enterContext(Exporter(self.lab.folder, self.agent.ring, "--web.tls-cert", certs.cert("server"),
                                          "--web.tls-key", certs.key("server"), *options))

    def ask(self, exporter, client=None, *words):
        certs = self.certificates
        with_client = ["--cert", certs.cert(client), "--key", certs.key(client)] if client else []
        return curl("--cacert", certs.cert("ca"), *with_client, *words, exporter.url + "/metrics")

    def assert_in(self, answer):
        code, page, said = answer
        self.assertEqual((code, said), (0, ""))
        self.assertIn("virt_up 1\n", page)

    def assert_out(self, answer):
        self.assertNotEqual(answer[0], 0)
        self.assertEqual(answer[1], "")

    def test_tls_without_client_certificates(self):
        exporter = self.exporter()
        self.assertTrue(exporter.url.startswith("https://"))
        self.assert_in(self.ask(exporter))
        self.assert_in(self.ask(exporter, None, "--tls-max", "1.2"))
        self.assert_out(self.ask(exporter, None, "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"))
        self.assert_out(curl("--cacert", self.certificates.cert("client"), exporter.url + "/metrics"))
        self.assert_out(curl(exporter.url.replace("https", "http") + "/metrics"))

    def test_only_clients_with_a_certificate_of_the_authority(self):
        certs = self.certificates
        certs.authority("another")
        certs.make("stranger", "client", by="another")
        certs.make("wrong-use", "server")
        days = 'activation_date="2020-01-01 00:00:00"\nexpiration_date="2020-01-02 00:00:00"\n'
        certs.make("expired", "client", text=f"cn=x\ntls_www_client\nsigning_key\n{days}")
        exporter = self.exporter("--web.tls-client-ca", certs.cert("ca"))
        for version in ("1.2", "1.3"):
            self.assert_in(self.ask(exporter, "client", "--tls-max", version))
            for client in (None, "stranger", "wrong-use", "another", "expired"):
                with self.subTest(client=client, version=version):
                    self.assert_out(self.ask(exporter, client, "--tls-max", version))

    def test_only_clients_of_that_name(self):
        certs = self.certificates
        certs.make("cn-only", "client", text="cn=prometheus.example\ntls_www_client\nsigning_key\n")
        certs.make("wild", "client", text="cn=x\ndns_name=*.example\ntls_www_client\nsigning_key\n")
        certs.make("longer", "client", text="cn=x\ndns_name=prometheus.example.org\ntls_www_client\nsigning_key\n")
        exporter = self.exporter("--web.tls-client-ca", certs.cert("ca"), "--web.tls-client-name", "prometheus.example")
        self.assert_in(self.ask(exporter, "client"))
        for client in ("cn-only", "wild", "longer"):
            with self.subTest(client=client):
                self.assert_out(self.ask(exporter, client))

    def test_gnutls_cli(self):
        certs = self.certificates
        exporter = self.exporter("--web.tls-client-ca", certs.cert("ca"))
        words = ["gnutls-cli", "--port", str(exporter.port), "--x509cafile", certs.cert("ca"), "--x509certfile",
                 certs.cert("client"), "--x509keyfile", certs.key("client"), "localhost"]
        got = subprocess.run(words, input="GET /-/healthy HTTP/1.0\r\n\r\n", capture_output=True, text=True, timeout=20)
        self.assertIn("TLS1.3", got.stdout)
        self.assertIn("healthy", got.stdout)

    def test_prometheus_with_a_client_certificate(self):
        need_program("prometheus", "prometheus")
        certs = self.certificates
        exporter = self.exporter("--web.tls-client-ca", certs.cert("ca"))
        extra = (f"  scheme: https\n  tls_config: {{ca_file: {certs.cert('ca')}, cert_file: {certs.cert('client')}, "
                 f"key_file: {certs.key('client')}}}\n")
        with Prometheus(self.lab.folder, exporter.url.removeprefix("https://"), extra) as prometheus:
            until(lambda: prometheus.query("virt_up"), 30, why="a scrape")
            self.assertEqual(prometheus.target()["lastError"], "")

    def test_certificates_are_read_anew(self):
        certs = self.certificates
        certs.authority("new-ca")
        certs.make("changing", "server")
        options = ["--web.tls-cert", certs.cert("changing"), "--web.tls-key", certs.key("changing")]
        exporter = self.enterContext(Exporter(self.lab.folder, self.agent.ring, *options))
        self.assert_in(self.ask(exporter))
        certs.make("changing", "server", by="new-ca")
        exporter.signal(signal.SIGHUP)
        eventually(lambda: self.assertEqual(curl("--cacert", certs.cert("new-ca"), exporter.url + "/-/healthy")[0], 0))
        with open(certs.cert("changing"), "w") as file:
            file.write("nothing")
        exporter.signal(signal.SIGHUP)
        until(lambda: "the old certificate stays in use" in exporter.said())
        self.assertEqual(curl("--cacert", certs.cert("new-ca"), exporter.url + "/-/healthy")[0], 0)


class Refused(LabCase):
    """What cannot begin says so in one line and with a code."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)

    def refuse(self, code, *words, of="prometheus"):
        got = subprocess.run([program("virtscope-export"), *([of] if of else []), *words], capture_output=True, text=True,
                             timeout=20)
        self.assertEqual(got.returncode, code, got.stderr)
        self.assertEqual(got.stdout, "")
        self.assertRegex(got.stderr, r"\Avirtscope-export: [^\n]+\n\Z")
        return got.stderr

    def test_wrong_arguments(self):
        self.refuse(_USAGE, of=None)
        self.assertIn("there is no 'promethus'; see virtscope-export --help", self.refuse(_USAGE, of="promethus"))
        self.assertIn("see virtscope-export prometheus --help", self.refuse(_USAGE, "stray"))
        self.refuse(_USAGE, "--no-such-option")
        self.assertIn("--guest '/x(/'", self.refuse(_USAGE, "--guest", "/x(/"))
        self.assertIn("127.0.0.1:9177", self.refuse(_USAGE, "--web.listen-address", "9177"))
        self.refuse(_USAGE, "--web.telemetry-path", "metrics")
        self.refuse(_USAGE, "--compat", "nothing")
        self.refuse(_USAGE, "--web.timeout", "0")

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            said = self.refuse(_BARRED, "--web.listen-address", f"127.0.0.1:{port}")
            self.assertIn(f"127.0.0.1:{port}: the port is in use", said)

    def test_certificates(self):
        need_program("certtool", "gnutls-bin")
        certs = Certificates(self.lab.folder)
        certs.make("server", "server")
        certs.make("other", "server")
        for words, needs in ((("--web.tls-cert", "x"), "--web.tls-key"), (("--web.tls-key", "x"), "--web.tls-cert"),
                             (("--web.tls-client-ca", "x"), "--web.tls-cert"),
                             (("--web.tls-cert", "x", "--web.tls-key", "y", "--web.tls-client-name", "z"), "--web.tls-client-ca")):
            self.assertIn(f"needs {needs}: give", self.refuse(_USAGE, *words))
        pair = lambda cert, key: ("--web.listen-address", "127.0.0.1:0", "--web.tls-cert", cert, "--web.tls-key", key)
        self.assertIn("none.pem", self.refuse(_BARRED, *pair(certs.path("none.pem"), certs.key("server"))))
        self.assertIn("other.key", self.refuse(_BARRED, *pair(certs.cert("server"), certs.key("other"))))
        os.chmod(certs.key("other"), 0o644)
        self.assertIn("chmod o-r", self.refuse(_BARRED, *pair(certs.cert("other"), certs.key("other"))))


def sockets(exporter):
    folder = f"/proc/{exporter.pid}/fd"
    return sum(os.readlink(os.path.join(folder, fd)).startswith("socket:") for fd in os.listdir(folder))


class Unfriendly(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        # A page that no socket's buffers hold.
        cls.agent = cls.enterClassContext(cls.lab.agent(connect="test:///default?guests=1000", ring_size="64MiB"))

    def exporter(self, *options):
        return self.enterContext(Exporter(self.lab.folder, self.agent.ring, *options))

    def connect(self, exporter):
        return self.enterContext(socket.create_connection(("127.0.0.1", exporter.port), timeout=20))

    def test_a_client_that_sends_a_byte_now_and_then(self):
        exporter = self.exporter("--web.timeout", "1")
        connection = self.connect(exporter)
        began = time.monotonic()
        with self.assertRaises(OSError):
            for byte in b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        self.assertLess(time.monotonic() - began, 5)

    def test_a_client_that_does_not_take_its_answer(self):
        exporter = self.exporter("--web.timeout", "1")
        before = sockets(exporter)
        connection = self.connect(exporter)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in range(6):  # a little of it, so that it is not silent
            time.sleep(0.5)
            connection.recv(1000)
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        # What the kernel has already taken is still sent: the end is seen at the exporter.
        eventually(lambda: self.assertLess(sockets(exporter), before + 1), 5)

    def test_too_many_slow_scrapes_do_not_take_all_memory(self):
        exporter = self.exporter()
        for _ in range(20):
            connection = self.connect(exporter)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        eventually(lambda: self.assertEqual(exporter.get()[0], 503))
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        with open(f"/proc/{exporter.pid}/status") as status:
            resident = int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])
        self.assertLess(resident, 100 * 1024)

    def is_served(self, exporter):
        try:
            return exporter.get("/-/healthy")[0] == 200
        except ConnectionError:
            return False

    def test_a_crowd_of_silent_clients_makes_room(self):
        exporter = self.exporter()
        crowd = [socket.create_connection(("127.0.0.1", exporter.port)) for _ in range(200)]
        try:
            until(lambda: self.is_served(exporter), 10, why="room")
        finally:
            for one in crowd:
                one.close()

    def test_garbage(self):
        exporter = self.exporter("--web.timeout", "1")
        for bytes_ in (b"\0" * 1000, b"GET\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"\xff\xfe" * 50 + b"\r\n\r\n",
                       b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", b"GET /metrics HTTP/1.1\r\nA: " + b"b" * 100_000,
                       b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                       b"GET /%00%0a/../metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
            connection = self.connect(exporter)
            try:
                connection.sendall(bytes_)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(1 << 16)
                self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0], bytes_[:60])
            except OSError as error:
                self.assertNotIsInstance(error, TimeoutError, bytes_[:60])
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        self.assertEqual(exporter.stop(), 0)


if __name__ == "__main__":
    main()
