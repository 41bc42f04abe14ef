#!/usr/bin/env python3
"""Devices that are plugged in and out, guests that are started anew and renamed: no negative and no giant rate in any
series, as RRDs and Prometheus give them back."""
import glob
import json
import os
import subprocess
import time
import uuid

from lab import Disk, Lab, LabCase, Nic, eventually, main, need_program, program, until
from lab.exporter import Exporter, Prometheus
from lab.qmp import QmpError
from lab.rrd import fetch

_COUNTED = ("disk_read_ops", "disk_read_bytes", "disk_write_ops", "disk_write_bytes", "nic_rx_bytes", "nic_tx_bytes",
            "nic_tx_packets", "guest_cpu_time_seconds", "guest_cpu_wait_seconds", "vcpu_time_seconds")


class Case(LabCase):
    def setUp(self):
        need_program("rrdtool", "rrdtool")
        need_program("prometheus", "prometheus")
        self.lab = Lab()
        self.addCleanup(self.lab.close)

    def record(self, agent):
        """All that the ring has."""
        self.recording = os.path.join(self.lab.folder, "whole.rec")
        subprocess.run([program("virtscope"), "record", self.recording, "--ring", agent.ring], check=True,
                       stdout=subprocess.DEVNULL)

    def export(self, layout, step):
        """Where the RRDs of the recording are."""
        folder = os.path.join(self.lab.folder, f"rrd-{layout}-{step}")
        subprocess.run([program("virtscope-export"), "rrd", "--ring", self.recording, "--dir", folder, "--layout", layout, "--step",
                        f"{step}s"], check=True, stderr=subprocess.DEVNULL)
        return folder

    def check_rrds(self, bounds):
        """Every value of every file that `bounds` has a word for is known to lie between 0 and its bound."""
        for layout in ("native", "collectd"):
            for step in (1, 5):
                folder = self.export(layout, step)
                checked = {}
                for path in glob.glob(f"{folder}/*/**/*.rrd", recursive=True):
                    for function in ("AVERAGE", "MAX"):
                        for at, row in fetch(path, step, function=function).items():
                            self.check_row(path, at, row, bounds, checked)
                for kind in ("disk", "if_octets" if layout == "collectd" else "nic"):
                    self.assertGreater(checked.get(kind, 0), 20 if step == 1 else 2, (layout, step, checked))

    def check_row(self, path, at, row, bounds, checked):
        kind = os.path.basename(path)[:-4].split("-")[0]
        for source, value in row.items():
            if value is None:
                continue
            self.assertGreaterEqual(value, 0, (path, at, source))
            bound = bounds.get(f"{kind}.{source}", bounds.get(kind))
            if bound is not None:
                self.assertLess(value, bound, (path, at, source))
                word = kind.removesuffix("_octets").removesuffix("_ops") if kind.startswith("disk") else kind
                checked[word] = checked.get(word, 0) + 1

    def check_prometheus(self, prometheus, began, bounds):
        end = time.time()
        for name in _COUNTED:
            rates = prometheus.ask("query_range", query=f"rate(virt_{name}_total[4s])", start=began, end=end, step=1)["result"]
            values = [float(value) for series in rates for _, value in series["values"]]
            self.assertGreater(len(values), 5, name)
            self.assertGreaterEqual(min(values), 0, name)
            self.assertLess(max(values), bounds[name], name)


class Simulated(Case):
    def test_guests_and_devices_that_come_and_go_by_the_second(self):
        """Each guest is restarted, gets a device and loses it, six seconds apart."""
        with self.lab.agent(connect="test:///default?guests=4&churn=40", interval="200ms") as agent, \
                Exporter(self.lab.folder, agent.ring) as exporter, \
                Prometheus(self.lab.folder, exporter.url.removeprefix("http://")) as prometheus:
            began = time.time()
            def happened():
                events = [event["event"] for event in agent.ask("events")["events"]]
                return all(events.count(kind) >= 6 for kind in ("guest-started", "device-added", "device-removed"))
            until(happened, 90, why="restarts and plugs")
            # What guests at work do in a second; a device that is back at an old reading would be far above it.
            self.record(agent)
            busiest = self.largest_rates(agent)
            self.check_rrds({f"disk.{column}": busiest["disk"] for column in ("read_bytes", "write_bytes")}
                            | {f"nic.{column}": busiest["nic"] for column in ("rx_bytes", "tx_bytes")}
                            | {"disk_octets": busiest["disk"], "if_octets": busiest["nic"], "virt_vcpu": 1.2e9,
                               "vcpu.time": 1.2e9})
            bytes_ = {name: busiest[name.split("_")[0]] * 1.5 for name in _COUNTED if name.endswith("bytes")}
            self.check_prometheus(prometheus, began, {**dict.fromkeys(_COUNTED, 1e6), **bytes_, "vcpu_time_seconds": 1.3})

    def largest_rates(self, agent):
        """Of frame to frame of one run of a guest and its device, as the ring itself has them."""
        largest = {"disk": 0.0, "nic": 0.0}
        for guest in agent.guests():
            for kind, metrics in (("disk", "disk.read_bytes,disk.write_bytes"), ("nic", "nic.rx_bytes,nic.tx_bytes")):
                got = subprocess.run([program("virtscope"), "history", guest["uuid"], "--ring", self.recording, "--step", "0", "--from",
                                      "1 hour ago", "--metric", metrics, "--format", "json"], capture_output=True, text=True, check=True)
                rows = json.loads(got.stdout)["rows"]
                largest[kind] = max([largest[kind], *(value for row in rows for value in row["values"] if value)])
        return {kind: value * 1.1 for kind, value in largest.items()}


