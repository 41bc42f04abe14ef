#!/usr/bin/env python3
"""Orders to PV guests through virtscope-libxl: each is accepted or refused as promised, and xl sees that it came true."""
import json
from pathlib import Path

from xenlab import Domu, LabCase, Machine, XenLab, main

_SCRIPTS = Path(__file__).resolve().parent / "scripts"
_NO_UUID = "00000000-0000-0000-0000-000000000000"


def setUpModule():
    global result
    idle = Machine(domus=(Domu(load="none"), Domu(load="none", vcpus=2)))
    result = XenLab(idle).run((_SCRIPTS / "lifecycle.sh").read_text(), ["virtscope-libxl"], seconds=400)
    if result.rc:
        raise AssertionError(f"exit code {result.rc}\n{result.stderr[-3000:]}")


class Orders(LabCase):
    def reports(self, step):
        return [json.loads(line) for line in result.text(f"steps/{step}").splitlines()]

    def answered(self, step, text, already=False):
        last = self.reports(step)[-1]
        self.assertIn("answer", last, f"{step}: {last}")
        self.assertRegex(last["answer"]["text"], text, step)
        self.assertEqual(last["answer"]["already"], already, step)
        return last["answer"]

    def refused(self, step, kind, text):
        last = self.reports(step)[-1]
        self.assertIn("error", last, f"{step}: {last}")
        self.assertEqual(last["error"]["kind"], kind, f"{step}: {last}")
        self.assertRegex(last["error"]["message"], text, step)
        self.assertNotIn("\n", last["error"]["message"])

    def listed(self, step):
        """Name -> (domid, memory, vCPUs, state) after the step."""
        rows = [line.split() for line in result.text(f"steps/{step}.list").splitlines()[1:]]
        return {row[0]: (int(row[1]), int(row[2]), int(row[3]), row[4]) for row in rows}

    def line(self, name):
        return result.text(name).strip()


class Everywhere(Orders):
    def test_waits_of_the_script_were_met(self):
        self.assertNotIn("not within its time", result.stderr)

    def test_every_run_ends_well_and_complains_of_nothing(self):
        for code in (result.folder / "steps").glob("*.rc"):
            self.assertEqual(code.read_text().strip(), "0", code.name)
        for text in (result.folder / "steps").glob("*.err"):
            self.assertEqual(text.read_text(), "", text.name)


class Host(Orders):
    def test_is_never_ended_paused_or_saved(self):
        for verb in ("destroy", "shutdown", "reboot", "suspend", "resume", "save", "eject", "dumpxml"):
            self.refused(f"host-{verb}", "unsupported", "^Domain-0 is the host itself")

    def test_memory_within_bounds(self):
        self.refused("host-little", "malformed", "too little for Domain-0: at least 256 MiB")
        self.refused("host-much", "malformed", "more than its maximum|memory_static_max")
        self.answered("host-setmem", "memory target set to 636 MiB")


class SmallVerbs(Orders):
    def test_suspend_and_resume(self):
        self.answered("suspend-dry", "would be paused")
        self.assertNotIn("p", self.listed("suspend-dry")["guest1"][3])
        self.answered("suspend", "^paused$")
        self.assertIn("p", self.listed("suspend")["guest1"][3])
        self.answered("suspend-again", "is paused", already=True)
        self.refused("shutdown-paused", "busy", "is paused .* resume it first")
        self.refused("save-paused", "busy", "is paused .* resume it first")
        self.answered("resume", "^runs$")
        self.assertNotIn("p", self.listed("resume")["guest1"][3])
        self.answered("resume-again", "is running", already=True)

    def test_memory(self):
        self.answered("setmem", "memory target set to 112 MiB")
        # What the ring shows as done allows 1 MiB of difference.
        self.assertLessEqual(abs(int(self.line("memory")) - 112 * 1024), 1024)
        self.refused("setmem-much", "malformed", "1 GiB is more than its maximum of 128 MiB")

    def test_vcpus(self):
        self.answered("vcpus-less", "was asked to use 1 vCPUs")
        self.assertEqual(self.line("vcpus"), "1")
        self.answered("vcpus-again", "has 1 vCPUs", already=True)
        self.answered("vcpus-more", "was asked to use 2 vCPUs")
        self.assertEqual(self.line("vcpus-offered"), "online")  # what then brings it up is in the guest, and not in these
        self.refused("vcpus-much", "malformed", "3 vCPUs are more than its maximum of 2")

    def test_what_a_pv_guest_has_not(self):
        self.refused("eject", "unsupported", "only HVM guests")
        self.refused("change-media", "unsupported", "only HVM guests")
        self.refused("domdisplay", "absent", "no display")
        self.refused("no-mode", "unsupported", "knows no mode agent")
        self.refused("acpi", "unsupported", "no ACPI power button")

    def test_another_run_is_not_hit(self):
        self.answered("stale", "has ended", already=True)
        self.assertIn("guest1", self.listed("save-full"))

    def test_an_order_that_is_none(self):
        self.refused("no-order", "malformed", "not a JSON object")

    def test_definition(self):
        xml = self.answered("dumpxml", "^<domain type='xen'>")["text"]
        for part in (f"<uuid>{self.line('uuid')}</uuid>", "<kernel>/images/vmlinux</kernel>", "<on_reboot>destroy</on_reboot>",
                     "<mac address='00:16:3e:00:00:01'/>", "<source bridge='xenbr0'/>", "<target dev='xvda' bus='xen'/>"):
            self.assertIn(part, xml)


