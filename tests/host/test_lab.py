#!/usr/bin/env python3
"""The lab itself: the guests the other tests rely on do what they are told."""
from lab import Disk, LabCase, Nic, main, until, Lab


class Firmware(LabCase):
    def test_halts_or_spins_and_is_gone_after_the_lab(self):
        with Lab() as lab:
            halted = lab.firmware("halted")
            spinning = lab.firmware("spinning", firmware="spin", vcpus=2)
            self.assertEqual(halted.qmp("query-status")["status"], "running")
            self.assertEqual(sorted(spinning.vcpu_threads()), [0, 1])
            self.assertEqual(halted.blockstats()["vda"]["rd_operations"], 0)
        self.assertFalse(halted.alive() or spinning.alive())


class Linux(LabCase):
    def test_does_exactly_the_io_it_is_told(self):
        with Lab() as lab:
            disks = [Disk(aio="threads"), Disk(aio="native", iothread=True), Disk(aio="io_uring", form="drive")]
            guest = lab.linux("worker", disks=disks)
            for name in ("vda", "vdb", "vdc"):
                before = guest.blockstats()[name]
                guest.run(f"disk {name} write 7")
                guest.run(f"disk {name} read 5 8192")
                after = guest.blockstats()[name]
                self.assertEqual(after["wr_operations"] - before["wr_operations"], 7)
                self.assertEqual(after["wr_bytes"] - before["wr_bytes"], 7 * 4096)
                self.assertEqual(after["rd_operations"] - before["rd_operations"], 5)
                self.assertEqual(after["rd_bytes"] - before["rd_bytes"], 5 * 8192)

    def test_sends_exactly_the_packets_it_is_told(self):
        with Lab() as lab:
            guest = lab.linux("pinger", nics=[Nic(by_fd=True)])
            before = guest.tap.counters()
            self.assertIn("20 packets received", guest.run("ping 20 100")[0])
            after = guest.tap.counters()
            for way in ("rx", "tx"):
                self.assertEqual(after[f"{way}_packets"] - before[f"{way}_packets"], 20)
                self.assertEqual(after[f"{way}_bytes"] - before[f"{way}_bytes"], 20 * 142)

    def test_takes_workloads_from_the_command_line_and_powers_off(self):
        with Lab() as lab:
            guest = lab.linux("busy", workload={"disk": "write:50", "net": "50"})
            before = guest.blockstats()["vda"]["wr_operations"]
            until(lambda: guest.blockstats()["vda"]["wr_operations"] >= before + 20)
            until(lambda: guest.tap.counters()["rx_packets"] >= 20)
            guest.poweroff()
            self.assertFalse(guest.alive())


if __name__ == "__main__":
    main()
