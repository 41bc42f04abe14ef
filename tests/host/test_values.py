#!/usr/bin/env python3
"""What we publish equals what QEMU, /proc and the tap say when they are read independently."""
import os
import time
import uuid

from lab import Disk, Lab, LabCase, Nic, eventually, main

# Catalogue name -> name in query-blockstats.
_BLOCK = {"read_ops": "rd_operations", "read_bytes": "rd_bytes", "read_time": "rd_total_time_ns",
          "write_ops": "wr_operations", "write_bytes": "wr_bytes", "write_time": "wr_total_time_ns",
          "flush_ops": "flush_operations", "flush_time": "flush_total_time_ns",
          "discard_ops": "unmap_operations", "discard_bytes": "unmap_bytes"}

# Catalogue name -> the tap's: the host receives what the guest sends.
_NIC = {f"{ours}_{what}": f"{theirs}_{what}" for ours, theirs in (("rx", "tx"), ("tx", "rx"))
        for what in ("bytes", "packets", "errors", "drops")}


def _named(rows):
    return {row["name"]: row for row in rows}


def _schedstat(pid, tid):
    """Nanoseconds a thread ran and waited for a CPU."""
    with open(f"/proc/{pid}/task/{tid}/schedstat") as file:
        ran, waited, _ = map(int, file.read().split())
    return ran, waited


def _process_clock(pid):
    """CPU time of a process with all its threads, exited ones too (as clock_getcpuclockid(3))."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def _uuid():
    return str(uuid.uuid4())


class Values(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        disks = [Disk(), Disk(aio="native", iothread=True), Disk(aio="io_uring", form="drive")]
        cls.guest = cls.lab.linux("worker", uuid=_uuid(), vcpus=2, disks=disks, nics=[Nic(), Nic(by_fd=True)])
        cls.spinning = cls.lab.firmware("spinning", uuid=_uuid(), firmware="spin", vcpus=2)
        cls.agent = cls.enterClassContext(cls.lab.agent(interval="500ms"))
        cls.agent.wait_guest(cls.guest)
        cls.agent.wait_guest(cls.spinning)

    def check_disks(self):
        published = _named(self.agent.info(self.guest)["disks"])
        truth = self.guest.blockstats()
        self.assertEqual(sorted(published), sorted(truth))
        for disk, stats in truth.items():
            for ours, theirs in _BLOCK.items():
                self.assertEqual(published[disk].get(ours), stats[theirs], f"{disk} {ours}")
            failed = sum(stats[f"failed_{kind}_operations"] for kind in ("rd", "wr", "flush", "unmap"))
            self.assertEqual(published[disk].get("failed_ops"), failed, f"{disk} failed_ops")

    def test_disks_equal_query_blockstats(self):
        for disk in ("vda", "vdb", "vdc"):
            self.guest.run(f"disk {disk} write 11")
            self.guest.run(f"disk {disk} read 7 16384")
        self.assertGreaterEqual(self.guest.blockstats()["vdc"]["rd_operations"], 7)
        eventually(self.check_disks)

    def check_nics(self):
        published = _named(self.agent.info(self.guest)["nics"])
        for tap in self.guest.taps:
            self.assertIn(tap.name, published)
            truth = tap.counters()
            for ours, theirs in _NIC.items():
                self.assertEqual(published[tap.name].get(ours), truth[theirs], f"{tap.name} {ours}")

    def test_nics_equal_the_taps_counters_seen_from_the_guest(self):
        self.guest.run("ping 30 200")
        self.assertGreaterEqual(self.guest.tap.counters()["rx_packets"], 30)
        eventually(self.check_nics)

    def window(self, guest, read):
        """Runs read() just before and just after a frame of the guest comes up: (before, info, after)."""
        while True:
            before, sequence = read(), self.agent.sequence()
            self.agent.wait_frames(1)
            info = self.agent.info(guest)
            if info["sequence"] == sequence + 1:
                return before, info, read()

    def test_vcpu_times_lie_between_two_readings_of_schedstat(self):
        for guest in (self.guest, self.spinning):
            threads = guest.vcpu_threads()
            before, info, after = self.window(
                guest, lambda: {cpu: _schedstat(guest.pid, tid) for cpu, tid in threads.items()})
            self.assertEqual(len(info["vcpus"]), len(threads))
            for cpu, row in enumerate(info["vcpus"]):
                for column, metric in enumerate(("time", "wait")):
                    self.assertGreaterEqual(row[metric], before[cpu][column], f"{guest.name} vCPU {cpu} {metric}")
                    self.assertLessEqual(row[metric], after[cpu][column], f"{guest.name} vCPU {cpu} {metric}")
        self.assertGreater(after[0][0] - before[0][0], 1e7, "the spinning guest does not spin")

    def test_cpu_time_lies_between_two_readings_of_the_process_clock(self):
        before, info, after = self.window(self.spinning, lambda: _process_clock(self.spinning.pid))
        self.assertGreaterEqual(info["guest"]["cpu_time"], before - 1e6)
        self.assertLessEqual(info["guest"]["cpu_time"], after + 1e6)

    def test_cpu_time_is_split_without_loss(self):
        guest = self.agent.info(self.spinning)["guest"]
        # The kernel gives user and system in whole ticks of its clock, 10 ms each.
        self.assertAlmostEqual(guest["cpu_user"] + guest["cpu_system"], guest["cpu_time"], delta=50e6)

    def test_memory(self):
        info = self.agent.info(self.guest)["guest"]
        self.assertEqual(info["memory_max"], 128 << 20)
        with open(f"/proc/{self.guest.pid}/smaps_rollup") as file:
            rss = next(int(line.split()[1]) * 1024 for line in file if line.startswith("Rss:"))
        self.assertAlmostEqual(info["memory_resident"], rss, delta=0.1 * rss)
        eventually(lambda: self.assertEqual(self.agent.info(self.guest)["guest"].get("memory_balloon"),
                                            self.guest.qmp("query-balloon")["actual"]), seconds=40)

    def test_capacity(self):
        def check():
            for disk in self.agent.info(self.guest)["disks"]:
                self.assertEqual(disk.get("capacity"), 8 << 20)
        eventually(check, seconds=40)

    def test_state_follows_stop_and_cont(self):
        self.spinning.qmp("stop")
        eventually(lambda: self.assertEqual(self.agent.row(self.spinning)["state"], "paused"), seconds=3)
        self.spinning.qmp("cont")
        eventually(lambda: self.assertEqual(self.agent.row(self.spinning)["state"], "running"), seconds=3)

    def test_host_memory_and_cpus(self):
        host = self.agent.ask("info")["host"]
        self.assertEqual(host["cpus"], os.cpu_count())
        with open("/proc/meminfo") as file:
            total = int(file.readline().split()[1]) * 1024
        self.assertEqual(host["memory_total"], total)


class HostNetwork(LabCase):
    def test_tap_in_the_agents_own_namespace(self):
        with Lab(own_network=False) as lab:
            guest = lab.firmware("onhost", uuid=_uuid())
            with lab.agent(interval="500ms") as agent:
                agent.wait_guest(guest)

                def check():
                    published = _named(agent.info(guest)["nics"])[guest.tap.name]
                    for ours, theirs in _NIC.items():
                        self.assertEqual(published.get(ours), guest.tap.counters()[theirs], ours)
                eventually(check)


if __name__ == "__main__":
    main()
