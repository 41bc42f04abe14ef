#!/usr/bin/env python3
"""Several hosts in one virt-top: rings, a recording, other machines' libvirt; each one's trouble harms no other."""
import itertools
import json
import os
import re
import socket
import subprocess
import time

from lab import Lab, LabCase, Screen, eventually, main, program, until
from lab.libvirtd import Libvirtd

_REFUSED = "qemu+tcp://127.0.0.1:1/system"  # nobody listens there


def _batch(*hosts, count=1, delay="0.5", options=()):
    """What `virt-top -b` of these hosts prints, screen by screen."""
    words = [word for host in hosts for word in ("-c", host)]
    got = subprocess.run([program("virt-top"), "-b", "-n", str(count), "-d", delay, *words, *options],
                         capture_output=True, text=True, timeout=60)
    return got.returncode, [screen for screen in re.split(r"(?m)^(?=virt-top \d)", got.stdout) if screen], got.stderr


def _hosts(screen):
    """How many guests each host has in the table of a screen."""
    lines = screen.splitlines()
    head = next((number for number, line in enumerate(lines) if line.split()[:1] == ["HOST"]), len(lines))
    names = [line.split()[0] for line in itertools.takewhile(str.strip, lines[head + 1:])]
    return {name: names.count(name) for name in names}


