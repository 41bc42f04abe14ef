#!/usr/bin/env python3
"""Guests of a libvirt daemon: what is published equals virsh's; hung guests and a daemon that dies do no harm."""
import os
import signal

from lab import LabCase, eventually, main, until
from lab.libvirtd import Libvirtd

_BLOCK = {"read_ops": "rd.reqs", "read_bytes": "rd.bytes", "read_time": "rd.times",
          "write_ops": "wr.reqs", "write_bytes": "wr.bytes", "write_time": "wr.times",
          "flush_ops": "fl.reqs", "flush_time": "fl.times"}


class Libvirt(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Libvirtd()
        cls.addClassCleanup(cls.daemon.close)
        cls.guests = [cls.daemon.define(f"g{number}", disks=("vda", "vdb") if number == 0 else ("vda",),
                                        code="spin" if number == 1 else "halt").start() for number in range(4)]
        cls.off = cls.daemon.define("off")
        cls.agent = cls.enterClassContext(cls.daemon.agent(interval="500ms"))
        for guest in cls.guests:
            cls.agent.wait_guest(guest)
            # Until libvirt has answered the kernel alone tells of it.
            until(lambda guest=guest: cls.row(guest).get("driver") == "libvirt", why=f"libvirt tells of {guest.name}")

    @classmethod
    def row(cls, guest):
        """What `virtscope list --all` says of a guest; empty if it is not there."""
        rows = [row for row in cls.agent.ask("list", "--all")["guests"] if row["uuid"] == guest.uuid]
        assert len(rows) <= 1, f"{guest.name} is listed {len(rows)} times"
        return rows[0] if rows else {}

    def expect_state(self, guest, state):
        eventually(lambda: self.assertEqual(self.row(guest).get("state"), state), seconds=4)

    def test_inactive_guest_is_listed_shut_off(self):
        self.expect_state(self.off, "shut off")
        configured = self.agent.info(self.off)["guest"]
        self.assertEqual((configured["memory_max"], configured["vcpus"]), (16 << 20, 1))

    def check_disks(self, guest, agent=None):
        truth = guest.stats()
        published = {disk["name"]: disk for disk in (agent or self.agent).info(guest)["disks"]}
        self.assertEqual(len(published), int(truth["block.count"]))
        for number in range(int(truth["block.count"])):
            disk = published[truth[f"block.{number}.name"]]
            for ours, theirs in _BLOCK.items():
                self.assertEqual(disk.get(ours), int(truth[f"block.{number}.{theirs}"]), ours)

    def test_values_equal_domstats(self):
        for guest in self.guests:
            eventually(lambda guest=guest: self.check_disks(guest))
            info = self.agent.info(guest)["guest"]
            truth = guest.stats()
            self.assertEqual(info["memory_max"], int(truth["balloon.maximum"]) * 1024)
            eventually(lambda guest=guest: self.assertEqual(
                self.agent.info(guest)["guest"].get("memory_balloon"), 16 << 20), seconds=40)

    def test_states_follow(self):
        guest = self.guests[2]
        self.daemon.virsh("suspend", guest.name)
        self.expect_state(guest, "paused")
        self.daemon.virsh("resume", guest.name)
        self.expect_state(guest, "running")

    def test_a_guest_is_defined_started_and_destroyed(self):
        guest = self.daemon.define("late")
        self.expect_state(guest, "shut off")
        guest.start()
        self.expect_state(guest, "running")
        eventually(lambda: self.assertEqual(len(self.agent.info(guest)["disks"]), 1), seconds=4)
        guest.destroy()
        self.expect_state(guest, "shut off")
        self.daemon.virsh("undefine", guest.name)
        eventually(lambda: self.assertEqual(self.row(guest), {}), seconds=4)

    def test_hung_guest_leaves_the_others_fresh(self):
        hung, others = self.guests[1], [self.guests[0], *self.guests[2:]]
        before = self.agent.sequence()
        hung.freeze()
        try:
            eventually(lambda: self.assertTrue(self.row(hung)["stale"]), seconds=5)
            frames = self.agent.frames_since(before, "guest.stale", "agent.tick_lateness", count=8)
            note = self.row(hung)["note"]
        finally:
            hung.thaw()
        # A process that is stopped by a signal is seen to be and not asked; a call that was under way hangs.
        self.assertRegex(note, r"^libvirt: (virDomain\w+ not answered since 20|not asked: its process is stopped)")
        for frame in frames:
            self.assertLess(frame["agent"]["tick_lateness"], 200e6)
            for other in others:
                self.assertEqual(frame["guests"][other.name]["stale"], 0, f"{other.name} is no worse for it")
        # libvirt answers what was asked of the hung one first.
        eventually(lambda: self.assertFalse(self.row(hung)["stale"]), seconds=20)

    def test_daemon_that_dies_and_comes_back(self):
        guest = self.guests[0]
        self.daemon.kill()
        try:
            eventually(lambda: self.assertTrue(self.row(guest)["stale"]), seconds=5)
            self.agent.wait_frames(2)
        finally:
            self.daemon.start()
        eventually(lambda: self.assertFalse(self.row(guest)["stale"]), seconds=5)
        self.assertEqual(self.row(guest)["state"], "running")

    def test_a_disk_is_plugged_in_and_out(self):
        # A SCSI disk leaves without the guest's consent, which our firmware does not give.
        guest = self.daemon.define("plug", devices="<controller type='scsi' model='virtio-scsi'/>").start()
        image = f"{self.daemon.folder}/hot.raw"
        with open(image, "wb") as file:
            file.truncate(4 << 20)

        def names():
            return [disk["name"] for disk in self.agent.info(guest)["disks"]]
        eventually(lambda: self.assertEqual(names(), ["vda"]), seconds=10)
        seen = self.device_events(guest)
        for _ in range(2):
            self.daemon.virsh("attach-disk", guest.name, image, "sdb", "--live", "--targetbus", "scsi",
                              "--subdriver", "raw")
            eventually(lambda: self.assertCountEqual(names(), ["vda", "sdb"]), seconds=4)
            eventually(lambda: self.check_disks(guest))
            self.daemon.virsh("detach-disk", guest.name, "sdb", "--live")
            eventually(lambda: self.assertEqual(names(), ["vda"]), seconds=4)
            eventually(lambda: self.check_disks(guest))
        self.assertEqual(self.device_events(guest)[len(seen):],
                         ["device-added disk sdb", "device-removed disk sdb"] * 2)
        guest.destroy()

    def test_a_daemon_reached_as_a_remote_one_is(self):
        guest = self.guests[0]
        with self.daemon.agent(number=4, connect="qemu+unix:///system?socket=/run/libvirt/libvirt-sock") as agent:
            agent.wait_guest(guest)
            eventually(lambda: self.check_disks(guest, agent))
            before, info, after = guest.stats(), agent.info(guest), guest.stats()
            self.assertEqual(info["guest"]["memory_max"], int(after["balloon.maximum"]) * 1024)
            self.assertEqual(len(info["vcpus"]), int(after["vcpu.current"]))
            # The newest frame is up to a tick older than what was asked before it.
            self.assertLess(abs(info["guest"]["cpu_time"] - int(before["cpu.time"])), 2e9)

    def test_runs_that_no_frame_shows_are_told(self):
        guest, rounds = self.daemon.define("brief"), 4
        with self.daemon.agent(number=3, interval="4s") as agent:
            until(lambda: any(row["uuid"] == guest.uuid for row in agent.ask("list", "--all")["guests"]),
                  why="it is listed")
            for _ in range(rounds):
                guest.start()
                guest.destroy()

            def told():
                events = agent.ask("events", "--guest", guest.uuid)["events"]
                return sorted(event["event"] for event in events if event["event"] != "guest-state")
            wanted = ["guest-started"] * rounds + ["guest-stopped"] * rounds
            eventually(lambda: self.assertEqual(told(), wanted), seconds=15)
            agent.wait_frames(2)
            self.assertEqual(len(told()), 2 * rounds, "nothing is told twice")

    def device_events(self, guest):
        events = self.agent.ask("events", "--guest", guest.uuid)["events"]
        return [f"{event['event']} {event['text']}" for event in events if event["event"].startswith("device")]

    def test_states_are_kept_while_the_daemon_is_away(self):
        paused, dies = self.guests[2], self.daemon.define("dies").start()
        self.daemon.virsh("suspend", paused.name)
        self.expect_state(paused, "paused")
        self.expect_state(dies, "running")
        pid = dies.pid
        self.daemon.kill()
        try:
            eventually(lambda: self.assertIn("not reachable", self.row(paused).get("note", "")), seconds=5)
            self.assertEqual(self.row(paused)["state"], "paused")
            os.kill(pid, signal.SIGKILL)
            self.expect_state(dies, "shut off")
        finally:
            self.daemon.start()
        eventually(lambda: self.assertEqual(self.row(paused).get("note", ""), ""), seconds=5)
        self.expect_state(dies, "shut off")
        self.daemon.virsh("resume", paused.name)
        self.expect_state(paused, "running")
        # Its number in libvirt may be one of before.
        dies.start()
        self.expect_state(dies, "running")
        eventually(lambda: self.assertFalse(self.row(dies)["stale"]), seconds=5)
        self.assertNotEqual(dies.pid, pid)

    def test_an_agent_that_starts_before_the_daemon(self):
        guest = self.guests[0]
        self.daemon.kill()
        try:
            with self.daemon.agent(number=2, interval="500ms") as agent:
                eventually(lambda: self.assertIn("not reachable", agent.row(guest).get("note", "")), seconds=5)
                self.assertEqual(agent.row(guest)["state"], "running")
                self.daemon.start()
                eventually(lambda: self.assertEqual(agent.row(guest)["driver"], "libvirt"), seconds=40)
                eventually(lambda: self.assertEqual(agent.row(guest).get("note", ""), ""), seconds=5)
                self.assertRegex(agent.ask("info")["host"]["hypervisor"], r"QEMU [\d.]+ \(libvirt [\d.]+\)")
        finally:
            if self.daemon.virsh("list", check=False) is None:
                self.daemon.start()


if __name__ == "__main__":
    main()
