#!/usr/bin/env python3
"""What we publish of a Xen host equals what xentop, xl, xenstore and sysfs say when they are read independently."""
import json
import re
from pathlib import Path

from xenlab import LabCase, XenLab, main
from xenlab.frames import frames
from xenlab.truth import Truth, device_name

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_PROGRAMS = ("virtscoped", "virtscope", "virt-top", "check_virt", "virtscope-export")
_GUESTS = ("guest1", "guest2")
_ALL = ("Domain-0", *_GUESTS)
_TENTH = 0.05  # xl prints tenths of seconds, rounded
_DISK = ("read_ops", "write_ops", "flush_ops", "discard_ops", "read_bytes", "write_bytes", "queue_full")
_NIC = tuple(f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "packets", "errors", "drops"))
_METRICS = ("guest.cpu_time", "vcpu.time", "agent.tick_duration", "host.cpu_idle",
            *(f"disk.{name}" for name in _DISK), *(f"nic.{name}" for name in _NIC))


def setUpModule():
    global lab, result, readings, before, after
    lab = XenLab()
    result = lab.run((_SCRIPTS / "sampling.sh").read_text(), _PROGRAMS, {"truth.sh": _SCRIPTS / "truth.sh"}, seconds=200)
    if result.rc:
        raise AssertionError(f"exit code {result.rc}\n{result.stderr[-2000:]}\n"
                             + (result.text("agent.log")[-2000:] if result.has("agent.log") else ""))
    folders = sorted((result.folder / "truth").iterdir(), key=lambda folder: int(folder.name))
    readings = [Truth(folder) for folder in folders]
    before, after = (Truth(result.folder / "still" / name) for name in ("before", "after"))


def _info(guest):
    return result.json(f"still/info-{guest}.json")


def _named(rows):
    return {row["name"]: row for row in rows}


class WhileGuestsWork(LabCase):
    """Every counter of a frame lies between the last reading before it and the first one after it."""

    @classmethod
    def setUpClass(cls):
        cls.brackets = []
        published = frames(result.folder / "ring", *_METRICS)
        for frame, following in zip(published, published[1:]):
            begun = frame["monotonic"] / 1e9
            ended = begun + following["agent"]["tick_duration"] / 1e9
            earlier = [reading for reading in readings if reading.end + 0.01 <= begun]
            later = [reading for reading in readings if reading.begin >= ended]
            if earlier and later:
                cls.brackets.append((earlier[-1], frame, later[0]))

    def check(self, low, value, high, what):
        self.assertIsNotNone(value, f"{what} is absent")
        self.assertLessEqual(low, value, what)
        self.assertLessEqual(value, high, what)

    def test_there_is_something_to_compare(self):
        self.assertGreaterEqual(len(self.brackets), 3)

    def test_cpu_times(self):
        for low, frame, high in self.brackets:
            for name in _ALL:
                guest = frame["guests"][name]
                self.check(low.cpu_seconds(name) - _TENTH, guest["cpu_time"] / 1e9, high.cpu_seconds(name) + _TENTH, name)
                self.assertEqual(sorted(guest["vcpus"]), sorted(low.vcpu_seconds(name)))
                for vcpu, seconds in low.vcpu_seconds(name).items():
                    self.check(seconds - _TENTH, guest["vcpus"][vcpu]["time"] / 1e9,
                               high.vcpu_seconds(name)[vcpu] + _TENTH, f"{name} vCPU {vcpu}")

    def test_disks_and_nics(self):
        for low, frame, high in self.brackets:
            for name in _GUESTS:
                ours = frame["guests"][name]
                for device, counters in low.disks(name).items():
                    for metric in _DISK:
                        self.check(counters[metric], ours["disks"][device_name(device)].get(metric),
                                   high.disks(name)[device][metric], f"{name} {device} {metric}")
                for nic, counters in low.nics(name).items():
                    for metric in _NIC:
                        self.check(counters[metric], ours["nics"][nic].get(metric), high.nics(name)[nic][metric],
                                   f"{name} {nic} {metric}")

    def test_everything_moved(self):
        first, last = self.brackets[0][1], self.brackets[-1][1]
        for name in _GUESTS:
            old, new = first["guests"][name], last["guests"][name]
            self.assertGreater(new["cpu_time"], old["cpu_time"])
            for disk in old["disks"]:
                self.assertGreater(new["disks"][disk]["read_bytes"], old["disks"][disk]["read_bytes"], f"{name} {disk}")
            for nic in old["nics"]:
                self.assertGreater(new["nics"][nic]["tx_packets"], old["nics"][nic]["tx_packets"], f"{name} {nic}")


