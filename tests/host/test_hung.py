#!/usr/bin/env python3
"""One stopped guest: marked stale within two ticks, the others as fresh as before, no tick late."""
import uuid

from lab import Lab, LabCase, eventually, main

_TICK = 0.5


class Hung(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.guests = [cls.lab.firmware(f"g{number}", uuid=str(uuid.uuid4()), firmware="spin" if number < 2 else "halt")
                      for number in range(6)]
        # Idle guests are asked rarely: the probe is what tells that one of them hangs.
        cls.agent = cls.enterClassContext(cls.lab.agent(interval="500ms"))
        for guest in cls.guests:
            cls.agent.wait_guest(guest)

    def states(self):
        """Name -> stale, of the newest frame."""
        return {row["name"]: row["stale"] for row in self.agent.guests()}

    def test_busy_guest_stale_within_two_ticks_and_fresh_within_two(self):
        hung, others = self.guests[0], self.guests[1:]
        before = self.agent.sequence()
        hung.freeze()
        try:
            frames = self.agent.frames_since(before, "guest.stale", "guest.cpu_time", "agent.tick_lateness", count=6)
            note = self.agent.row(hung)["note"]
        finally:
            frozen_until = self.agent.sequence()
            hung.thaw()
        # The frame in the making when it was stopped may still have its answer.
        self.assertTrue(any(frame["guests"][hung.name]["stale"] for frame in frames[:3]), "not stale within two ticks")
        self.assertTrue(frames[-1]["guests"][hung.name]["stale"])
        self.assertRegex(note, r"^monitor: query-[a-z-]+ not answered since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for frame in frames:
            self.assertIn("cpu_time", frame["guests"][hung.name], "the kernel's values must stay")
            self.assertLess(frame["agent"]["tick_lateness"], 50e6)
            for other in others:
                self.assertEqual(frame["guests"][other.name]["stale"], 0, f"{other.name} is no worse for it")
        after = self.agent.frames_since(frozen_until, "guest.stale", count=4)
        self.assertFalse(after[2]["guests"][hung.name]["stale"], "not fresh within two ticks")

    def test_hung_guest_is_told_in_events_once(self):
        hung = self.guests[1]
        before = self.agent.sequence()
        hung.freeze()
        eventually(lambda: self.assertTrue(self.states()[hung.name]), seconds=3)
        hung.thaw()
        eventually(lambda: self.assertFalse(self.states()[hung.name]), seconds=3)
        events = [event for frame in self.agent.frames_since(before) for event in frame["events"]
                  if event.endswith(f" {hung.name}")]
        self.assertLessEqual(len([event for event in events if "lost" in event]), 1, events)
        told = [event["text"] for event in self.agent.ask("events", "--guest", hung.uuid)["events"]
                if event["event"] == "monitor-lost"]
        self.assertRegex(told[-1], r"^query-[a-z-]+ not answered for [0-9.]+ m?s$")

    def test_idle_guest_that_hangs_is_found_by_a_probe(self):
        hung = self.guests[5]
        hung.freeze()
        try:
            # A stopped process shows as such to the kernel at once; its monitor is not needed for that.
            eventually(lambda: self.assertTrue(self.states()[hung.name]), seconds=3)
        finally:
            hung.thaw()
        eventually(lambda: self.assertFalse(self.states()[hung.name]), seconds=3)


if __name__ == "__main__":
    main()
