#!/usr/bin/env python3
"""check_virt against real guests: what it says, with which exit code, and that it never says OK on old data."""
import os
import subprocess
import uuid

from lab import Lab, LabCase, eventually, main, program

_OK, _CRITICAL, _UNKNOWN = 0, 2, 3


class Checks(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.busy = cls.lab.firmware("busy", uuid=str(uuid.uuid4()), firmware="spin")
        cls.idle = cls.lab.firmware("idle", uuid=str(uuid.uuid4()))
        cls.agent = cls.enterClassContext(cls.lab.agent(interval="500ms"))
        cls.agent.wait_guest(cls.busy)
        cls.agent.wait_guest(cls.idle)
        cls.agent.wait_frames(3)

    def check(self, *words, ring=None):
        """Exit code and first line."""
        got = subprocess.run([program("check_virt"), *words, "--ring", ring or self.agent.ring],
                             capture_output=True, text=True)
        self.assertEqual(got.stderr, "")
        return got.returncode, got.stdout.splitlines()[0] if got.stdout else ""

    def test_state(self):
        code, line = self.check("state", "--guest", "busy")
        self.assertEqual((code, "OK" in line), (_OK, True), line)

    def test_cpu_with_thresholds_and_performance_data(self):
        # The spinning guest takes one CPU; how much of it, on a busy machine, is anybody's guess.
        code, line = self.check("cpu", "--guest", "busy", "-c", "5")
        self.assertEqual(code, _CRITICAL, line)
        self.assertRegex(line, r"\|.*=\d")
        code, line = self.check("cpu", "--guest", "idle", "-c", "50")
        self.assertEqual(code, _OK, line)

    def test_agent_is_fresh(self):
        code, line = self.check("agent")
        self.assertEqual(code, _OK, line)

    def test_unknown_guest_and_missing_ring_are_not_ok(self):
        code, line = self.check("state", "--guest", "nobody")
        self.assertIn(code, (_CRITICAL, _UNKNOWN), line)
        self.assertIn("nobody", line)
        code, line = self.check("state", ring=os.path.join(self.lab.folder, "none"))
        self.assertEqual(code, _UNKNOWN, line)
        self.assertIn("none", line)

    def test_stopped_guest_is_not_ok(self):
        self.idle.qmp("stop")
        try:
            eventually(lambda: self.assertNotEqual(self.check("state", "--guest", "idle")[0], _OK), seconds=5)
        finally:
            self.idle.qmp("cont")
        eventually(lambda: self.assertEqual(self.check("state", "--guest", "idle")[0], _OK), seconds=5)

    def test_dead_agent_is_never_ok(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=3", interval="100ms") as agent:
            agent.wait_frames(5)
            self.assertEqual(self.check("agent", ring=agent.ring)[0], _OK)
            agent.kill()

            def not_ok():
                for mode in ("agent", "state", "cpu"):
                    code, line = self.check(mode, ring=agent.ring)
                    self.assertIn(code, (_CRITICAL, _UNKNOWN), line)
            eventually(not_ok, seconds=10)

    def test_answers_in_no_time(self):
        cost = os.times()
        for _ in range(20):
            self.check("cpu")
        spent = os.times()
        cpu = spent.children_user + spent.children_system - cost.children_user - cost.children_system
        self.assertLess(cpu / 20, 0.02)
        self.assertRegex(self.check("cpu")[1], "OK|WARNING|CRITICAL")


if __name__ == "__main__":
    main()