class WhileGuestsStandStill(LabCase):
    """Paused guests' counters are equal, to the last one."""

    def test_guests_are_those_of_xl(self):
        listed = _named(result.json("still/list.json")["guests"])
        self.assertEqual(sorted(listed), sorted(before.listed))
        for name, domid in before.domids.items():
            self.assertEqual((listed[name]["driver"], listed[name]["id"]), ("xen", domid))
        uuids = {entry["config"]["c_info"]["name"]: entry["config"]["c_info"].get("uuid")
                 for entry in json.loads(result.text("still/long"))}
        for name in _GUESTS:
            self.assertEqual(listed[name]["uuid"], uuids[name])

    def test_states(self):
        self.assertEqual(_info("Domain-0")["guest"]["state"], "running")
        for name in _GUESTS:
            self.assertIn("p", before.state(name))
            self.assertEqual(_info(name)["guest"]["state"], "paused")

    def test_cpu(self):
        for name in _GUESTS:
            self.assertEqual(before.cpu_seconds(name), after.cpu_seconds(name), "it does not stand still")
            self.assertAlmostEqual(_info(name)["guest"]["cpu_time"] / 1e9, before.cpu_seconds(name), delta=_TENTH + 0.001)
            vcpus = _named(_info(name)["vcpus"])
            for vcpu, seconds in before.vcpu_seconds(name).items():
                self.assertAlmostEqual(vcpus[vcpu]["time"] / 1e9, seconds, delta=_TENTH + 0.001)

    def test_memory(self):
        for name in _ALL:
            guest, (has, limit) = _info(name)["guest"], before.memory(name)
            self.assertEqual(guest["memory_balloon"], has, name)
            most = re.search(rf'^/local/domain/{before.domids[name]}/memory/static-max = "(\d+)"$', result.text("still/store"), re.M)
            self.assertEqual(guest.get("memory_max"), int(most.group(1)) * 1024 if most else limit, name)
            told = re.search(rf'^/local/domain/{before.domids[name]}/memory/target = "(\d+)"$', result.text("still/store"), re.M)
            self.assertEqual(guest.get("memory_target"), told and int(told.group(1)) * 1024, name)
        self.assertEqual(_info("guest2")["guest"]["memory_target"], 112 << 20)

    def test_vcpus_and_weights(self):
        weights = {row.split()[0]: int(row.split()[2]) for row in result.text("still/scheduler").splitlines()[2:]}
        self.assertEqual(weights["guest1"], 512)
        for name in _ALL:
            guest = _info(name)["guest"]
            self.assertEqual(guest["vcpus"], int(before.xentop[name]["VCPUS"]), name)
            self.assertEqual(guest["cpu_weight"], weights[name], name)
            self.assertNotIn("cpu_cap", guest)

    def test_disks(self):
        for name in _GUESTS:
            published = _named(_info(name)["disks"])
            truth = {device_name(device): counters for device, counters in before.disks(name).items()}
            self.assertEqual(sorted(published), sorted(truth))
            for disk, counters in truth.items():
                for metric, value in counters.items():
                    self.assertEqual(published[disk].get(metric), value, f"{name} {disk} {metric}")
                self.assertEqual(published[disk].get("capacity"), 16 << 20)
            totals = {"VBD_RD": "read_ops", "VBD_WR": "write_ops"}
            for column, metric in totals.items():
                self.assertEqual(sum(disk[metric] for disk in published.values()), int(before.xentop[name][column]))

    def test_nics(self):
        for name in _GUESTS:
            published = _named(_info(name)["nics"])
            self.assertEqual(sorted(published), sorted(before.nics(name)))
            for nic, counters in before.nics(name).items():
                # Broadcasts of the bridge may still be queued for a guest that stands still: they are counted as sent to it.
                for metric in (metric for metric in _NIC if metric.startswith("tx")):
                    self.assertEqual(published[nic].get(metric), counters[metric], f"{name} {nic} {metric}")
                for metric in (metric for metric in _NIC if metric.startswith("rx")):
                    self.assertLessEqual(counters[metric], published[nic][metric])
                    self.assertLessEqual(published[nic][metric], after.nics(name)[nic][metric])

    def test_host(self):
        host, (total, free) = _info("host")["host"], before.host_memory()
        self.assertEqual(host["hypervisor"].split()[0].lower(), "xen")
        self.assertEqual(host["cpus"], 1)
        self.assertEqual(host["memory_total"] >> 20, total >> 20)
        self.assertLessEqual(abs(host["memory_free"] - free), 1 << 20)


class Readers(LabCase):
    def test_virt_top_shows_every_domain(self):
        for name in _ALL:
            self.assertIn(name, result.text("top.txt"))

    def test_checks_judge(self):
        for mode in ("state", "cpu", "balloon", "block", "net", "responsive", "uptime", "agent", "host"):
            self.assertEqual(result.text(f"checks/{mode}.rc").strip(), "0", result.text(f"checks/{mode}.json"))
            self.assertEqual(result.json(f"checks/{mode}.json")["state"], "OK")

    def test_what_xen_does_not_tell_is_unknown(self):
        for mode, why in (("steal", "Xen tells no run-queue wait"), ("memory", "Xen does not know what a guest uses")):
            self.assertEqual(result.text(f"checks/{mode}.rc").strip(), "3")
            for finding in result.json(f"checks/{mode}.json")["findings"]:
                self.assertIn("is not known", finding["text"])
                self.assertIn(why, finding["reason"])
        self.assertEqual(result.text("checks/latency.rc").strip(), "3")
        self.assertIn("latency is not known: Xen's block backend counts requests", result.text("checks/latency.txt"))

    def test_prometheus_exports_every_guest(self):
        page = result.text("metrics.txt")
        for name in _GUESTS:
            self.assertRegex(page, rf'virt_guest_cpu_time\w*\{{[^}}]*"{name}"')
            self.assertRegex(page, rf'virt_disk_read_bytes\w*\{{[^}}]*"{name}"')

    def test_prometheus_has_each_series_once(self):
        lines = result.text("metrics.txt").splitlines()
        series = [line.rsplit(" ", 1)[0] for line in lines if line and not line.startswith("#")]
        self.assertEqual(len(series), len(set(series)))
        helped = {line.split()[2] for line in lines if line.startswith("# HELP")}
        self.assertEqual({line.split()[2] for line in lines if line.startswith("# TYPE")}, helped)

    def test_doctor_finds_all_well(self):
        told = result.text("doctor.txt")
        self.assertIn("this system controls Xen", told)
        self.assertNotIn("/dev/kvm", told)
        self.assertNotRegex(told, "(?m)^(warning|failure)")

    def test_history(self):
        self.assertTrue(result.json("history.json"))


if __name__ == "__main__":
    main()
