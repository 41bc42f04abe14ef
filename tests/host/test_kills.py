#!/usr/bin/env python3
"""virtscoped killed with SIGKILL at random moments, again and again: readers neither crash nor show garbage,
the successor continues the same ring."""
import json
import os
import random
import subprocess
import threading
import time

from lab import Lab, LabCase, main, program

_GUESTS = 3000  # so that a tick is long and is often hit in the middle
_KILLS = 200
_URI = f"test:///default?guests={_GUESTS}&seed=7"


class Reader(threading.Thread):
    """Reads as fast as it can and judges everything it is shown."""

    def __init__(self, ring):
        super().__init__()
        self._ring = ring
        self._done = threading.Event()
        self.reads = 0
        self.faults = []
        self._newest = 0

    def run(self):
        while not self._done.is_set():
            for words in (["info"], ["list"]):
                got = subprocess.run([program("virtscope"), *words, "--ring", self._ring, "--format", "json"],
                                     capture_output=True, text=True)
                fault = self.judge(words[0], got)
                if fault:
                    self.faults.append(f"{words[0]}: {fault}")
                self.reads += 1

    def judge(self, verb, got):
        # 1: shown, but the writer is silent; that is the truth here.
        if got.returncode not in (0, 1):
            return f"exit code {got.returncode}: {got.stderr.strip()}"
        try:
            shown = json.loads(got.stdout)
        except ValueError:
            return f"no JSON: {got.stdout[:100]!r} {got.stderr.strip()!r}"
        if verb == "info":
            return self.judge_host(shown)
        names = {guest["name"] for guest in shown["guests"]}
        return None if len(names) == len(shown["guests"]) >= _GUESTS * 0.5 else f"{len(names)} different names"

    def judge_host(self, shown):
        if shown["sequence"] < self._newest:
            return f"frame {shown['sequence']} after {self._newest}"
        self._newest = shown["sequence"]
        return None if shown["host"].get("cpus") else "no CPUs"

    def finish(self):
        self._done.set()
        self.join()


class Kills(LabCase):
    def test_ring_outlives_every_kill(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        with Lab() as lab:
            agent = lab.agent(connect=_URI, interval="100ms", ring_size="64MiB")
            agent.start()
            first = agent.sequence()
            reader = Reader(agent.ring)
            reader.start()
            try:
                for _ in range(_KILLS):
                    agent.kill()
                    agent.start(wait=False)
                    time.sleep(chance.uniform(0.0, 0.2))
            finally:
                reader.finish()
            agent.wait_frames(3)
            info = agent.ask("ring", "info")
            print(f"seed {seed}: {_KILLS} kills, {reader.reads} reads, {agent.sequence() - first} frames, "
                  f"{info['damaged']} damaged", flush=True)
            self.assertEqual(reader.faults, [])
            self.assertGreater(reader.reads, 20)
            self.assertGreater(agent.sequence(), first + 10, "few frames were written at all")
            self.assertNotIn("set aside", agent.said())
            self.assertEqual(os.listdir(lab.folder).count(os.path.basename(agent.ring)), 1)
            agent.stop()
            # Everything that is in the ring is in order and of this host.
            sequences = []
            for frame in agent.frames_since(0, "host.cpus"):
                self.assertTrue(frame["host"].get("cpus"), frame["sequence"])
                sequences.append(frame["sequence"])
            self.assertEqual(sequences, sorted(set(sequences)))


if __name__ == "__main__":
    main()
