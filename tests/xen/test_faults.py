#!/usr/bin/env python3
"""What goes wrong on a Xen host is told in one line, costs what it touches and nothing else."""
import subprocess
import tempfile
from pathlib import Path

from xenlab import LabCase, XenLab, main, program
from xenlab.frames import frames

_SCRIPT = Path(__file__).resolve().parent / "scripts" / "faults.sh"


def _names(listed):
    return {guest["name"] for guest in listed["guests"]}


class WithoutXen(LabCase):
    def test_another_host_is_told_so(self):
        with tempfile.TemporaryDirectory() as folder:
            words = [program("virtscoped"), "--foreground", "--ring", f"{folder}/ring", "--connect", "xen:///"]
            told = subprocess.run(words, capture_output=True, text=True, timeout=60)
        self.assertEqual(told.returncode, 1)
        self.assertEqual(len(told.stderr.splitlines()), 1, told.stderr)
        self.assertIn("does not run on Xen", told.stderr)


class Faults(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.result = XenLab().run(_SCRIPT.read_text(), ["virtscoped", "virtscope"], seconds=300)
        if cls.result.rc:
            said = cls.result.text("agent.log")[-2000:] if cls.result.has("agent.log") else ""
            raise AssertionError(f"exit code {cls.result.rc}: {cls.result.stderr}\n{said}")
        cls.frames = frames(cls.result.folder / "ring", "guest.cpu_time", "disk.read_ops")

    def number(self, name):
        return int(self.result.text(name))

    def between(self, begin, end):
        return [frame for frame in self.frames if self.number(begin) < frame["sequence"] <= self.number(end)]

    def check_counters_go_on(self, seen, guest):
        for name in ("Domain-0", guest):
            times = [frame["guests"][name]["cpu_time"] for frame in seen]
            self.assertEqual(times, sorted(times))
            self.assertGreater(times[-1], times[0], name)
        first, last = (frame["guests"][guest]["disks"]["xvda"]["read_ops"] for frame in (seen[0], seen[-1]))
        self.assertGreater(last, first)

    def test_without_rights_the_device_and_the_fix_are_named(self):
        told = [line for line in self.result.text("unprivileged.txt").splitlines() if "privcmd" in line]
        self.assertEqual(self.number("unprivileged.rc"), 0)
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told[0], r"/dev/xen/privcmd.*root")

    def test_a_domain_that_dies_costs_nobody_anything(self):
        seen = self.between("dying.begin", "dying.end")
        self.assertIn("guest2", seen[0]["guests"])
        self.assertNotIn("guest2", seen[-1]["guests"])
        self.assertIn("guest-stopped guest2", [event for frame in seen for event in frame["events"]])
        for frame in seen:
            for name in ("Domain-0", "guest1"):
                self.assertIn("cpu_time", frame["guests"][name], f"frame {frame['sequence']}: {name}")

    def test_a_silent_xenstored_stops_nothing(self):
        seen = self.between("stopped.begin", "stopped.end")
        self.assertGreaterEqual(len(seen), 20)
        self.check_counters_go_on(seen, "guest1")
        self.assertEqual(_names(self.result.json("stopped.json")), {"Domain-0", "guest1"})
        self.assertIn("xenstored", self.result.json("stopped-guest1.json")["guest"]["note"])

    def test_changes_are_seen_once_it_answers_again(self):
        self.assertTrue(self.result.has("stopped.recovered"))

    def test_a_dead_xenstored_leaves_what_is_known(self):
        seen = self.between("killed.begin", "killed.end")
        self.check_counters_go_on(seen, "renamed")
        self.assertEqual(_names(self.result.json("killed.json")), {"Domain-0", "renamed"})
        self.assertIn("xenstored", self.result.json("killed-renamed.json")["guest"]["note"])

    def test_the_agent_ends_as_it_should(self):
        self.assertEqual(self.number("agent.rc"), 0, self.result.stderr)


if __name__ == "__main__":
    main()
