#!/usr/bin/env python3
"""virtscope-export remote-write: what VictoriaMetrics has afterwards is what the ring had, each sample once; and receivers
that refuse, are slow, or are not there."""
import json
import os
import re
import signal
import socket
import subprocess
import time
from datetime import datetime

from lab import Lab, LabCase, main, program, until
from lab.certificates import Certificates
from lab.exporter import free_port
from lab.process import spawn, stop
from lab.victoria import Receiver, Victoria

_STOPPED, _FAILED, _USAGE, _NO_RING, _NO_WAY = range(5)


class Case(LabCase):
    def setUp(self):
        self.lab = Lab()
        self.addCleanup(self.lab.close)
        self.state = os.path.join(self.lab.folder, "state")
        self.log = os.path.join(self.lab.folder, "export.log")

    def argv(self, url, ring, *words):
        return [program("virtscope-export"), "remote-write", url, "--ring", ring, "--state-dir", self.state, *words]

    def export(self, url, ring, *words, seconds=60):
        """Until it ends by itself: exit code and what it said."""
        got = subprocess.run(self.argv(url, ring, *words), capture_output=True, text=True, timeout=seconds)
        self.assertEqual(got.stdout, "")
        return got.returncode, got.stderr

    def start(self, url, ring, *words):
        with open(self.log, "ab") as log:
            process = spawn(self.argv(url, ring, *words), stdout=log, stderr=log)
        self.addCleanup(stop, process)
        return process

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def recording(self, agent):
        path = os.path.join(self.lab.folder, "whole.rec")
        subprocess.run([program("virtscope"), "record", path, "--ring", agent.ring], check=True, stdout=subprocess.DEVNULL)
        return path

    def recorded(self, seconds=3, **options):
        with self.lab.agent(connect="test:///default?guests=3&churn=0", interval="200ms", **options) as agent:
            time.sleep(seconds)
            return self.recording(agent)


def raw(agent, *metrics):
    """Frames of the ring from the first on, with cells as they are."""
    return list(agent._read_frames(0, agent.sequence(), metrics))


