#!/usr/bin/env python3
"""Disks that a domain's QEMU serves: our values are QEMU's own, and a QEMU that hangs costs these alone."""
import json
from pathlib import Path

from xenlab import LabCase, XenLab, device_model, main

_SCRIPT = Path(__file__).resolve().parent / "scripts" / "qdisk.sh"
# Catalogue name -> name in query-blockstats.
_TOLD = {"read_ops": "rd_operations", "read_bytes": "rd_bytes", "read_time": "rd_total_time_ns",
         "write_ops": "wr_operations", "write_bytes": "wr_bytes", "write_time": "wr_total_time_ns"}
_UNCOUNTED = ("flush_ops", "flush_time", "discard_ops", "discard_bytes", "discard_time", "queue_full")


def setUpModule():
    global result
    files = device_model.files()
    result = XenLab().run(device_model.INSTALL + _SCRIPT.read_text(), ["virtscoped", "virtscope"], files, seconds=400)
    if result.rc:
        raise AssertionError(f"exit code {result.rc}\n{result.stderr[-2000:]}")


def _disks(name):
    return {disk["name"]: disk for disk in result.json(name)["disks"]}


def _truth():
    told = [json.loads(line) for line in result.text("truth.json").splitlines()]
    answer = next(message["return"] for message in told if isinstance(message.get("return"), list))
    return {disk["node-name"]: disk["stats"] for disk in answer}


class Qdisks(LabCase):
    def check(self, name):
        published, truth = _disks(name), _truth()
        self.assertEqual(sorted(published), ["xvda", "xvdb"])
        for disk, values in published.items():
            stats = truth[f"{disk}-raw"]
            for ours, theirs in _TOLD.items():
                self.assertGreater(stats[theirs], 0, f"the guest does not use {disk}")
                self.assertEqual(values.get(ours), stats[theirs], f"{disk} {ours}")
            self.assertEqual(values.get("failed_ops"), 0)
            self.assertEqual(values.get("capacity"), 16 << 20)

    def test_values_are_qemus(self):
        self.check("still.json")
        self.assertEqual(result.json("still.json")["guest"]["note"], "")

    def test_what_qemu_does_not_count_is_absent(self):
        for disk, values in _disks("still.json").items():
            for metric in _UNCOUNTED:
                self.assertNotIn(metric, values)
            # The guest has flushed after each write: that is why.
            self.assertEqual(_truth()[f"{disk}-raw"]["flush_operations"], 0)

    def test_a_qemu_that_hangs_is_named(self):
        info = result.json("silent.json")
        self.assertRegex(info["guest"]["note"], r"^qdisk: /run/xen/qmp-libxenstat-\d+: does not (greet|answer)")
        self.assertEqual((info["guest"]["state"], info["guest"]["stale"]), ("paused", 0))
        for values in info["disks"]:
            self.assertEqual(values["quality"], "stale")
            self.assertEqual(values.get("capacity"), 16 << 20)
            for metric in _TOLD:
                self.assertNotIn(metric, values)

    def test_others_go_on_while_it_hangs(self):
        info = result.json("silent-guest1.json")
        self.assertEqual(info["guest"]["note"], "")
        self.assertGreater(info["disks"][0]["read_ops"], 0)

    def test_values_are_back_when_it_answers_again(self):
        self.check("again.json")
        self.assertEqual(result.json("again.json")["guest"]["note"], "")


if __name__ == "__main__":
    main()
