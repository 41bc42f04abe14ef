#!/usr/bin/env python3
"""Guests defined by XML, under the real agent: begun, saved at work, restored, deployed, and all that is refused."""
import os
import socket
import subprocess
import uuid
from xml.sax.saxutils import escape

from lab import Lab, LabCase, eventually, main, need, need_program, program
from lab import accel, kernel
from lab.console import Console


class Port(Console):
    """A console where QEMU listens: what it said before we came is lost."""
    def __init__(self, path):  # pylint: disable=super-init-not-called
        self.path = path
        self._listener = self._socket = None
        self._numbers = self._seen = 0
        self.text = ""

    def accept(self, seconds=10.0):
        self.close()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(self.path)
        self._socket.setblocking(False)


class Definitions(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.lab.agent()
        cls.agent.start()
        cls.addClassCleanup(cls.end_guests)
        cls.state = f"{cls.agent.ring}.state"

    @classmethod
    def end_guests(cls):
        """The agent's guests outlive it, and must not outlive the test."""
        runs = os.path.join(cls.state, "run")
        for name in os.listdir(runs) if os.path.isdir(runs) else []:
            cls.order("destroy", name, "--yes")

    @classmethod
    def order(cls, *words, text=None):
        """A `virtscope` order: its exit code and all that it said."""
        done = subprocess.run([program("virtscope"), *words, "--ring", str(cls.agent.ring)], input=text,
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def done(self, *words, text=None):
        code, said = self.order(*words, text=text)
        self.assertEqual(code, 0, said)
        return said

    def refused(self, why, *words, text=None):
        code, said = self.order(*words, text=text)
        self.assertNotEqual(code, 0, said)
        self.assertIn(why, said)
        return code

    def listed(self, name, state, seconds=20):
        def check():
            rows = [row for row in self.agent.ask("list", "--all")["guests"] if row["name"] == name]
            self.assertEqual([row["state"] for row in rows], [state])
        eventually(check, seconds=seconds)

    def path(self, name):
        return os.path.join(self.lab.folder, name)

    def firmware(self, name, devices="", more=""):
        """XML of a guest that runs and does nothing."""
        return (f"<domain type='qemu'><name>{escape(name)}</name><uuid>{uuid.uuid4()}</uuid>"
                f"<memory unit='MiB'>16</memory>{more}<devices>{devices}</devices></domain>")

    def linux(self, name):
        """XML of a Linux guest with a disk, and its console."""
        image, initramfs = kernel.kernel_and_initramfs()
        console = Port(self.path(f"{name}.console"))
        self.addCleanup(console.close)
        disk = self.path(f"{name}.raw")
        with open(disk, "wb") as file:
            file.truncate(1 << 20)
        kind = "kvm" if accel.best(self.lab, "linux") == "kvm" else "qemu"
        return f"""<domain type='{kind}'><name>{name}</name><uuid>{uuid.uuid4()}</uuid><memory unit='MiB'>128</memory>
            <currentMemory unit='MiB'>120</currentMemory><vcpu>1</vcpu><features><acpi/></features>
            <os><type>hvm</type><kernel>{image}</kernel><initrd>{initramfs}</initrd>
            <cmdline>quiet console=ttyS0 panic=-1 random.trust_cpu=on</cmdline></os>
            <devices><disk><source file='{disk}'/><target dev='vda'/></disk>
            <serial type='unix'><source path='{console.path}' mode='bind'/></serial></devices></domain>""", console

    def test_a_linux_is_defined_started_saved_and_goes_on_where_it_was(self):
        xml, console = self.linux("worker")
        self.done("define", "-", text=xml)
        self.listed("worker", "shut off")
        self.done("start", "worker")
        console.accept()
        console.expect("READY", 60)
        self.listed("worker", "running")
        before = float(console.run("uptime")[-1].split()[1])
        console.run("start cpu 10")

        saved = self.path("worker.saved")
        self.refused("No such file", "save", "worker", self.path("no/folder"))
        self.listed("worker", "running")
        self.done("save", "worker", saved)
        self.listed("worker", "shut off")
        self.assertFalse(os.path.exists(f"{saved}.part"))
        self.assertFalse(os.path.exists(os.path.join(self.state, "run", "worker")))

        self.cut_short(saved)
        self.done("restore", saved)
        console.accept()
        self.listed("worker", "running")
        after = float(console.run("uptime")[-1].split()[1])
        self.assertGreater(after, before)
        self.assertLess(after, before + 60, "it was not booted anew, nor did it run while it was saved")
        console.run("stop")
        self.refused("runs", "restore", saved)
        self.refused("there already", "save", "worker", saved)
        self.listed("worker", "running")
        self.done("destroy", "worker", "--yes")
        self.listed("worker", "shut off")

    def cut_short(self, saved):
        size = os.path.getsize(saved)
        with open(saved, "rb") as file:
            whole = file.read()
        for end in (0, 39, 100, 5000, size // 2, size - 1):
            with open(self.path("cut"), "wb") as file:
                file.write(whole[:end])
            self.refused("missing at its end" if end > 39 else "no saved guest", "restore", self.path("cut"))
        with open(self.path("cut"), "wb") as file:
            file.write(whole[:size // 2] + bytes([whole[size // 2] ^ 1]) + whole[size // 2 + 1:])
        self.refused("checksum", "restore", self.path("cut"))
        self.listed("worker", "shut off")

    def test_a_save_that_fails_leaves_the_guest_running_and_no_file(self):
        need_program("mount", "mount")
        small = self.path("small")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small], check=True)
        self.addCleanup(subprocess.run, ["umount", small])
        self.done("create", "-", text=self.firmware("full"))
        self.listed("full", "running")
        code, said = self.order("save", "full", f"{small}/full.saved")
        self.assertNotEqual(code, 0, said)
        self.assertIn("No space left", said)
        self.assertEqual(os.listdir(small), [])
        self.listed("full", "running")
        self.done("destroy", "full", "--yes")

    def test_a_paused_guest_is_paused_again(self):
        self.done("create", "-", "--paused", text=self.firmware("held"))
        self.listed("held", "paused")
        self.done("save", "held", self.path("held.saved"))
        eventually(lambda: self.assertNotIn("held", [row["name"] for row in self.agent.guests()]), seconds=10)
        self.done("restore", self.path("held.saved"))
        self.listed("held", "paused")
        self.done("destroy", "held", "--yes")

    def test_what_has_changed_since_the_start_is_saved_too(self):
        medium = self.path("medium.iso")
        with open(medium, "wb") as file:
            file.truncate(1 << 20)
        self.done("create", "-", text=self.firmware(
            "changed", "<disk device='cdrom'><target dev='sda' bus='sata'/></disk>", "<vcpu current='1'>2</vcpu>"))
        self.listed("changed", "running")
        self.done("change-media", "changed", medium)
        self.done("setvcpus", "changed", "2")
        self.done("save", "changed", self.path("changed.saved"))
        eventually(lambda: self.assertNotIn("changed", [row["name"] for row in self.agent.guests()]), seconds=10)
        self.done("restore", self.path("changed.saved"))
        self.listed("changed", "running")
        said = self.done("dumpxml", "changed")
        self.assertIn(medium, said)
        self.assertIn("current='2'", said)
        eventually(lambda: self.assertEqual(len(self.agent.ask("info", "changed")["vcpus"]), 2), seconds=10)
        self.done("destroy", "changed", "--yes")

    def test_uefi_of_the_host(self):
        need(os.path.exists("/usr/share/OVMF/OVMF_CODE_4M.fd"), "there is no UEFI firmware (package ovmf)")
        self.done("create", "-", text=self.firmware("uefi", more="<os firmware='efi'><type machine='q35'>hvm</type></os>"))
        self.listed("uefi", "running")
        self.assertEqual(len(os.listdir(os.path.join(self.state, "nvram"))), 1)
        self.done("destroy", "uefi", "--yes")

    def test_what_cannot_be_is_refused_and_leaves_nothing(self):
        self.refused("<hostdev> is not in the subset", "define", "-", text=self.firmware("bad", "<hostdev/>"))
        self.refused("DOCTYPE", "define", "-", text="<!DOCTYPE a [<!ENTITY b 'c'>]><domain>&b;</domain>")
        missing = "<disk><source file='/nowhere/a.img'/><target dev='vda'/></disk>"
        self.done("define", "-", text=self.firmware("lacks", missing))
        self.listed("lacks", "shut off")
        self.refused("/nowhere/a.img", "start", "lacks")
        self.refused("is defined with the UUID", "define", "-", text=self.firmware("lacks"))
        self.done("undefine", "lacks", "--yes")
        other = self.lab.firmware("taken", uuid=str(uuid.uuid4()))
        self.agent.wait_guest(other)
        self.refused("another guest of this name runs", "create", "-", text=self.firmware("taken"))
        self.assertTrue(other.alive())
        self.refused("not started by virtscope", "save", "taken", self.path("taken.saved"))

    def test_autostart_once_a_boot(self):
        self.done("define", "-", text=self.firmware("auto"))
        self.listed("auto", "shut off")
        self.done("autostart", "auto")
        self.agent.stop()
        os.unlink(os.path.join(self.state, "autostarted"))  # as if the host had booted
        self.agent.start()
        self.listed("auto", "running")
        self.done("destroy", "auto", "--yes")
        self.listed("auto", "shut off")
        self.agent.stop()
        self.agent.start()
        self.agent.wait_frames(3)
        self.listed("auto", "shut off")
        self.done("autostart", "auto", "--disable")
        self.done("undefine", "auto", "--yes")

    def test_an_edit_in_place_is_seen_and_a_damaged_file_told(self):
        self.done("define", "-", text=self.firmware("edit"))
        self.listed("edit", "shut off")
        file = os.path.join(self.state, "guests", "edit.xml")
        with open(file) as old:
            text = old.read()
        with open(file, "w") as new:
            new.write(text[:40])
        eventually(lambda: self.assertNotIn("edit", [row["name"] for row in self.agent.ask("list", "--all")["guests"]]))
        said = self.done("events", "--from", "1 min ago")
        self.assertIn("edit.xml", said)
        with open(file, "w") as new:
            new.write(text)
        self.listed("edit", "shut off")
        self.done("undefine", "edit", "--yes")

    def test_an_appliance_is_deployed_on_an_overlay(self):
        need_program("qemu-img", "qemu-utils")
        with open(self.path("root.raw"), "wb") as file:
            file.truncate(4 << 20)
        image = """<image><name>appliance</name><domain><boot type='hvm'><guest><arch>x86_64</arch></guest>
            <os><loader dev='hd'/></os><drive disk='root.raw' target='hda'/><drive disk='scratch' target='hdb'/></boot>
            <devices><vcpu>1</vcpu><memory>32768</memory><graphics/></devices></domain>
            <storage><disk file='root.raw' use='system' format='raw'/>
            <disk id='scratch' use='scratch' size='8'/></storage></image>"""
        with open(self.path("image.xml"), "w") as file:
            file.write(image)
        with open(self.path("lacks.xml"), "w") as file:
            file.write(image.replace("root.raw", "gone.raw").replace("appliance", "lacks2"))
        self.refused("gone.raw", "deploy", self.path("lacks.xml"))
        self.assertFalse(os.path.exists(os.path.join(self.state, "images", "lacks2")))
        self.done("deploy", self.path("image.xml"))
        self.listed("appliance", "running")
        disk = os.path.join(self.state, "images", "appliance", "disk0.qcow2")
        said = subprocess.run(["qemu-img", "info", "-U", disk], capture_output=True, text=True, check=True).stdout
        self.assertIn(self.path("root.raw"), said)
        self.refused("appliance", "deploy", self.path("image.xml"))
        self.done("deploy", self.path("image.xml"), "--name", "second")
        self.listed("second", "running")
        for name in ("appliance", "second"):
            self.done("destroy", name, "--yes")
            self.done("undefine", name, "--yes")


if __name__ == "__main__":
    main()