def first_of_each(frames, seconds):
    """The frames that a grid of that width takes, by their times in ms."""
    taken = {}
    for frame in frames:
        taken.setdefault(frame["realtime"] // int(seconds * 1e9), frame)
    return {frame["realtime"] // 1_000_000: frame for frame in taken.values()}


class Values(Case):
    def test_victoria_metrics_has_what_the_ring_and_history_have(self):
        victoria = self.enterContext(Victoria(self.lab.folder))
        with self.lab.agent(connect="test:///default?guests=4&churn=0", interval="200ms") as agent:
            time.sleep(8)
            ring = self.recording(agent)
            frames = raw(agent, "guest.cpu_time", "disk.read_bytes", "agent.tick_interval")
            guest = agent.guests()[1]
        code, said = self.export(victoria.write_url, ring, "--interval", "200ms", "--label", "job=lab")
        self.assertEqual(code, _STOPPED, said)
        recorded = first_of_each(frames, 0.2)
        host = socket.gethostname()
        own = {"uuid": guest["uuid"], "guest": guest["name"], "host": host, "job": "lab"}
        compared = 0
        for selector, labels, value_of in (
                ("virt_guest_cpu_time_seconds_total", own, lambda f: f["guests"][guest["name"]]["cpu_time"] / 1e9),
                ("virt_disk_read_bytes_total", {**own, "disk": "vda"},
                 lambda f: f["guests"][guest["name"]]["disks"]["vda"]["read_bytes"])):
            matching = ",".join(f'{name}="{value}"' for name, value in labels.items())
            [(found, points)] = victoria.export(f"{selector}{{{matching}}}")
            self.assertEqual(found, {"__name__": selector, **labels})
            self.assertGreaterEqual(len(points), 30)
            for time_ms, value in points:
                self.assertAlmostEqual(value, value_of(recorded[time_ms]), delta=value * 1e-12, msg=(selector, time_ms))
                compared += 1
        self.assertGreaterEqual(compared, 60)
        self.compare_with_history(victoria, ring, guest)
        at = points[-1][0] / 1000
        self.assertEqual([value for _, value in victoria.query('count(virt_guest_state{virt_guest_state="running"} == 1)', at)],
                         [4])
        self.assertGreater(victoria.query(f'rate(virt_guest_cpu_time_seconds_total{{uuid="{guest["uuid"]}"}}[5s])', at)[0][1], 0)
        [(labels, own)] = victoria.export("virt_exporter_samples_dropped_total")
        self.assertEqual((labels["exporter"], {value for _, value in own}), ("remote-write", {0}))

    def compare_with_history(self, victoria, ring, guest):
        got = subprocess.run([program("virtscope"), "history", guest["uuid"], "--ring", ring, "--metric", "memory_resident",
                              "--step", "0", "--from", "1 hour ago", "--format", "json"], capture_output=True, text=True,
                             check=True)
        shown = {round(datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() * 1000): row["values"][0]
                 for row in json.loads(got.stdout)["rows"]}
        [(_, points)] = victoria.export(f'virt_guest_memory_resident_bytes{{uuid="{guest["uuid"]}"}}')
        # History's times are cut where people read them.
        near = {time // 10: value for time, value in shown.items()}
        same = [near[key] == value for time, value in points
                for key in (time // 10, time // 10 - 1, time // 10 + 1) if key in near][:len(points)]
        self.assertGreaterEqual(len(same), 30)
        self.assertGreaterEqual(sum(same), len(points) - 2)


class Outage(Case):
    def test_nothing_is_missing_and_nothing_twice_after_outages_of_both_sides(self):
        victoria = Victoria(self.lab.folder).start()
        self.addCleanup(victoria.stop)
        words = ("--interval", "400ms")
        with self.lab.agent(connect="test:///default?guests=3&churn=0", interval="100ms") as agent:
            exporter = self.start(victoria.write_url, agent.ring, *words)
            time.sleep(4)
            victoria.stop()
            time.sleep(5)
            self.assertIn("samples stay in the ring", self.said())
            victoria.start()
            until(lambda: "samples can be sent again" in self.said(), 60, why="the end of the trouble is told")
            stop(exporter)
            time.sleep(3)
            self.assertEqual(exporter.returncode, _STOPPED)
            exporter = self.start(victoria.write_url, agent.ring, *words)
            time.sleep(3)
            stop(exporter)
            frames = raw(agent)
        self.assertEqual(self.said().count("samples stay in the ring"), 1, self.said())
        wanted = sorted(first_of_each(frames, 0.4))
        series = victoria.export("virt_guest_cpu_time_seconds_total")
        self.assertEqual(len(series), 3)
        for labels, points in series:
            times = [time for time, _ in points]
            self.assertEqual(times, wanted[:len(times)], labels)
            self.assertGreaterEqual(len(times), len(wanted) - 4)

    def test_a_kill_costs_nothing_and_the_other_side_can_tell_what_came_twice(self):
        victoria = self.enterContext(Victoria(self.lab.folder))
        with self.lab.agent(connect="test:///default?guests=2&churn=0", interval="100ms") as agent:
            for _ in range(3):
                exporter = self.start(victoria.write_url, agent.ring, "--interval", "100ms")
                time.sleep(1.7)
                exporter.send_signal(signal.SIGKILL)
                exporter.wait()
            exporter = self.start(victoria.write_url, agent.ring, "--interval", "100ms")
            time.sleep(1.5)
            stop(exporter)
            wanted = sorted(first_of_each(raw(agent), 0.1))
        for labels, points in victoria.export("virt_guest_cpu_time_seconds_total"):
            values = dict(points)
            self.assertTrue(all(values[time] == value for time, value in points), "one time has two values")
            times = sorted(values)
            self.assertEqual(times, wanted[:len(times)], labels)
            self.assertGreater(len(times), 50)


class Answers(Case):
    def test_what_is_refused_is_dropped_told_once_and_counted(self):
        ring = self.recorded()
        no = (400, b"out of \x1b[31mbounds\n" * 50, {}, 0)
        with Receiver([no, no, no]) as receiver:
            code, said = self.export(receiver.url, ring, "--interval", "200ms")
        self.assertEqual(code, _STOPPED)
        self.assertEqual(said.count("HTTP 400: out of ?[31mbounds"), 1, said)
        self.assertNotIn("\x1b", said)
        self.assertRegex(said, r"all samples are taken again, after .* and 3 failures")
        self.assertRegex(said, r"[1-9][0-9]* dropped, 0 frames lost")

    def test_trouble_is_waited_out_as_the_receiver_wishes(self):
        ring = self.recorded(seconds=1.5)
        with Receiver([(503, b"soon", {}, 0), (429, b"slowly", {"Retry-After": 2}, 0), (302, b"", {"Location": "/x"}, 0)]) as receiver:
            code, said = self.export(receiver.url, ring, "--interval", "500ms")
            times = [when for when, _, _ in receiver.requests]
            bodies = [body for _, _, body in receiver.requests]
        self.assertEqual(code, _STOPPED)
        self.assertGreaterEqual(times[2] - times[1], 1.95)
        self.assertEqual(len(set(bodies[:4])), 1, "the same batch until it is taken")
        self.assertEqual(len(said.splitlines()), 3, said)
        self.assertIn("HTTP 503: soon; samples stay in the ring", said)
        self.assertRegex(said, r"samples can be sent again, after .* and 3 failures")
        self.assertRegex(said, r" 0 dropped, 0 frames lost")

    def test_what_people_mend_at_the_receiver_is_waited_for(self):
        ring = self.recorded(seconds=1.5)
        with Receiver([(401, b"who?", {}, 0), (404, b"not here", {}, 0), (403, b"not you", {}, 0)]) as receiver:
            code, said = self.export(receiver.url, ring, "--interval", "500ms")
            bodies = [body for _, _, body in receiver.requests]
        self.assertEqual(code, _STOPPED)
        self.assertEqual(len(set(bodies[:4])), 1, "the same batch until it is taken")
        self.assertEqual(said.count("HTTP 401: who?; samples stay in the ring"), 1, said)
        self.assertEqual(len(said.splitlines()), 3, said)
        self.assertRegex(said, r" 0 dropped, 0 frames lost")

    def test_one_that_is_slow_is_asked_again(self):
        ring = self.recorded(seconds=1.5)
        with Receiver([(204, b"", {}, 3)]) as receiver:
            code, said = self.export(receiver.url, ring, "--interval", "500ms", "--timeout", "1s")
            self.assertGreaterEqual(len(receiver.requests), 3)
        self.assertEqual(code, _STOPPED)
        self.assertRegex(said, r"(?i)timed? ?out")
        self.assertIn("samples can be sent again", said)

    def test_what_the_standard_wants_of_a_request(self):
        ring = self.recorded(seconds=1.5)
        secret = os.path.join(self.lab.folder, "both")
        with open(secret, "w") as file:
            file.write("user:pass word\n")
        os.chmod(secret, 0o600)
        with Receiver() as receiver:
            self.assertEqual(self.export(receiver.url, ring, "--basic-auth-file", secret)[0], _STOPPED)
            headers = receiver.requests[0][1]
        self.assertEqual(headers["X-Prometheus-Remote-Write-Version"], "0.1.0")
        self.assertEqual(headers["Content-Encoding"], "snappy")
        self.assertEqual(headers["Content-Type"], "application/x-protobuf")
        self.assertRegex(headers["User-Agent"], r"^virtscope-export/")
        self.assertEqual(headers["Authorization"], "Basic dXNlcjpwYXNzIHdvcmQ=")
        self.assertNotIn("Expect", headers)

    def test_it_stops_at_once_while_the_receiver_is_away(self):
        ring = self.recorded(seconds=1.5)
        exporter = self.start(f"http://127.0.0.1:{free_port()}/", ring)
        until(lambda: "samples stay in the ring" in self.said(), why="trouble is told")
        time.sleep(2)
        began = time.monotonic()
        self.assertEqual(stop(exporter), _STOPPED)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(self.said().count("samples stay in the ring"), 1)
        self.assertFalse(os.path.exists(os.path.join(self.state, "position")))


class Barred(Case):
    def one_line(self, code, words, *expected):
        got, said = self.export(*words)
        self.assertEqual(got, code, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for text in expected:
            self.assertIn(text, said)

    def test_a_folder_is_one_exporters(self):
        with Receiver() as receiver, self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            first = self.start(receiver.url, agent.ring, "--interval", "100ms")
            until(lambda: os.path.exists(os.path.join(self.state, "position")), 20, why="the exporter is at work")
            self.one_line(_NO_WAY, ("http://127.0.0.1:1/", agent.ring), self.state, "another exporter")
            stop(first)

    def test_wrong_arguments_are_one_line(self):
        for url, expected in (("ftp://x/", "must begin with http"), ("http:///x", "names no host"),
                              ("http://a b/", "characters"), ("https://me:secret@x/", "--basic-auth-file")):
            self.one_line(_USAGE, (url, "/none"), expected)
            self.assertNotIn("secret", self.export(url, "/none")[1])
        for words, expected in ((("--interval", "0s"), "--interval"), (("--label", "guest=x"), "virtscope's own"),
                                (("--label", "host"), "NAME=VALUE"), (("--tls-cert", "x"), "both or none"),
                                (("--batch", "1"), "--batch"), (("--timeout", "1h"), "--timeout")):
            self.one_line(_USAGE, ("http://127.0.0.1:1/", "/none", *words), expected)

    def test_files_that_are_wrong_are_one_line(self):
        certificates = Certificates(self.lab.folder)
        plain, broken = os.path.join(self.lab.folder, "plain"), os.path.join(self.lab.folder, "broken.pem")
        for path, text in ((plain, "token\n"), (broken, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")):
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, 0o644)
        ring = self.recorded(seconds=1.5)
        certificates.make("server", "server")
        with Receiver(tls=certificates) as receiver:
            self.one_line(_NO_WAY, (receiver.url, ring, "--tls-ca", "/none.pem"), "/none.pem")
            self.one_line(_NO_WAY, (receiver.url, ring, "--tls-ca", plain), "no CERTIFICATE in PEM")
            self.one_line(_NO_WAY, (receiver.url, ring, "--tls-ca", broken), "broken.pem")
            self.one_line(_NO_WAY, (receiver.url, ring, "--bearer-token-file", plain), "chmod o-r")
        self.one_line(_NO_RING, ("http://127.0.0.1:1/", plain), "plain")

    def test_tls_with_a_certificate_and_a_token(self):
        certificates = Certificates(self.lab.folder)
        certificates.make("server", "server")
        certificates.make("client", "client")
        certificates.authority("other")
        token = os.path.join(self.lab.folder, "token")
        with open(token, "w") as file:
            file.write("abc.def\n")
        os.chmod(token, 0o600)
        ours = ("--tls-cert", certificates.cert("client"), "--tls-key", certificates.key("client"), "--bearer-token-file", token)
        ring = self.recorded(seconds=1.5)
        with Receiver(tls=certificates) as receiver:
            exporter = self.start(receiver.url, ring, "--tls-ca", certificates.cert("other"), *ours)
            until(lambda: re.search("(?i)certificate.*samples stay in the ring", self.said()), why="the authority is wrong")
            stop(exporter)
            self.assertEqual(receiver.requests, [])
            code, said = self.export(receiver.url, ring, "--tls-ca", certificates.cert("ca"), *ours)
            self.assertEqual(code, _STOPPED, said)
            self.assertEqual(receiver.requests[0][1]["Authorization"], "Bearer abc.def")


if __name__ == "__main__":
    main()
