#!/usr/bin/env python3
"""Orders to the real agent: one it carries out, and one in whose middle it is killed."""
import json
import os
import socket
import subprocess

from lab import Lab, LabCase, eventually, main, program


class Orders(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.guest = cls.lab.firmware("web", uuid="11111111-2222-4333-8444-555555555555")
        cls.agent = cls.lab.agent().start()
        cls.agent.wait_guest(cls.guest)

    def lines(self):
        """What the journal has."""
        if not os.path.exists(f"{self.agent.ring}.journal"):
            return []
        with open(f"{self.agent.ring}.journal", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def events(self):
        """Texts of the ring's events about orders."""
        said = subprocess.run([program("virtscope"), "events", "--from", "10 min ago", "--ring", str(self.agent.ring)],
                              capture_output=True, text=True, check=True).stdout
        return [line for line in said.splitlines() if " by root" in line]

    def test_an_order_is_done_journalled_and_an_event(self):
        self.agent.ask("suspend", "web")
        self.assertEqual(self.guest.qmp("query-status")["status"], "paused")
        self.agent.ask("resume", "web")
        self.assertEqual(self.guest.qmp("query-status")["status"], "running")
        intent, outcome = self.lines()[-4:-2]
        self.assertEqual((intent["verb"], intent["uid"], intent["name"]), ("suspend", os.geteuid(), "web"))
        self.assertEqual((outcome["id"], outcome["outcome"]), (intent["id"], "done"))
        eventually(lambda: self.assertTrue(any("resume" in line for line in self.events())), seconds=5)

    def test_killed_in_the_middle_of_an_order_the_next_agent_says_so_once_and_does_not_repeat_it(self):
        guest = self.lab.firmware("last", uuid="11111111-2222-4333-8444-666666666666")
        self.agent.wait_guest(guest)
        before = len(self.lines())
        # Somebody waits for the monitor and has it as soon as the sampler lends it: the order stays under way.
        somebody = socket.socket(socket.AF_UNIX)
        self.addCleanup(somebody.close)
        somebody.connect(guest.files.monitor)
        order = subprocess.Popen([program("virtscope"), "suspend", "last", "--ring", str(self.agent.ring)],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        eventually(lambda: self.assertEqual(len(self.lines()), before + 1), seconds=5)
        self.agent.kill()
        said = order.communicate(timeout=10)[0]
        self.assertEqual(order.returncode, 11, said)
        somebody.close()
        for _ in range(2):
            self.agent.start()
            self.agent.wait_frames(2)
            intent, outcome = self.lines()[before:]
            self.assertEqual((outcome["id"], outcome["outcome"]), (intent["id"], "unknown"))
            self.assertEqual(len([event for event in self.events() if "unknown" in event]), 1)
            self.assertEqual(guest.qmp("query-status")["status"], "running")
            self.agent.stop()
        self.agent.start()


if __name__ == "__main__":
    main()
