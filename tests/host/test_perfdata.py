#!/usr/bin/env python3
"""Everything check_virt prints is read by the Perl library that other monitors' tools are made with."""
import os
import subprocess

from lab import Lab, LabCase, eventually, main, need_program, program
from lab.modes import modes
from lab.needs import need

_JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "perfdata.pl")
_WORDS = ((), ("-v",), ("-vvv",), ("-w", "10", "-c", "20"), ("-w", "@10:20", "-c", "~:0"), ("-w", "0.5:", "-c", "-3:7.25"),
          ("-v", "--max-output", "512"), ("-v", "--max-output", "20000"), ("--nonsense",), ("--guest", "nobody'=|$(id)"))
# The ring has guests with disks and interfaces, none with a display, a guest agent and its file systems.
_OF_WHAT_IS_NOT_THERE = ("console", "fs", "guest-agent")


def judge(outputs):
    """How many entries each has; what is wrong with them, if anything."""
    got = subprocess.run(["perl", _JUDGE], input=b"".join(output + b"\0" for output in outputs), capture_output=True)
    return [int(line) for line in got.stdout.split()], got.returncode, got.stderr.decode(errors="replace")


class Performance(LabCase):
    @classmethod
    def setUpClass(cls):
        need_program("perl", "perl")
        library = subprocess.run(["perl", "-MMonitoring::Plugin::Performance", "-e", "1"], stderr=subprocess.DEVNULL)
        need(library.returncode == 0, "Monitoring::Plugin is missing (package libmonitoring-plugin-perl)")
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.hostile = os.path.join(cls.lab.folder, "hostile")
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "hostile_ring")
        subprocess.run([tool, cls.hostile, "500", "now"], check=True)

    def said(self, ring, *words):
        got = subprocess.run([program("check_virt"), *words, "--ring", ring], capture_output=True)
        self.assertIn(got.returncode, (0, 1, 2, 3), words)
        self.assertEqual(got.stderr, b"", words)
        return got.stdout

    def judged(self, outputs):
        counts, code, complaints = judge(outputs)
        self.assertEqual(code, 0, complaints[:3000])
        self.assertEqual(len(counts), len(outputs))
        return counts

    def test_the_judge_is_strict(self):
        for wrong in ("a=1 b", "a=1x", "'a=1", "a==1", "a=1;x", "a=1;2:1", "a=1,5", "a=", "a b=1", "a=1;;;x",
                      "abcdefghijklmnopqrst=1 abcdefghijklmnopqrsu=1", "'it's'=1"):
            self.assertEqual(judge([f"VIRT OK: x | {wrong}".encode()])[1], 1, wrong)
        counts, code, complaints = judge([b"VIRT OK: x | a=1;2;3;0;9 'b c'=-2.5%;@1:2;~:3\nmore | d=U;1 e=7c\n", b"VIRT OK: x\n"])
        self.assertEqual((counts, code), ([4, 0], 0), complaints)

    def test_every_mode_with_hostile_names(self):
        for mode in modes():
            with self.subTest(mode):
                counts = self.judged([self.said(self.hostile, mode, *words) for words in _WORDS])
                if mode not in _OF_WHAT_IS_NOT_THERE:
                    self.assertGreater(counts[0], 0)

    def test_every_mode_of_one_hostile_guest(self):
        uuids = subprocess.run([program("virtscope"), "list", "--uuid", "--ring", self.hostile], capture_output=True, text=True,
                               check=True).stdout.split()[::12]
        self.assertGreater(len(uuids), 30)
        for mode in modes():
            if mode not in ("agent", "host"):
                with self.subTest(mode):
                    self.judged([self.said(self.hostile, mode, "--guest", uuid) for uuid in uuids])

    def test_every_mode_of_a_live_host_and_of_a_dead_one(self):
        connect = "test:///default?guests=200&hung=20&churn=100"
        with self.lab.agent(connect=connect, interval="200ms") as agent:
            agent.wait_frames(10)
            live = [self.said(agent.ring, mode, *words) for mode in modes() for words in _WORDS]
            counts = self.judged(live)
            self.assertGreater(sum(counts), 100 * len(modes()))
            agent.kill()
        eventually(lambda: self.assertIn(b"UNKNOWN", self.said(agent.ring, "state")))
        self.judged([self.said(agent.ring, mode, *words) for mode in modes() for words in _WORDS])


if __name__ == "__main__":
    main()
