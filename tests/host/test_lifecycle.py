#!/usr/bin/env python3
"""Commands to real QEMU guests, each seen by the sampler that goes on watching them."""
import json
import os
import subprocess
import uuid

from lab import Lab, LabCase, eventually, main
from lab.kernel import REPOSITORY

_UNSUPPORTED, _BUSY, _ABSENT, _MALFORMED = 4, 5, 0, 3


def _tool():
    binaries = os.environ.get("VIRTSCOPE_BIN") or REPOSITORY / "build" / "bin"
    return os.path.join(os.path.dirname(str(binaries)), "tests", "qemu_orders")


class Driver:
    """The tool tests/tools/qemu_orders."""
    def __init__(self):
        self._process = subprocess.Popen([_tool()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **line):
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def look(self, name):
        return self.ask(look=name)

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class Lifecycle(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.driver = Driver()
        cls.addClassCleanup(cls.driver.close)

    def guest(self, name, **options):
        guest = self.lab.firmware(name, uuid=str(uuid.uuid4()), **options)
        self.settled(name)
        self.driver.ask(events=1)
        return guest

    def settled(self, name, state="running"):
        def check():
            seen = self.driver.look(name)
            self.assertEqual((seen.get("state"), seen.get("stale"), seen.get("note")), (state, False, ""), seen)
        eventually(check, seconds=6)

    def done(self, verb, guest, already=False, **more):
        answer = self.driver.ask(verb=verb, name=guest.name, **more)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(answer["already"], already, answer)
        return answer

    def refused(self, kind, verb, guest, **more):
        answer = self.driver.ask(verb=verb, name=guest.name, **more)
        self.assertFalse(answer["ok"], answer)
        self.assertEqual(answer["kind"], kind, answer)
        self.assertIn(guest.name, answer["text"])
        return answer["text"]

    def test_suspend_and_resume_are_seen_and_idempotent(self):
        guest = self.guest("pause")
        self.done("suspend", guest, dry_run=True)
        self.assertEqual(guest.qmp("query-status")["status"], "running")
        self.done("suspend", guest)
        self.assertEqual(guest.qmp("query-status")["status"], "paused")
        self.settled("pause", "paused")
        self.done("suspend", guest, already=True)
        self.refused(_BUSY, "shutdown", guest)
        self.done("resume", guest)
        self.settled("pause")
        self.done("resume", guest, already=True)

    def test_the_sampler_has_its_monitor_back_within_two_ticks_and_calls_it_no_failure(self):
        guest = self.guest("loan")
        late = 0
        for _ in range(10):
            answer = self.done("resume", guest, already=True)
            eventually(lambda: self.assertGreaterEqual(self.driver.look("loan")["tick"], answer["tick"] + 3), seconds=3)
            # The answer may come in the middle of a tick; that one does not count.
            late += self.driver.look("loan")["stale"]
            self.settled("loan")
        self.assertLessEqual(late, 2)  # a busy machine's QEMU may greet late
        self.assertEqual([event for event in self.driver.ask(events=1) if "loan" in event], [])

    def test_reset_is_refused_where_it_would_end_the_guest(self):
        ending = self.guest("noreboot")
        self.assertIn("-no-reboot", self.refused(_UNSUPPORTED, "reset", ending))
        guest = self.guest("reset", extra=["-action", "reboot=reset"])
        self.done("reset", guest)
        self.settled("reset")
        self.assertTrue(guest.alive())

    def test_destroy_ends_a_guest_and_never_the_next_run(self):
        guest = self.guest("end")
        seen = self.driver.look("end")
        self.done("destroy", guest, dry_run=True)
        self.assertTrue(guest.alive())
        self.done("destroy", guest)
        eventually(lambda: self.assertNotIn("state", self.driver.look("end")), seconds=3)
        self.done("destroy", guest, already=True, pid=seen["pid"], generation=seen["generation"])
        other = self.guest("next")
        self.refused(_ABSENT, "suspend", other, pid=other.pid, generation=seen["generation"] + 1)
        self.done("destroy", other, already=True, pid=other.pid, generation=seen["generation"] + 1)
        self.assertTrue(other.alive())

    def test_a_stopped_process_is_destroyed_and_told_in_words_else(self):
        guest = self.guest("stopped")
        guest.freeze()
        self.assertIn("process is stopped", self.refused(_BUSY, "suspend", guest, seconds=3))
        self.done("destroy", guest, seconds=5)
        eventually(lambda: self.assertFalse(guest.alive()), seconds=3)

    def test_a_monitor_kept_for_commands_leaves_the_samplers_alone(self):
        path = os.path.join(self.lab.folder, "control.qmp")
        guest = self.guest("own", extra=["-chardev", f"socket,id=virtscope-control,path={path},server=on,wait=off",
                                         "-mon", "chardev=virtscope-control,mode=control"])
        for verb in ("suspend", "resume"):
            self.done(verb, guest)
            seen = self.driver.look("own")
            self.assertEqual((seen["stale"], seen["note"]), (False, ""), seen)
        self.settled("own")

    def test_a_guest_without_a_monitor_of_ours_is_refused_with_the_reason(self):
        guest = self.lab.firmware("foreign", uuid=str(uuid.uuid4()), monitor="none")
        eventually(lambda: self.assertIn("pid", self.driver.look("foreign")), seconds=6)
        for verb in ("suspend", "destroy"):
            self.assertIn("belongs to the manager", self.refused(_UNSUPPORTED, verb, guest))
        self.assertTrue(guest.alive())

    def test_shutdown_is_the_guests_to_do(self):
        guest = self.guest("acpi")
        self.done("shutdown", guest)
        self.refused(_UNSUPPORTED, "shutdown", guest, mode="agent")
        self.refused(_UNSUPPORTED, "reboot", guest)
        self.assertTrue(guest.alive(), "this one has no ACPI")

    def test_memory_and_vcpus(self):
        guest = self.guest("sizes", memory=32, extra=["-smp", "1,maxcpus=4"])
        self.done("setmem", guest, bytes=32 << 20, already=True)
        self.done("setmem", guest, bytes=16 << 20)
        self.refused(_MALFORMED, "setmem", guest, bytes=1 << 30)
        self.done("setvcpus", guest, count=1, already=True)
        self.done("setvcpus", guest, count=3)
        self.assertEqual(len(guest.qmp("query-cpus-fast")), 3)
        eventually(lambda: self.assertEqual(self.driver.look("sizes")["vcpus"], 3), seconds=6)
        self.refused(_MALFORMED, "setvcpus", guest, count=5)
        self.refused(_UNSUPPORTED, "setvcpus", guest, count=2)  # its firmware knows no ACPI
        bare = self.guest("bare", balloon=False)
        self.assertIn("balloon", self.refused(_UNSUPPORTED, "setmem", bare, bytes=8 << 20))
        self.refused(_ABSENT, "domdisplay", bare)
        self.refused(_ABSENT, "eject", bare)

    def test_media_and_display(self):
        images = []
        for number in range(2):
            images.append(os.path.join(self.lab.folder, f"cd{number}.iso"))
            with open(images[-1], "wb") as file:
                file.write(bytes(1 << 20))
        socket = os.path.join(self.lab.folder, "vnc")
        guest = self.guest("media", extra=["-drive", f"if=none,id=d0,media=cdrom,file={images[0]}",
                                           "-device", "ide-cd,drive=d0,id=cd0", "-vnc", f"unix:{socket}"])
        self.assertEqual(self.done("domdisplay", guest)["text"], f"vnc+unix://{socket}")
        self.done("change-media", guest, path=images[0], already=True)
        self.done("change-media", guest, path=images[1], device="cd0")
        medium = [drive["inserted"]["file"] for drive in guest.qmp("query-block") if drive["removable"]]
        self.assertEqual(medium, [images[1]])
        self.refused(_ABSENT, "change-media", guest, path=images[1] + ".none")
        self.refused(_ABSENT, "eject", guest, device="cd9")
        self.done("eject", guest)
        self.done("eject", guest, already=True)


if __name__ == "__main__":
    main()
