#!/usr/bin/env python3
"""NRPE itself with our part of its configuration: over the net check_virt says what it says here."""
import os
import re
import subprocess

from lab import Lab, LabCase, eventually, main, program
from lab.modes import modes
from lab.nrpe import Nrpe

_MORE = "command[old]=/usr/lib/nagios/plugins/check_virt cpu -v --max-output 1023\n"


def _ageless(output):
    return re.sub(rb"data: [0-9.a-z ]+ old", b"data: old", output)


class Remote(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        # A ring that stands still, so that two looks see the same; many guests with long names fill the payload.
        cls.ring = os.path.join(cls.lab.folder, "ring")
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "hostile_ring")
        subprocess.run([tool, cls.ring, "400", "now"], check=True)
        cls.nrpe = cls.enterClassContext(Nrpe(os.path.join(cls.lab.folder, "nrpe"), cls.ring, _MORE))

    def here(self, *words):
        got = subprocess.run([program("check_virt"), *words, "--ring", self.ring], capture_output=True)
        return got.returncode, got.stdout

    def test_every_mode_answers_as_here(self):
        sizes = []
        for mode in modes():
            with self.subTest(mode):
                there = self.nrpe.ask(f"check_virt_{mode.replace('-', '_')}")
                here = self.here(mode, "--max-output", "8192")
                self.assertEqual(there[0], here[0])
                if mode == "agent":  # tells how old the data is, in many ways
                    self.assertEqual(there[1].split(b":")[0], here[1].split(b":")[0])
                else:
                    self.assertEqual(_ageless(there[1]), _ageless(here[1]))
                sizes.append(len(there[1]))
        self.assertGreater(max(sizes), 4096)

    def test_old_clients_get_it_whole_with_a_smaller_limit(self):
        code, said = self.nrpe.ask("old", "-2")
        there, here = (code, _ageless(said)), self.here("cpu", "-v", "--max-output", "1023")
        self.assertEqual(there, (here[0], _ageless(here[1])))
        self.assertGreater(len(said), 700)

    def test_arguments_are_not_taken(self):
        code, said = self.nrpe.ask("check_virt_cpu", "-a", "--guest", "x")
        self.assertEqual(code, 3, said)

    def test_dead_agent_is_not_ok(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=3", interval="100ms") as agent, \
                Nrpe(os.path.join(lab.folder, "nrpe"), agent.ring) as nrpe:
            self.assertEqual(nrpe.ask("check_virt_agent")[0], 0)
            agent.kill()
            for mode in modes():
                eventually(lambda: self.assertEqual(nrpe.ask(f"check_virt_{mode.replace('-', '_')}")[0], 3, mode))


if __name__ == "__main__":
    main()
