#!/usr/bin/env python3
"""The agent inside a PV guest tells the guest's own steal, and where it is."""
import json
import re
from pathlib import Path

from xenlab import LabCase, XenLab, main

_INSIDE = Path(__file__).resolve().parent / "scripts" / "inside.sh"
_SCRIPT = """
set -e
program_of_guest /tmp/program /inject/inside.sh virtscoped virtscope
domu guest3 memory:256 load:none program:/tmp/program
wait_for 150 guest_said guest3 PROGRAM-END
"""
_TICK = 10_000_000  # ns; /proc/stat counts in hundredths of a second


class InsideAGuest(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.result = XenLab().run(_SCRIPT, ["virtscoped", "virtscope"], {"inside.sh": _INSIDE}, seconds=240)
        if cls.result.rc:
            raise AssertionError(f"exit code {cls.result.rc}: {cls.result.stderr}")
        cls.said = cls.result.guest_console("guest3")

    def told(self, name):
        return json.loads(re.search(rf"^BEGIN {name}\n(.*?)^END {name}$", self.said, re.DOTALL | re.MULTILINE).group(1))

    def test_runs_and_stops_without_an_error(self):
        self.assertIn("AGENT-EXIT 0", self.said)
        self.assertNotRegex(self.said, r"AGENT: .*(error|critical)")

    def test_steal_is_the_kernels(self):
        low, high = map(int, re.search(r"^STEAL (\d+) (\d+)$", self.said, re.MULTILINE).groups())
        self.assertGreater(high, 0, "nobody took time from this guest")
        steal = self.told("info")["host"]["cpu_steal"]
        self.assertLessEqual(low * _TICK, steal)
        self.assertLessEqual(steal, high * _TICK)

    def test_says_that_it_is_a_guest_of_xen(self):
        self.assertRegex(json.dumps(self.told("doctor")), r"(?i)xen")


if __name__ == "__main__":
    main()