class SaveAndRestore(Orders):
    def test_a_full_disk_leaves_the_guest_running_and_no_file(self):
        for step in ("save-full", "save-full-again"):
            self.refused(step, "system", "cannot be saved|No space left")
        self.assertEqual(self.line("full").split(), [".", ".."])
        self.assertNotRegex(self.line("after-full"), "[psc]")

    def test_ours_is_restored_by_xl(self):
        self.assertIn("guest1", self.line("saved").split())
        self.assertNotIn("guest1.part", self.line("saved").split())
        self.assertEqual(self.line("uuid-xl"), self.line("uuid"), result.text("xl-restore"))

    def test_a_file_is_not_overwritten(self):
        self.refused("save-over", "busy", "/tmp/guest1 is there already")
        self.assertIn("guest2", self.listed("save-over"))

    def test_xls_is_restored_by_us(self):
        answer = self.answered("restore", "guest1 restored as domain")
        self.assertEqual(answer["guest"], self.line("uuid"))
        self.assertEqual(self.line("uuid-restored"), self.line("uuid"))
        self.assertNotIn("p", self.listed("restore-again")["guest1"][3])
        self.assertEqual(self.line("keepers-restored"), "1")

    def test_one_that_was_cut_short_leaves_no_domain(self):
        self.refused("restore-short", "system", "guest1 cannot be restored from /tmp/short: ")
        self.assertNotIn("guest1", self.listed("restore-short"))

    def test_a_guest_that_runs_is_not_restored_over(self):
        self.refused("restore-again", "busy", "guest1 runs already")

    def test_ours_by_us_and_paused(self):
        self.answered("save", "saved to /tmp/guest1")
        self.assertNotIn("guest1", self.listed("save"))
        self.answered("restore-paused", "restored as domain .*, paused")
        self.assertIn("p", self.listed("restore-paused")["guest1"][3])
        self.answered("restore-resume", "^runs$")

    def test_progress_is_told(self):
        for step in ("save", "restore"):
            told = [report["progress"] for report in self.reports(step) if "progress" in report]
            self.assertEqual(told[0], [0, 0], step)
            for done, total in told[1:]:
                self.assertLessEqual(done, total)
            self.assertEqual([done for done, _ in told], sorted(done for done, _ in told))


class Create(Orders):
    def test_shutdown_is_cleaned_up_by_the_keeper(self):
        self.answered("shutdown", "was asked to power off")
        self.assertNotIn("guest1", self.listed("create-key"))

    def test_what_cannot_be_created(self):
        self.refused("create-while-off", "busy", "guest2 runs already")
        self.refused("create-key", "unsupported", r"^line \d+: pci: virtscope does not know this key")
        self.refused("create-kernel", "absent", "kernel /images/none")
        self.refused("create-large", "busy", "guest1 needs 6[45].*Xen has .* free")
        self.refused("create-empty", "malformed", "is empty")
        self.refused("create-xml-bad", "unsupported", "kvm")
        self.assertEqual(sorted(self.listed("create-xml-bad")), ["Domain-0", "guest2"])

    def test_create(self):
        self.answered("create-dry", "would create guest1")
        self.assertNotIn("guest1", self.listed("create-dry"))
        answer = self.answered("create", "guest1 created as domain")
        self.assertEqual(answer["guest"], self.line("uuid-created"))
        self.assertNotIn(answer["guest"], (self.line("uuid"), _NO_UUID))
        self.refused("create-again", "busy", "guest1 runs already")

    def test_the_keeper_restarts(self):
        self.answered("reboot", "was asked to restart")
        self.assertEqual(self.line("uuid-rebooted"), self.line("uuid-created"))
        self.assertEqual(self.line("keepers-rebooted"), "1")

    def test_the_keeper_puts_a_crashed_one_aside(self):
        self.assertEqual(self.line("uuid-crashed"), self.line("uuid-created"))
        self.assertRegex(result.text("list-crashed"), r"(?m)^guest1-ended-\d+ ")
        self.answered("destroy-crashed", "ended")
        self.assertEqual(sorted(self.listed("destroy-crashed")), ["Domain-0", "guest1", "guest2"])

    def test_destroy(self):
        self.answered("destroy", "ended")
        self.assertEqual(sorted(self.listed("destroy")), ["Domain-0", "guest2"])

    def test_from_its_own_xml(self):
        answer = self.answered("create-xml", "created as domain .*, paused")
        self.assertIn("p", self.listed("create-xml")["guest1"][3])
        self.assertEqual((answer["guest"], self.line("uuid-xml")), (self.line("uuid"),) * 2)
        self.assertEqual(self.answered("dumpxml-last", "<domain")["text"], self.answered("dumpxml", "<domain")["text"])


if __name__ == "__main__":
    main()
