#!/usr/bin/env python3
"""Orders to QEMU guests of a libvirt daemon: virsh sees what was done; hung guests and a daemon that dies end no order badly."""
import json
import os
import subprocess

from lab import LabCase, eventually, main
from lab.kernel import REPOSITORY
from lab.libvirtd import Libvirtd

_ABSENT, _TIMEOUT, _MALFORMED, _UNSUPPORTED, _BUSY = 0, 2, 3, 4, 5
_DEVICES = """<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='hdc' bus='ide'/><readonly/></disk>
<graphics type='vnc' autoport='yes' listen='127.0.0.1'/>"""


def _tool():
    binaries = os.environ.get("VIRTSCOPE_BIN") or REPOSITORY / "build" / "bin"
    return os.path.join(os.path.dirname(str(binaries)), "tests", "libvirt_orders")


class Orders:
    """The tool tests/tools/libvirt_orders; one order at a time."""
    def __init__(self, uri="qemu:///system"):
        self._process = subprocess.Popen([_tool(), uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def give(self, verb, guest=None, **more):
        line = {"verb": verb, **more}
        if guest:
            line = {"name": guest.name, "uuid": guest.uuid, **line}
            found = guest.daemon.virsh("domid", guest.name, check=False) or "-"
            line.setdefault("id", int(found) if found != "-" else 0)
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    @property
    def pid(self):
        return self._process.pid

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class LibvirtLifecycle(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Libvirtd()
        cls.addClassCleanup(cls.daemon.close)
        cls.orders = Orders()
        cls.addClassCleanup(cls.orders.close)

    def guest(self, name, **more):
        guest = self.daemon.define(name, devices=_DEVICES, **more)
        self.addCleanup(self.daemon.virsh, "destroy", name, check=False)
        return guest

    def state(self, guest):
        return self.daemon.virsh("domstate", guest.name)

    def done(self, verb, guest=None, **more):
        answer = self.orders.give(verb, guest, **more)
        self.assertTrue(answer["ok"], answer)
        self.assertFalse(answer["already"], answer)
        return answer

    def already(self, verb, guest, **more):
        answer = self.orders.give(verb, guest, **more)
        self.assertTrue(answer["ok"] and answer["already"], answer)

    def refused(self, kind, part, verb, guest=None, **more):
        answer = self.orders.give(verb, guest, **more)
        self.assertFalse(answer["ok"], answer)
        self.assertIn(part, answer["text"])
        self.assertEqual(answer["kind"], kind, answer)
        self.assertNotIn("\n", answer["text"])
        return answer

    def test_power(self):
        guest = self.guest("power")
        self.done("start", guest, dry_run=True)
        self.assertEqual(self.state(guest), "shut off")
        self.done("start", guest, paused=True)
        self.assertEqual(self.state(guest), "paused")
        self.done("resume", guest)
        self.already("start", guest)
        self.done("reset", guest)
        self.done("shutdown", guest, mode="acpi")
        self.done("suspend", guest)
        self.already("suspend", guest)
        first = int(self.daemon.virsh("domid", "power"))
        self.done("destroy", guest)
        self.already("destroy", guest, id=first)
        self.done("start", guest)
        self.refused(_ABSENT, "started again", "destroy", guest, id=first)
        self.assertEqual(self.state(guest), "running")

    def test_memory_and_vcpus(self):
        guest = self.guest("sizes", vcpus=2).start()
        self.done("setmem", guest, bytes=8 << 20)
        self.refused(_MALFORMED, "maximum of 16 MiB", "setmem", guest, bytes=1 << 30)
        self.already("setvcpus", guest, count=2)
        self.refused(_MALFORMED, "maximum of 2", "setvcpus", guest, count=3)
        guest.destroy()
        self.done("setvcpus", guest, count=1)
        self.assertEqual(self.daemon.virsh("vcpucount", "sizes", "--current", "--config"), "1")

    def media(self, guest):
        lines = self.daemon.virsh("domblklist", guest.name).splitlines()
        return dict(line.split(None, 1) for line in lines if line.strip())["hdc"].strip()

    def test_media(self):
        guest = self.guest("media").start()
        image = f"{self.daemon.folder}/a'&<b>.iso"  # what XML would trip over
        with open(image, "wb") as file:
            file.truncate(1 << 20)
        self.already("eject", guest)
        self.done("change-media", guest, path=image, dry_run=True)
        self.assertEqual(self.media(guest), "-")
        self.done("change-media", guest, path=image)
        self.assertEqual(self.media(guest), image)
        self.already("change-media", guest, path=image, device="hdc")
        self.done("eject", guest)
        self.assertEqual(self.media(guest), "-")
        self.refused(_UNSUPPORTED, "is a disk", "eject", guest, device="vda")
        self.refused(_ABSENT, "no image", "change-media", guest, path="/nonexistent.iso")
        guest.destroy()
        self.done("change-media", guest, path=image)
        self.assertEqual(self.media(guest), image)

    def test_save_and_restore(self):
        guest = self.guest("saved").start()
        file = f"{self.daemon.folder}/saved.state"
        self.done("save", guest, path=file)
        self.assertEqual(self.state(guest), "shut off")
        restored = self.done("restore", path=file)
        self.assertEqual(restored["guest"], guest.uuid)
        self.assertEqual(self.state(guest), "running")
        self.refused(_BUSY, "saved runs", "restore", path=file)
        self.refused(_BUSY, "exists already", "save", guest, path=file)
        guest.destroy()
        size = os.path.getsize(file)
        for part in (size // 2, 100, 0):
            os.truncate(file, part)
            self.refused(_MALFORMED, file, "restore", path=file)
            self.assertEqual(self.state(guest), "shut off")
        self.done("start", guest)

    def test_define_and_look(self):
        guest = self.guest("looked")
        xml = self.done("dumpxml", guest)["text"]
        self.assertEqual(xml.strip(), self.daemon.virsh("dumpxml", "looked"))
        answer = self.orders.give("define", text=xml)
        self.assertTrue(answer["ok"] and answer["already"], answer)
        self.refused(_MALFORMED, "unheard-of", "define", text=xml.replace("</devices>", "<unheard-of/></devices>"))
        other = xml.replace(guest.uuid, "11111111-2222-3333-4444-555555555555")
        self.refused(_BUSY, "exists already", "define", text=other)
        self.refused(_BUSY, "is off", "domdisplay", guest)
        brief = other.replace("<name>looked</name>", "<name>brief</name>")
        self.done("create", text=brief)
        self.assertEqual(self.daemon.virsh("domdisplay", "brief"), self.display("brief"))
        self.daemon.virsh("destroy", "brief")
        self.done("autostart", guest)
        self.already("autostart", guest)
        self.daemon.virsh("start", "looked")
        self.daemon.virsh("managedsave", "looked")
        self.refused(_BUSY, "--force", "undefine", guest)
        self.done("undefine", guest, force=True)
        self.refused(_ABSENT, "looked", "undefine", guest)

    def display(self, name):
        uuid, found = self.daemon.virsh("domuuid", name), int(self.daemon.virsh("domid", name))
        return self.done("domdisplay", name=name, uuid=uuid, id=found)["text"]

    def test_no_agent_in_the_guest(self):
        self.refused(_ABSENT, "qemu-guest-agent", "guestinfo", self.guest("mute").start())

    def test_hung_guest(self):
        hung, well = self.guest("hung").start(), self.guest("well").start()
        hung.freeze()
        self.addCleanup(lambda: hung.thaw() if self.state(hung) != "shut off" else None)
        late = self.refused(_TIMEOUT, "destroy ends it", "suspend", hung, seconds=2)
        self.assertLess(late["seconds"], 2.5)
        self.refused(_BUSY, "earlier order", "resume", hung)
        self.assertLess(self.done("suspend", well)["seconds"], 1)
        self.done("destroy", hung, seconds=40)
        self.assertEqual(self.state(hung), "shut off")
        eventually(lambda: self.done("start", hung), seconds=35)

    def test_daemon_that_restarts(self):
        guest = self.guest("kept").start()
        self.done("suspend", guest)
        self.daemon.kill()
        answer = self.orders.give("resume", name=guest.name, uuid=guest.uuid, id=1)
        self.assertIn("libvirt takes no orders", answer["text"])
        self.daemon.start()
        eventually(lambda: self.done("resume", guest), seconds=10)
        threads = f"/proc/{self.orders.pid}/task"
        eventually(lambda: self.assertLess(len(os.listdir(threads)), 6), seconds=5)


if __name__ == "__main__":
    main()