class Rings(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.first, cls.second = (cls.enterClassContext(cls.lab.agent(connect=f"test:///default?guests={count}&seed={count}",
                                                                     interval="250ms")) for count in (3, 4))
        cls.first.wait_frames(12)
        cls.recording = os.path.join(cls.lab.folder, "before.rec")
        cls.first.ask("record", cls.recording)
        cls.hosts = [f"one={cls.first.ring}", f"two={cls.second.ring}", f"past={cls.recording}", f"far={_REFUSED}"]

    def test_every_host_has_its_rows_and_the_unreachable_one_says_why(self):
        code, screens, complaint = _batch(*self.hosts, count=2)
        self.assertEqual((code, complaint, len(screens)), (0, "", 2))
        for screen in screens:
            self.assertEqual(_hosts(screen), {"one": 3, "two": 4, "past": 3}, screen)
            self.assertRegex(screen, rf"far: {re.escape(_REFUSED)}: .*refused; tried again (in \d+ s|now)")
            self.assertNotIn("one: ", screen)

    def test_hosts_go_by_their_own_names(self):
        _, screens, _ = _batch(self.first.ring, self.second.ring, _REFUSED)
        name = os.uname().nodename[:8]
        self.assertEqual(sorted(_hosts(screens[0]).values()), [3, 4], screens[0])
        self.assertTrue(all(host.startswith(name[:4]) for host in _hosts(screens[0])), screens[0])
        self.assertIn("127.0.0.1: ", screens[0])

    def test_none_that_can_be_reached(self):
        code, screens, complaint = _batch("/nowhere/ring", _REFUSED)
        self.assertEqual((code, screens), (3, []))
        self.assertIn("/nowhere/ring: no such ring", complaint)
        self.assertIn(_REFUSED, complaint)

    def test_a_uri_that_is_none_is_refused_at_once(self):
        code, screens, complaint = _batch(self.first.ring, "nonsense")
        self.assertEqual((code, screens), (3, []))
        self.assertIn("nonsense: no driver for this URI", complaint)

    def test_an_agent_that_is_killed_and_back(self):
        agent = self.lab.agent(connect="test:///default?guests=2&seed=9", interval="250ms").start()
        command = f"{program('virt-top')} -d 0.5 -c live={self.first.ring} -c frail={agent.ring} -c far={_REFUSED}"
        screen = Screen(self.lab.folder, command)
        self.addCleanup(screen.close)
        try:
            screen.expect(lambda text: _hosts(text).get("frail") == 2 and _hosts(text).get("live") == 3, why="both hosts")
            agent.kill()
            screen.expect(lambda text: "frail: agent silent for" in text, why="the silent agent is told")
            before = self.first.sequence()
            screen.expect(lambda text: _hosts(text) == {"live": 3, "frail": 2} and "live: " not in text,
                          why="the other lives, and what was seen of this one stays")
            until(lambda: self.first.sequence() > before + 4, why="time passes")
            agent.start()
            screen.expect(lambda text: "frail: " not in text and _hosts(text).get("frail") == 2, why="it is back")
        finally:
            agent.stop()

    def test_a_moment_of_all_hosts(self):
        at = json.loads(subprocess.run([program("virtscope"), "history", "host", "--ring", self.recording, "--format",
                                        "json"], capture_output=True, text=True, check=True).stdout)
        self.assertTrue(at)
        _, screens, _ = _batch(*self.hosts[:3], options=("--at", "1 sec ago"))
        self.assertEqual(_hosts(screens[0]), {"one": 3, "two": 4, "past": 3}, screens[0])
        code, _, complaint = _batch(*self.hosts[:3], options=("--at", "2001-01-01T00:00:00Z"))
        self.assertEqual(code, 3)
        self.assertIn("before the oldest frame", complaint)

    def test_csv_and_stream_name_the_host(self):
        path = os.path.join(self.lab.folder, "out.csv")
        words = [word for host in self.hosts for word in ("-c", host)]
        got = subprocess.run([program("virt-top"), "--stream", "--csv", path, "-n", "3", "-d", "0.5", *words],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertEqual(set(re.findall(r"(?m)^virt-top time .* Host (\S+) ", got.stdout)), {"one", "two", "past"})
        self.assertEqual(got.stderr.count("far: "), 1, got.stderr)
        with open(path) as file:
            names = [line.split(",")[0] for line in file][1:]
        self.assertEqual((names.count("one"), names.count("two"), names.count("past")), (3, 3, 1))

    def test_a_host_that_never_answers_holds_nobody_up(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        uri = f"qemu+tcp://127.0.0.1:{silent.getsockname()[1]}/system"
        command = f"{program('virt-top')} -d 0.5 -c live={self.first.ring} -c mute={uri}"
        began = time.monotonic()
        screen = Screen(self.lab.folder, command)
        self.addCleanup(screen.close)
        screen.expect(lambda text: _hosts(text).get("live") == 3, seconds=3, why="the host that answers")
        self.assertLess(time.monotonic() - began, 3)
        screen.expect(lambda text: "mute: " in text and "no answer for" in text, why="the other is told")
        left = time.monotonic()
        screen.type("q")
        screen.expect(lambda text: text.rstrip().endswith(("$", "#")), seconds=3, why="the shell")
        self.assertLess(time.monotonic() - left, 1.5)


class Elsewhere(LabCase):
    """A libvirtd that is had as another machine's is, and calls itself by another name."""

    @classmethod
    def setUpClass(cls):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        cls.daemon = Libvirtd(tcp_port=port, hostname="faraway")
        cls.addClassCleanup(cls.daemon.close)
        cls.uri = f"qemu+tcp://127.0.0.1:{port}/system"
        cls.guest = cls.daemon.define("busy", code="spin").start()
        cls.daemon.define("off")

    def test_the_host_is_the_one_that_libvirt_tells_of(self):
        with self.daemon.agent(connect=self.uri, interval="500ms") as agent:
            agent.wait_guest(self.guest)
            agent.wait_frames(3)
            host = agent.ask("info")
        node = dict(line.split(":", 1) for line in self.daemon.virsh("nodeinfo").splitlines() if ":" in line)
        values = host["host"]
        self.assertEqual(host["host"].get("name", host.get("name")), "faraway", host)
        self.assertEqual(values["cpus"], int(node["CPU(s)"]))
        self.assertEqual(values["memory_total"], int(node["Memory size"].split()[0]) * 1024)
        self.assertGreater(values["cpu_idle"], 0)
        self.assertFalse([name for name in values if name.startswith(("psi_", "load", "swap"))], values)

    def test_one_agent_watches_one_machine(self):
        got = subprocess.run([program("virtscoped"), "--foreground", "--ring", f"{self.daemon.folder}/mixed", "--connect",
                              "kvm:///", "--connect", self.uri], capture_output=True, text=True, timeout=30)
        self.assertNotEqual(got.returncode, 0)
        self.assertIn("are of two machines", got.stderr)

    def test_beside_a_ring_of_this_machine(self):
        with self.daemon.agent(number=2, connect="test:///default?guests=2", interval="500ms") as agent:
            def shown():
                _, screens, _ = _batch(f"here={agent.ring}", self.uri, count=3)
                self.assertEqual(_hosts(screens[-1]), {"here": 2, "faraway": 2}, screens[-1])
                busy = next(line for line in screens[-1].splitlines() if line.split()[-1:] == ["busy"])
                self.assertRegex(busy, r"\d+\.\d")
            eventually(shown, seconds=20)

    def test_a_daemon_that_goes_and_comes_back(self):
        with self.daemon.agent(number=3, connect="test:///default?guests=2", interval="500ms") as agent:
            screen = Screen(self.daemon.folder, f"{program('virt-top')} -d 0.5 -c here={agent.ring} -c there={self.uri}")
            self.addCleanup(screen.close)
            screen.expect(lambda text: _hosts(text).get("there", 0) >= 1, why="its guests")
            self.daemon.kill()
            try:
                screen.expect(lambda text: "\nthere: " in text, why="its trouble")
                screen.expect(lambda text: _hosts(text) == {"here": 2, "there": 2} and "\nhere: " not in text,
                              why="the other lives, and what was seen of this one stays")
            finally:
                self.daemon.start()
            screen.expect(lambda text: "\nthere: " not in text and _hosts(text).get("there", 0) >= 1, seconds=30, why="it is back")


if __name__ == "__main__":
    main()
