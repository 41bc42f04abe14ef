#!/usr/bin/env python3
"""A guest that is not asked must have nothing to tell: for each aio mode, what is published while a disk is
silent equals what the guest itself counted.

The guests do their I/O by themselves and keep a log in their own memory, so that nothing but the I/O wakes
QEMU: asking for the truth meanwhile would make the agent ask, too, and the test could not fail.
"""
import time
import uuid
from dataclasses import dataclass

from lab import Disk, Lab, LabCase, main

_SECONDS = 40
_TICK = 0.2
# Clock of guest and host are matched to about this; a reading may also be of any moment until the deadline.
_MATCH = 0.1
_DEADLINE = 0.25
_METRICS = ("read_ops", "read_bytes", "write_ops", "write_bytes", "flush_ops")


@dataclass
class Burst:
    begin: float  # CLOCK_MONOTONIC of the host
    end: float
    counts: tuple  # as _METRICS, since the guest booted


def _clock_offset(guest):
    """What to add to the guest's uptime for the host's monotonic clock: from the quickest of some exchanges."""
    best = None
    for _ in range(10):
        before = time.monotonic()
        uptime = float(guest.run("uptime")[0].split()[1])
        after = time.monotonic()
        if best is None or after - before < best[0]:
            best = (after - before, (before + after) / 2 - uptime)
    return best[1]


def _guest_counts(reads, read_sectors, written_sectors, flushes):
    # Every write of the guests is of 4 KiB; their kernel's own count of writes includes flushes.
    return reads, read_sectors * 512, written_sectors // 8, written_sectors * 512, flushes


def _stat_counts(guest, disk):
    words = list(map(int, guest.run(f"stat {disk}")[0].split()[1:]))
    return _guest_counts(words[0], words[2], words[6], 0)


def _qemu_counts(guest, disk):
    stats = guest.blockstats()[disk]
    return tuple(stats[key] for key in ("rd_operations", "rd_bytes", "wr_operations", "wr_bytes", "flush_operations"))


def _minus(left, right):
    return tuple(one - other for one, other in zip(left, right))


def _plus(left, right):
    return tuple(one + other for one, other in zip(left, right))


class Sparing(LabCase):
    def setUp(self):
        self.lab = Lab()
        self.addCleanup(self.lab.close)

    def bursts(self, lines, offset):
        """Disk -> its bursts."""
        found = {}
        for line in lines:
            _, begin, end, disk, verb, *counts = line.split()
            own = found.setdefault(disk, [])
            flushes = (own[-1].counts[-1] if own else 0) + (verb == "flush")
            own.append(Burst(float(begin) + offset, float(end) + offset, _guest_counts(*map(int, counts), flushes)))
        return found

    def check_frame(self, frame, guest, disk, bursts, first):
        """1 if the disk was silent around this frame and so had to be exact, else 0."""
        moment = frame["monotonic"] / 1e9
        if any(burst.begin - _MATCH < moment + _DEADLINE and moment < burst.end + _MATCH for burst in bursts):
            return 0
        done = [burst for burst in bursts if burst.end < moment]
        truth = done[-1].counts if done else first
        published = frame["guests"][guest.name]["disks"][disk]
        told = tuple(published.get(metric) for metric in _METRICS)
        # A guest that was slow to answer, on a busy machine, is stale and has no values: no lie.
        if all(value is None for value in told) and frame["guests"][guest.name].get("stale"):
            return 0
        self.assertEqual(told, truth, f"{guest.name} {disk}, frame {frame['sequence']}: not what the guest counted")
        return 1

    def test_published_counters_are_true_in_every_silence(self):
        modes = ("threads", "native", "io_uring")
        guests = [self.lab.linux(mode, ready=False, uuid=str(uuid.uuid4()),
                                 disks=[Disk(aio=mode), Disk(aio=mode, iothread=True)]) for mode in modes]
        for guest in guests:
            guest.wait_ready()
        agent = self.lab.agent(interval=f"{int(_TICK * 1000)}ms").start()
        for guest in guests:
            agent.wait_guest(guest)
        # QEMU counted what its firmware and the guest's kernel read before the guest's own counters began.
        base = {(guest, disk): _minus(_qemu_counts(guest, disk), _stat_counts(guest, disk))
                for guest in guests for disk in ("vda", "vdb")}
        first = {key: _qemu_counts(*key) for key in base}
        offsets = {guest: _clock_offset(guest) for guest in guests}
        start = agent.sequence()
        for guest in guests:
            guest.console.send(f"bursts bursts {_SECONDS} vda vdb")
        time.sleep(_SECONDS)  # nothing may wake the guests: there is nothing to ask
        frames = agent.frames_since(start, *(f"disk.{metric}" for metric in _METRICS), "guest.stale",
                                    "agent.monitor_questions", "agent.monitor_spared")
        end = time.monotonic() - 1.0
        frames = [frame for frame in frames if frame["monotonic"] / 1e9 < end]
        silent = {}
        for guest in guests:
            guest.console.expect("DONE bursts", 30)
            lines = [line for line in guest.console.text.splitlines() if line.startswith("BURST")]
            bursts = self.bursts(lines, offsets[guest])
            self.assertLess(abs(_clock_offset(guest) - offsets[guest]), _MATCH / 2, "the guest's clock ran away")
            for disk, own in bursts.items():
                for burst in own:
                    burst.counts = _plus(burst.counts, base[guest, disk])
                self.assertEqual(own[-1].counts, _qemu_counts(guest, disk), "the lab's own truth")
                silent[guest.name, disk] = sum(
                    self.check_frame(frame, guest, disk, own, first[guest, disk]) for frame in frames)
        asked = frames[-1]["agent"]["monitor_questions"] - frames[0]["agent"]["monitor_questions"]
        spared = frames[-1]["agent"]["monitor_spared"] - frames[0]["agent"]["monitor_spared"]
        print(f"{len(frames)} frames; exact in silence: {silent}; asked {asked}, spared {spared}", flush=True)
        for key, count in silent.items():
            self.assertGreater(count, 20, f"{key}: too few silent frames to prove anything")
        self.assertGreater(spared, 0, "no guest was ever spared: this proves nothing")


if __name__ == "__main__":
    main()
