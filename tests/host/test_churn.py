#!/usr/bin/env python3
"""Guests of libvirt that come and go by the dozen: each start and stop is one event, at once; who stays has no gap; and
nothing of those who went stays behind in the agent."""
import os
import time
from datetime import datetime

from lab import LabCase, eventually, main, until
from lab.libvirtd import Libvirtd

_TICK = 1.0
_STAY, _CHURN = 4, 12


class Churn(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Libvirtd()
        cls.addClassCleanup(cls.daemon.close)
        cls.stay = [cls.daemon.define(f"stay{i}").start() for i in range(_STAY)]
        cls.churn = [cls.daemon.define(f"churn{i:02}").start() for i in range(_CHURN)]
        cls.agent = cls.enterClassContext(cls.daemon.agent(interval=f"{_TICK:g}s"))
        until(lambda: sum(row["driver"] == "libvirt" for row in cls.agent.guests()) == _STAY + _CHURN, 30,
              why="libvirt tells of all guests")

    def held(self):
        """Descriptors and threads of the agent."""
        return len(os.listdir(f"/proc/{self.agent.pid}/fd")), len(os.listdir(f"/proc/{self.agent.pid}/task"))

    def events_of(self, guest, since):
        found = self.agent.ask("events", "--guest", guest.uuid, "--from", f"@{since:.3f}", check=False) or {}
        return found.get("events", [])

    def do(self, what, guest):
        """When it was done, by the wall clock."""
        what(guest)
        return time.time()

    def check_seen(self, done, kind):
        """Each of {guest: time} had one such event, a tick after it was done at the latest, and a little."""
        def seen():
            for guest, at in done.items():
                events = [e for e in self.events_of(guest, self.began) if e["event"] == kind]
                self.assertEqual(len(events), 1, f"{guest.name}: {events}")
                late = datetime.fromisoformat(events[0]["time"]).timestamp() - at
                self.assertLess(late, 2 * _TICK, guest.name)
        eventually(seen, seconds=6)

    def test_churn(self):
        self.began = time.time()
        before, held = self.agent.sequence(), self.held()
        stopped = {guest: self.do(lambda g: g.destroy(), guest) for guest in self.churn}
        time.sleep(2 * _TICK)
        started = {guest: self.do(lambda g: g.start(), guest) for guest in self.churn}
        self.check_seen(stopped, "guest-stopped")
        self.check_seen(started, "guest-started")
        new = [self.daemon.define(f"new{i:02}") for i in range(_CHURN)]
        self.check_seen({guest: self.do(lambda g: g.start(), guest) for guest in new}, "guest-started")
        for guest in new:
            guest.destroy()
            self.daemon.virsh("undefine", guest.name)
        eventually(lambda: self.assertEqual(len(self.agent.ask("list", "--all")["guests"]), _STAY + _CHURN), seconds=5)
        self.check_no_gap(before)
        eventually(lambda: self.assertLessEqual(self.held()[0], held[0] + 2), seconds=10)
        self.assertLessEqual(self.held()[1], held[1] + 4)  # the pool may have grown, to its bound

    def check_no_gap(self, since):
        frames = self.agent.frames_since(since, "guest.cpu_time", "guest.stale")
        times = [frame["monotonic"] for frame in frames]
        self.assertLess(max(b - a for a, b in zip(times, times[1:])), 2.5e9 * _TICK)
        for frame in frames:
            for guest in self.stay:
                row = frame["guests"].get(guest.name)
                self.assertIsNotNone(row, f"{guest.name} is missing in frame {frame['sequence']}")
                self.assertEqual((row["stale"], "cpu_time" in row), (0, True), guest.name)


if __name__ == "__main__":
    main()
