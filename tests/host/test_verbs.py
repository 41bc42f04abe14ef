#!/usr/bin/env python3
"""Every verb by the command, as a person gives it, on simulated guests, plain QEMU guests and libvirt's: accepted and
observed, the same again is `already`, and nothing but the order happens."""
import json
import os
import shutil
import subprocess
import tempfile

from lab import Agent, LabCase, main, need_program, program
from lab.libvirtd import Libvirtd

_DONE, _USAGE, _ALREADY, _NOT_FOUND, _UNSUPPORTED = 0, 2, 4, 5, 8
_XML = """<domain type='qemu'><name>{name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features><devices>
<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/><memballoon model='virtio'/></devices></domain>"""


class Command:
    """`virtscope` against one agent."""

    def __init__(self, agent):
        self._agent = agent

    def give(self, *words, stdin=""):
        """Exit code, the JSON that was printed ({} where there is none), what standard error says."""
        got = subprocess.run([program("virtscope"), *words, "--ring", self._agent.ring, "--format", "json"],
                             capture_output=True, text=True, input=stdin, timeout=90)
        return got.returncode, json.loads(got.stdout or "{}"), got.stderr.strip()


class Verbs(LabCase):
    """The common life of a guest; each kind of hypervisor says how it begins."""
    connect = None

    @classmethod
    def setUpClass(cls):
        if cls is Verbs:
            return
        cls.folder = tempfile.mkdtemp(prefix="vsverbs-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.prepare()
        cls.agent = cls.enterClassContext(Agent(cls.folder, connect=cls.connect, interval="500ms"))
        cls.command = Command(cls.agent)

    @classmethod
    def prepare(cls):
        """Whatever must run before the agent."""

    def begin(self, name):
        """Makes the guest known to the agent, shut off."""
        path = os.path.join(self.folder, f"{name}.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_XML.format(name=name))
        self.expect(_DONE, "define", path, "--wait")

    def expect(self, code, *words, **options):
        got, answer, error = self.command.give(*words, **options)
        self.assertEqual(got, code, f"virtscope {' '.join(words)}: {answer} {error}")
        if code == _DONE and any(word.startswith("--wait") for word in words):
            self.assertEqual(answer.get("observed"), True, f"virtscope {' '.join(words)}: {answer}")
        return answer, error

    def state(self, name):
        rows = [row for row in self.agent.ask("list", "--all")["guests"] if row["name"] == name]
        return rows[0]["state"] if rows else None

    def lead_a_life(self, name):
        self.begin(name)
        self.assertEqual(self.state(name), "shut off")
        self.expect(_DONE, "start", name, "--wait=20s")
        self.expect(_ALREADY, "start", name)
        self.expect(_DONE, "suspend", name, "--wait")
        self.expect(_ALREADY, "suspend", name)
        self.expect(_DONE, "resume", name, "--wait")
        self.expect(_DONE, "reset", name, "--yes")
        self.assertIn(name, self.expect(_DONE, "dumpxml", name)[0]["text"])
        self.assertTrue(self.expect(_DONE, "domdisplay", name)[0]["text"].startswith("vnc://"))
        self.expect(_DONE, "destroy", name, "--dry-run")
        self.assertEqual(self.state(name), "running")
        self.expect(_USAGE, "destroy", name)
        self.expect(_DONE, "destroy", name, "--yes", "--wait=20s")
        self.expect(_ALREADY, "destroy", name, "--yes")
        self.expect(_DONE, "undefine", name, "--yes", "--wait")
        self.expect(_NOT_FOUND, "start", name)

    def save_and_restore(self, name):
        path = os.path.join(self.folder, f"{name}.save")
        self.begin(name)
        self.expect(_DONE, "start", name, "--wait=20s")
        before = self.agent.ask("info", name)["guest"]["uuid"]
        self.expect(_DONE, "save", name, path, "--wait=30s")
        self.expect(_DONE, "restore", path, "--wait=30s")
        self.assertEqual(self.agent.ask("info", name)["guest"]["uuid"], before)
        self.expect(_DONE, "destroy", name, "--yes", "--wait=20s")
        self.expect(_DONE, "undefine", name, "--yes", "--wait")

    def change_media(self, name):
        image = os.path.join(self.folder, f"{name}.iso")
        with open(image, "wb") as file:
            file.truncate(1 << 20)
        self.begin(name)
        self.expect(_DONE, "start", name, "--wait=20s")
        self.expect(_DONE, "change-media", name, image)
        self.expect(_DONE, "eject", name)
        self.expect(_NOT_FOUND, "change-media", name, os.path.join(self.folder, "absent.iso"))
        self.expect(_DONE, "destroy", name, "--yes", "--wait=20s")
        self.expect(_DONE, "undefine", name, "--yes", "--wait")

    def autostart(self, name):
        self.begin(name)
        self.expect(_DONE, "autostart", name)
        self.expect(_ALREADY, "autostart", name)
        self.expect(_DONE, "autostart", name, "--disable")
        self.expect(_DONE, "undefine", name, "--yes", "--wait")


class Plain(Verbs):
    connect = "kvm:///"

    def test_life(self):
        self.lead_a_life("plain")

    def test_media(self):
        self.change_media("plainmedia")

    def test_save(self):
        self.save_and_restore("plainsave")

    def test_autostart(self):
        self.autostart("plainauto")


class OfLibvirt(Verbs):
    connect = "qemu:///system"

    @classmethod
    def prepare(cls):
        cls.daemon = Libvirtd()
        cls.addClassCleanup(cls.daemon.close)
        cls.addClassCleanup(cls.end_guests)

    @classmethod
    def end_guests(cls):
        for name in (cls.daemon.virsh("list", "--name", check=False) or "").split():
            cls.daemon.virsh("destroy", name, check=False)

    def test_life(self):
        self.lead_a_life("oflibvirt")

    def test_media(self):
        self.change_media("libvirtmedia")

    def test_save(self):
        self.save_and_restore("libvirtsave")

    def test_autostart(self):
        self.autostart("libvirtauto")

    def test_deploy(self):
        need_program("qemu-img", "qemu-utils")
        root = os.path.join(self.folder, "root.raw")
        with open(root, "wb") as file:
            file.truncate(1 << 20)
        image = os.path.join(self.folder, "image.xml")
        with open(image, "w", encoding="utf-8") as file:
            file.write("""<image><name>libvirtapp</name><domain><boot type='hvm'><os><loader dev='hd'/></os>
                <drive disk='root.raw' target='hda'/></boot><devices><memory>32768</memory></devices></domain>
                <storage><disk file='root.raw' format='raw'/></storage></image>""")
        self.addCleanup(shutil.rmtree, "/var/lib/libvirt/images/libvirtapp", ignore_errors=True)
        self.expect(_DONE, "deploy", image, "--driver", "libvirt", "--wait=20s")
        self.assertIn("/var/lib/libvirt/images/libvirtapp/disk0.qcow2", self.expect(_DONE, "dumpxml", "libvirtapp")[0]["text"])
        self.assertNotEqual(self.command.give("deploy", image, "--driver", "libvirt")[0], _DONE)
        self.expect(_DONE, "destroy", "libvirtapp", "--yes", "--wait=20s")
        self.expect(_DONE, "undefine", "libvirtapp", "--yes", "--wait")


class Simulated(Verbs):
    connect = "test:///default?guests=4"

    def begin(self, name):
        self.expect(_DONE, "shutdown", name, "--wait=20s")

    def test_verbs(self):
        name = self.agent.guests()[0]["name"]
        self.begin(name)
        self.expect(_DONE, "start", name, "--wait")
        self.expect(_DONE, "suspend", name, "--wait")
        self.expect(_DONE, "resume", name, "--wait")
        self.expect(_DONE, "setmem", name, "256MiB", "--wait")
        self.expect(_DONE, "save", name, os.path.join(self.folder, "s"), "--wait")
        self.expect(_DONE, "restore", os.path.join(self.folder, "s"), "--wait")
        self.expect(_DONE, "destroy", name, "--yes", "--wait")
        self.expect(_UNSUPPORTED, "guestinfo", name)


if __name__ == "__main__":
    main()
