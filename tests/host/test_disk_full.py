#!/usr/bin/env python3
"""A ring on a disk that is full, or fills up the wrong way: frames go to memory and come back to the file."""
import os
import subprocess

from lab import Lab, LabCase, main, program, until


class DiskFull(LabCase):
    def setUp(self):
        self.lab = Lab()
        self.disk = os.path.join(self.lab.folder, "disk")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", self.disk], check=True)
        self.ring = os.path.join(self.disk, "ring")
        self.filler = os.path.join(self.disk, "filler")
        self.others = set(os.listdir("/dev/shm"))  # of agents that are not ours

    def tearDown(self):
        for agent in self.lab.agents:
            agent.stop()
        subprocess.run(["umount", self.disk], check=True)
        self.lab.close()

    def agent(self, **options):
        return self.lab.agent(connect="test:///default?guests=5", interval="100ms", ring=self.ring, ring_size="8MiB",
                              **options)

    def fill(self):
        with open(self.filler, "wb") as file:
            file.write(bytes(15 << 20))

    def stand_ins(self):
        return [name for name in os.listdir("/dev/shm") if name.startswith("virtscope-") and name not in self.others]

    def check(self):
        got = subprocess.run([program("check_virt"), "agent", "--ring", self.ring], capture_output=True, text=True)
        return got.returncode, got.stdout

    def events(self):
        return [event["event"] for event in self.lab.agents[0].ask("events")["events"]]

    def test_full_at_the_start_and_free_later(self):
        self.fill()
        with self.agent() as agent:
            agent.wait_frames(5)
            self.assertEqual(os.path.getsize(self.ring), 0)
            code, said = self.check()
            self.assertEqual(code, 1, said)
            self.assertIn("frames are kept in memory", said)
            self.assertIn("No space left on device: frames go to memory (/dev/shm/virtscope-", agent.said())
            before = agent.sequence()
            os.unlink(self.filler)
            until(lambda: os.path.getsize(self.ring) > 8 << 20, 5)
            agent.wait_frames(5)
            self.assertEqual(self.check()[0], 0)
            # What was sampled meanwhile was carried over, nothing is missing between.
            numbers = [frame["sequence"] for frame in agent.frames_since(0)]
            self.assertLess(numbers[0], before)
            self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))
            self.assertEqual(self.events()[:3], ["agent-started", "ring-in-memory", "ring-on-disk"])
        self.assertEqual(self.stand_ins(), [])

    def test_killed_while_in_memory(self):
        self.fill()
        with self.agent() as agent:
            agent.wait_frames(5)
            last = agent.sequence()
            agent.kill()
            self.assertGreaterEqual(agent.sequence(), last)  # still read by everybody
            os.unlink(self.filler)
            agent.start()
            until(lambda: agent.sequence() > last, 5)
            numbers = [frame["sequence"] for frame in agent.frames_since(0)]
            self.assertEqual(numbers, list(range(1, numbers[-1] + 1)))

    def test_a_full_disk_does_not_hurt_a_ring_that_is_there(self):
        with self.agent() as agent:
            agent.wait_frames(2)
            with self.assertRaises(OSError), open(self.filler, "wb") as file:
                file.write(bytes(30 << 20))
            agent.wait_frames(10)
            self.assertEqual(self.check()[0], 0)
        with self.agent() as agent:
            agent.wait_frames(2)
            self.assertEqual(self.check()[0], 0)

    def test_somebody_elses_file_in_the_stand_ins_place(self):
        self.fill()
        with self.agent() as agent:
            agent.wait_frames(2)
            names = self.stand_ins()
            self.assertEqual(len(names), 1)
        stand_in = os.path.join("/dev/shm", names[0])
        os.chown(stand_in, 12345, 12345)
        self.addCleanup(lambda: os.path.exists(stand_in) and os.unlink(stand_in))
        # Nobody reads it, and root clears it away.
        got = subprocess.run([program("virtscope"), "list", "--ring", self.ring], capture_output=True, text=True)
        self.assertEqual(got.returncode, 3, got.stdout)
        with self.agent() as agent:
            agent.wait_frames(2)
            self.assertEqual(os.stat(stand_in).st_uid, os.geteuid())

    def test_cut_short_and_removed_under_the_agent(self):
        with self.agent() as agent:
            agent.wait_frames(3)
            for harm in (lambda: os.truncate(self.ring, 0), lambda: os.unlink(self.ring)):
                before = agent.sequence()
                harm()
                until(lambda: os.path.exists(self.ring) and os.path.getsize(self.ring) > 8 << 20, 5)
                until(lambda: agent.sequence() > before, 5)
                agent.wait_frames(3)
            self.assertEqual(self.check()[0], 0)


main()
