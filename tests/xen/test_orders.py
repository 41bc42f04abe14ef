#!/usr/bin/env python3
"""Orders to PV guests from the command to the ring: what `virtscope VERB` says, what xl sees, and what stays of it in events,
history and the journal."""
import json
from datetime import datetime, timedelta
from pathlib import Path

from xenlab import Domu, LabCase, Machine, XenLab, main

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_PROGRAMS = ("virtscoped", "virtscope", "check_virt", "virtscope-libxl")
_USAGE, _ALREADY, _NOT_FOUND, _DENIED, _UNSUPPORTED, _BUSY = 2, 4, 5, 7, 8, 10
_STEP = timedelta(milliseconds=500)


def _time(text):
    return datetime.fromisoformat(text)


def setUpModule():
    global result
    machine = Machine(domus=(Domu(load="none"), Domu(load="none", vcpus=2)))
    result = XenLab(machine).run((_SCRIPTS / "orders.sh").read_text(), _PROGRAMS, seconds=400)
    if result.rc:
        raise AssertionError(f"exit code {result.rc}\n{result.stderr[-3000:]}")


class Chain(LabCase):
    def code(self, step):
        return int(result.text(f"steps/{step}.rc"))

    def seen(self, step):
        """Accepted, and then observed in the ring."""
        self.assertEqual(self.code(step), 0, result.text(f"steps/{step}") + result.text(f"steps/{step}.err"))
        said = result.json(f"steps/{step}")
        self.assertEqual((said["result"], said["observed"]), ("done", True), step)
        return said

    def refused(self, step, code, text):
        said = result.text(f"steps/{step}") + result.text(f"steps/{step}.err")
        self.assertEqual(self.code(step), code, f"{step}: {said}")
        self.assertRegex(said, text, step)

    def listed(self, step):
        """Name -> (domid, memory, vCPUs, state) after the step."""
        rows = [line.split() for line in result.text(f"steps/{step}.list").splitlines()[1:]]
        return {row[0]: (int(row[1]), int(row[2]), int(row[3]), row[4]) for row in rows}

    def events(self, guest):
        """Kind and text, in order."""
        return [(event["event"], event["text"]) for event in result.json("events.json")["events"] if event["guest"] == guest]


class Orders(Chain):
    def test_waits_of_the_script_were_met(self):
        self.assertNotIn("not within its time", result.stderr)

    def test_domain_0_is_guarded(self):
        for verb in ("shutdown", "reboot", "suspend", "destroy", "save"):
            self.refused(f"host-{verb}", _DENIED, "Domain-0: is the host's own domain")
        self.refused("host-little", _USAGE, "too little for Domain-0: at least 256 MiB")
        self.seen("host-setmem")
        self.assertLessEqual(abs(self.listed("host-setmem")["Domain-0"][1] - 624), 1)

    def test_suspend_and_resume(self):
        self.seen("suspend")
        self.assertIn("p", self.listed("suspend")["guest1"][3])
        self.assertEqual(self.code("suspend-again"), _ALREADY)
        self.refused("shutdown-paused", _BUSY, "paused.*resume it first")
        self.seen("resume")
        self.assertNotIn("p", self.listed("resume")["guest1"][3])

    def test_sizes(self):
        self.seen("setmem")
        self.assertLessEqual(abs(self.listed("setmem")["guest1"][1] - 112), 1)
        self.refused("setmem-much", _USAGE, "1 GiB is more than its maximum of 128 MiB")
        self.seen("vcpus-less")
        self.assertEqual(self.listed("vcpus-less")["guest2"][2], 1)
        self.refused("vcpus-much", _USAGE, "3 vCPUs are more than its maximum of 2")
        listed = {guest["name"]: guest["vcpus"] for guest in result.json("list.json")["guests"]}
        self.assertEqual(listed["guest2"], 1)

    def test_what_is_not_done(self):
        self.assertTrue(result.json("steps/destroy-dry")["dry_run"])
        self.refused("destroy-unasked", _USAGE, "add --yes")
        self.refused("reset", _UNSUPPORTED, "driver xen cannot reset; it can shutdown")
        self.refused("nobody", _NOT_FOUND, "guest9: no such guest")
        self.assertIn("guest1", self.listed("nobody"))

    def test_destroy(self):
        self.seen("destroy")
        self.assertNotIn("guest2", self.listed("destroy"))


class OverSaveAndRestore(Chain):
    def test_it_was_gone_and_is_back(self):
        self.seen("save")
        self.assertNotIn("guest1", self.listed("save"))
        self.seen("restore")
        self.assertGreater(self.listed("restore")["guest1"][0], self.listed("resume")["guest1"][0])
        self.refused("restore-again", _BUSY, "guest1 runs already")

    def test_it_is_the_same_guest(self):
        uuids = {result.json(f"steps/{step}")["uuid"] for step in ("suspend", "save", "restore")}
        self.assertEqual(uuids, {result.json("restored.json")["guest"]["uuid"]})

    def test_its_history_is_one_with_a_gap(self):
        moments = {event["event"]: _time(event["time"]) for event in result.json("events.json")["events"]
                   if event["guest"] == "guest1" and event["event"] in ("guest-stopped", "guest-started")}
        ended, began = moments["guest-stopped"], moments["guest-started"]
        rows = [(_time(row["time"]), row["values"][0]) for row in result.json("history.json")["rows"]]
        gone = [value for time, value in rows if ended <= time and time + _STEP <= began]
        self.assertEqual(set(gone), {None}, rows)
        self.assertTrue([value for time, value in rows if time + _STEP < ended and value], rows)
        self.assertTrue([value for time, value in rows if time >= began and value], rows)

    def test_its_events(self):
        kinds = [kind for kind, _ in self.events("guest1") if kind in ("guest-started", "guest-stopped")]
        self.assertEqual(kinds[-2:], ["guest-stopped", "guest-started"])


class OverReboot(Chain):
    def test_it_runs_again_with_another_number(self):
        self.seen("create")
        self.assertEqual(self.code("reboot"), 0)
        self.assertNotEqual(self.listed("reboot").get("guest3"), self.listed("shutdown-again").get("guest3"))
        self.assertIn("restarts=2", result.text("restarts"))
        kinds = [kind for kind, _ in self.events("guest3") if kind in ("guest-started", "guest-stopped")]
        self.assertEqual(kinds, ["guest-started", "guest-stopped"] * 2)

    def test_shutdown(self):
        self.seen("shutdown")
        self.assertNotIn("guest3", self.listed("shutdown"))


class WhatStays(Chain):
    def test_events_tell_who_ordered_what(self):
        told = [text for kind, text in self.events("guest1") if kind == "command"]
        for verb in ("suspend", "resume", "setmem", "save", "restore"):
            self.assertTrue([text for text in told if verb in text and "by root" in text], f"{verb}: {told}")

    def test_the_journal_has_an_outcome_of_every_order(self):
        lines = [json.loads(line) for line in result.text("journal").splitlines()]
        begun = [line["id"] for line in lines if "outcome" not in line]
        ended = [line["id"] for line in lines if "outcome" in line]
        self.assertEqual(sorted(begun), sorted(ended))
        self.assertGreater(len(begun), 10)


if __name__ == "__main__":
    main()
