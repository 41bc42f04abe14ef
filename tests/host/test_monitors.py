#!/usr/bin/env python3
"""Monitors as they are found in the wild: absent, held by someone else, two of one name, restarted."""
import json
import os
import socket
import subprocess
import uuid

from lab import Disk, Lab, LabCase, eventually, main, until


def _uuid():
    return str(uuid.uuid4())


class Monitors(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(cls.lab.agent(interval="500ms"))

    def guest(self, name, **options):
        guest = self.lab.firmware(name, **{"uuid": _uuid(), **options})
        self.addCleanup(guest.stop)
        return guest

    def listed(self, guest):
        return until(lambda: self.agent.row(guest), why=f"{guest.name} in the list")

    def read_ops(self, guest):
        """Of each disk, None where it is not known."""
        return [disk.get("read_ops") for disk in self.agent.info(guest)["disks"]]

    def test_without_a_monitor_all_of_the_kernels_values_and_the_reason(self):
        guest = self.guest("mute", monitor="none", firmware="spin")
        self.listed(guest)

        def check():
            info = self.agent.info(guest)
            self.assertGreater(info["guest"].get("cpu_time", 0), 0)
            self.assertGreater(info["guest"].get("memory_resident", 0), 0)
            self.assertTrue(info["nics"] and "rx_bytes" in info["nics"][0], info["nics"])
            for disk in info["disks"]:
                self.assertNotIn("read_ops", disk, "not known is not zero")
            self.assertIn("monitor", info["guest"]["note"])
        eventually(check)

    def test_chardev_form_with_mode_control(self):
        guest = self.guest("chardev", monitor="chardev")
        eventually(lambda: self.assertEqual(self.read_ops(guest), [0]), seconds=15)

    def test_held_by_another_client_then_given_back(self):
        guest = self.guest("held")
        self.agent.wait_guest(guest)
        self.agent.stop()
        with socket.socket(socket.AF_UNIX) as holder:
            holder.connect(guest.files.monitor)
            self.assertIn(b"QMP", holder.recv(4096))
            self.agent.start()
            self.listed(guest)

            def kernel_side_only():
                info = self.agent.info(guest)
                self.assertIn("cpu_time", info["guest"])
                self.assertEqual(set(self.read_ops(guest)) - {None}, set())
                self.assertTrue(info["guest"]["note"])
            eventually(kernel_side_only)
            # The holder's conversation is not disturbed by us.
            holder.sendall(b'{"execute":"qmp_capabilities"}\n')
            self.assertIn("return", json.loads(holder.recv(4096)))
        eventually(lambda: self.assertEqual(self.read_ops(guest), [0]), seconds=75)

    def test_two_guests_of_one_name_are_two(self):
        first = self.guest("twin", firmware="spin")
        second = self.guest("twin")

        def check():
            rows = {row["uuid"]: row for row in self.agent.guests() if row["name"] == "twin"}
            self.assertEqual(set(rows), {first.uuid, second.uuid})
            self.assertGreater(self.agent.info(first)["guest"]["cpu_time"], self.agent.info(second)["guest"]["cpu_time"])
        eventually(check)

    def test_restart_under_the_same_name_is_a_new_guest_without_uuid(self):
        old = self.guest("reborn", uuid="", firmware="spin")
        old_row = self.listed(old)
        old.stop()
        new = self.guest("reborn", uuid="")

        def check():
            rows = [row for row in self.agent.guests() if row["name"] == "reborn"]
            self.assertEqual(len(rows), 1)
            self.assertEqual(rows[0]["id"], new.pid)
            self.assertNotEqual(rows[0]["uuid"], old_row["uuid"])
        eventually(check)

    def test_restart_with_the_same_uuid_keeps_the_identity_and_starts_counters_anew(self):
        identity = _uuid()
        old = self.guest("phoenix", uuid=identity, firmware="spin")
        eventually(lambda: self.assertGreater(self.agent.info(old)["guest"]["cpu_time"], 300e6))
        old.stop()
        new = self.guest("phoenix", uuid=identity)

        def check():
            row = self.agent.row(new)
            self.assertTrue(row and row["id"] == new.pid)
            self.assertLess(self.agent.info(new)["guest"]["cpu_time"], 300e6)
            # A rate over the restart would be a spike of many thousand per cent.
            self.assertLess(row.get("cpu_percent", 0), 400)
        eventually(check)

    def test_gone_guest_leaves_the_list(self):
        guest = self.guest("leaver")
        self.listed(guest)
        guest.stop()
        eventually(lambda: self.assertIsNone(self.agent.row(guest)), seconds=5)

    def test_hostile_name_reaches_no_terminal(self):
        guest = self.guest('a"b|c\n\x1b[31m,d')
        until(lambda: any(row["uuid"] == guest.uuid and row["state"] == "running" for row in self.agent.guests()))
        table = subprocess.run([*self.virtscope("list")], capture_output=True).stdout
        self.assertNotIn(b"\x1b", table)
        line = next(line for line in table.splitlines() if b'a"b|c' in line)
        self.assertIn(b"running", line)

    def virtscope(self, *words):
        from lab import program
        return [program("virtscope"), *words, "--ring", self.agent.ring]

    def test_a_process_that_only_calls_itself_qemu(self):
        impostor = subprocess.Popen(["bash", "-c", "exec -a qemu-system-x86_64 sleep 60"])
        self.addCleanup(impostor.wait)
        self.addCleanup(impostor.kill)
        tail = subprocess.Popen(["sleep", "60"], env={**os.environ, "QEMU": "qemu-system-x86_64 -name fake"})
        self.addCleanup(tail.wait)
        self.addCleanup(tail.kill)
        self.agent.wait_frames(8)
        self.assertFalse([row for row in self.agent.guests() if row["id"] == tail.pid])
        for row in self.agent.guests():
            if row["id"] == impostor.pid:  # shown with what is known, or not at all
                self.assertFalse(row["disks"] or row["nics"], row)

    def test_qemu_with_other_device_models(self):
        guest = self.guest("ide", machine="pc", disks=[Disk(device="ide-hd")])
        eventually(lambda: self.assertEqual(len(self.agent.info(guest)["disks"]), 1), seconds=15)


if __name__ == "__main__":
    main()