class Real(Case):
    def test_a_guest_of_qemus_loses_gets_back_and_changes_its_name(self):
        uuid_ = str(uuid.uuid4())
        spec = {"uuid": uuid_, "disks": [Disk(), Disk(form="drive")], "nics": [Nic()],
                "workload": {"disk": "mixed:100", "net": "20"}}
        guest = self.lab.linux("before", **spec)
        with self.lab.agent(interval="200ms", netns=self.lab.network.fd) as agent, \
                Exporter(self.lab.folder, agent.ring) as exporter, \
                Prometheus(self.lab.folder, exporter.url.removeprefix("http://")) as prometheus:
            began = time.time()
            agent.wait_guest(guest)
            self.names(agent, guest, "disks", ["vda", "vdb"])
            for _ in range(2):
                guest.run("disk vdb mixed 300 65536")  # 20 MB: what a replugged disk must not be charged with
                agent.wait_frames(5)
                self.unplug(guest, "vdb")
                self.names(agent, guest, "disks", ["vda"])
                self.plug(guest, "vdb")
                self.names(agent, guest, "disks", ["vda", "vdb"])
                guest.run("disk vdb mixed 20")
                agent.wait_frames(30)
            agent.wait_frames(10)
            cards = len(agent.info(guest)["nics"])
            self.assertEqual(cards, 1)
            self.unplug(guest, "net0")
            guest.qmp("netdev_del", id="hostnet0")
            eventually(lambda: self.assertEqual(agent.info(guest)["nics"], []), seconds=10)
            agent.wait_frames(10)
            guest.stop()
            until(lambda: agent.row(guest) is None, 10, why="it is gone")
            renamed = self.lab.linux("after", **spec)
            agent.wait_guest(renamed)
            agent.wait_frames(60)
            told = [event["event"] for event in agent.ask("events", "--guest", uuid_)["events"]]
            self.assertGreaterEqual(told.count("device-removed"), 3, told)
            self.record(agent)
            self.check_rrds({"disk.read_bytes": 100e6, "disk.write_bytes": 100e6, "disk_octets": 100e6,
                                    "disk.read_ops": 1e5, "disk_ops": 1e5, "nic.rx_bytes": 1e6, "nic.tx_bytes": 1e6,
                                    "if_octets": 1e6, "guest.cpu_time": 16e9, "virt_cpu_total": 16e9, "vcpu.time": 1.2e9,
                                    "virt_vcpu": 1.2e9})
            self.check_prometheus(prometheus, began, {
                **dict.fromkeys(_COUNTED, 1e5), "disk_read_bytes": 100e6, "disk_write_bytes": 100e6, "nic_rx_bytes": 1e6,
                "nic_tx_bytes": 1e6, "guest_cpu_time_seconds": 16, "guest_cpu_wait_seconds": 16, "vcpu_time_seconds": 1.3})
            # With the native layout the file goes on under its UUID, with the collectd layout by name there are two.
            self.assertTrue(os.path.exists(os.path.join(self.lab.folder, "rrd-native-1", uuid_, "guest.rrd")))
            for name in ("before", "after"):
                self.assertTrue(os.path.isdir(os.path.join(self.lab.folder, "rrd-collectd-1", name)), name)

    def names(self, agent, guest, kind, wanted):
        eventually(lambda: self.assertCountEqual([one["name"] for one in agent.info(guest)[kind]], wanted), seconds=10)

    @staticmethod
    def unplug(guest, device):
        guest.qmp("device_del", id=device)

        def is_gone():
            try:
                guest.qmp("qom-list", path=f"/machine/peripheral/{device}")
            except QmpError:
                return True
            return False
        until(is_gone, 20, why=f"{device} is given up by the guest")

    @staticmethod
    def plug(guest, name):
        image = guest.files.images[1]
        nodes = [node["node-name"] for node in guest.qmp("query-named-block-nodes")]
        if f"hot-{name}" not in nodes:
            guest.qmp("blockdev-add", **{"driver": "raw", "node-name": f"hot-{name}",
                                         "file": {"driver": "file", "filename": image}})
        guest.qmp("device_add", driver="virtio-blk-pci", id=name, drive=f"hot-{name}")
        until(lambda: "no" not in guest.run(f"sh -c 'test -b /dev/{name} || echo no'"), 10, why=f"the guest has {name}")


if __name__ == "__main__":
    main()
