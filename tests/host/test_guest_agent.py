#!/usr/bin/env python3
"""A real qemu-guest-agent in a real guest: what it says arrives, it can shut its guest down, and what it tells from time
to time is in the ring."""
import json
import os
import re
import shutil
import subprocess
import time
import uuid
from pathlib import Path

from lab import Lab, LabCase, kernel, main, need, need_program, program, until
from lab.initramfs import Initramfs
from lab.libvirtd import Domain, Libvirtd

_OS_RELEASE = b'ID=labos\nNAME="Lab \x1b[31mOS"\nVERSION_ID="1"\n'

# No udev in the lab: the port is found by its name.
_START = b"""#!/bin/sh
while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules/agent-order
hostname labguest
mkdir -p /run /srv
mke2fs /dev/vda >/dev/null && mount -t ext4 /dev/vda /srv
for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name")" = org.qemu.guest_agent.0 ] && device=/dev/${port##*/}
done
qemu-ga --daemonize -m virtio-serial -p "$device" -t /run -f /run/qga.pid "$@" 2>&1
"""

# What qemu-ga calls: shutdown -P or -r, a time, a message.
_SHUTDOWN = b"""#!/bin/sh
case " $* " in *" -r "*) reboot -f ;; *) poweroff -f ;; esac
"""


# The first program where nobody is at the console to start the agent.
_ALONE = b"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
sh /agent.sh
while :; do sleep 1000; done
"""

_DOMAIN = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>160</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type><kernel>{kernel}</kernel><initrd>{initramfs}</initrd>
<cmdline>rdinit=/alone.sh console=ttyS0 panic=-1</cmdline></os><features><acpi/></features>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/></disk>
<serial type='file'><source path='{console}'/></serial>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<controller type='usb' model='none'/><video><model type='none'/></video></devices></domain>"""

# STOP: it hangs, with its port open. CONT: it goes on. TERM: it is gone.
_SIGNAL = b"""#!/bin/sh
kill "-$1" "$(cat /run/qga.pid)"
"""

_CONFIG = """[guest_agent]
enabled = true
interval = "5s"
"""
_INTERVAL = 5  # seconds
_LATEST = _INTERVAL + 6   # asked at the interval, silent a second, asked again, silent another; a busy machine
_LIBVIRTS = 2 * 5           # libvirt may wait five seconds, twice


def _config(folder):
    path = os.path.join(folder, "virtscope.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(_CONFIG)
    return ("--config", path)


def _libraries(path):
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"(/\S+)", told)


def _overlay():
    """qemu-ga with its libraries, the modules it needs, and what starts it."""
    need_program("qemu-ga", "qemu-guest-agent")
    agent = shutil.which("qemu-ga")
    root = kernel.fetch()
    need(root, "the lab's kernel cannot be had")
    archive = Initramfs()
    archive.folder("sbin")
    archive.folder("etc")
    archive.file("bin/qemu-ga", Path(agent).read_bytes(), 0o755)
    made = set()
    for library in _libraries(agent):
        for folder in reversed(Path(library).parents[:-1]):
            if folder not in made:
                archive.folder(str(folder).lstrip("/"))
                made.add(folder)
        archive.file(library.lstrip("/"), Path(library).read_bytes(), 0o755)
    files = kernel.modules(root, ("virtio_console", "crc32c_generic", "ext4"))
    for file in files:
        archive.file(f"modules/{file.name}", file.read_bytes())
    archive.file("modules/agent-order", "".join(f"{file.name}\n" for file in files).encode())
    archive.file("etc/os-release", _OS_RELEASE)
    archive.file("sbin/shutdown", _SHUTDOWN, 0o755)
    archive.file("agent.sh", _START, 0o755)
    archive.file("signal.sh", _SIGNAL, 0o755)
    archive.file("alone.sh", _ALONE, 0o755)
    return archive.packed()


def ask(guest, what):
    return subprocess.run([program("../tests/guest_agent_ask"), str(guest.pid), what], capture_output=True, text=True, timeout=20)


class GuestAgent(LabCase):
    @classmethod
    def setUpClass(cls):
        program("../tests/guest_agent_ask")
        cls.overlay = _overlay()

    def guest(self, lab, name):
        path = os.path.join(lab.folder, f"{name}.qga")
        return lab.linux(name, overlay=self.overlay, extra=[
            "-chardev", f"socket,id=qga0,path={path},server=on,wait=off", "-device", "virtio-serial-pci",
            "-device", "virtserialport,chardev=qga0,name=org.qemu.guest_agent.0"])

    def info(self, guest):
        answer = ask(guest, "info")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def test_says_what_the_guest_is_and_shuts_it_down(self):
        with Lab() as lab:
            guest = self.guest(lab, "talks")
            began = time.monotonic()
            silent = ask(guest, "info")
            self.assertEqual(silent.returncode, 1)
            self.assertIn("no answer in time", silent.stderr)
            self.assertLess(time.monotonic() - began, 2)

            guest.run("sh /agent.sh")
            info = self.info(guest)
            version = subprocess.run(["qemu-ga", "--version"], capture_output=True, text=True).stdout.split()[-1]
            self.assertEqual(info["agent"], version)
            self.assertEqual(info["hostname"], "labguest")
            self.assertEqual(info["os"]["id"], "labos")
            self.assertEqual(info["os"]["name"], "Lab ?[31mOS")
            disk = next(each for each in info["filesystems"] if each["mountpoint"] == "/srv")
            self.assertEqual((disk["name"], disk["type"]), ("vda", "ext4"))
            self.assertLess(disk["used_bytes"], disk["total_bytes"])
            self.assertLessEqual(disk["total_bytes"], os.path.getsize(guest.files.images[0]))
            nic = next(each for each in info["interfaces"] if each["name"] == "eth0")
            self.assertEqual(nic["mac"], guest.tap.guest_mac)
            self.assertIn({"type": "ipv4", "address": guest.tap.guest_address, "prefix": 24}, nic["addresses"])
            self.assertEqual(self.info(guest), info, "the same again, over a new connection")

            done = ask(guest, "powerdown")
            self.assertEqual(done.returncode, 0, done.stderr)
            until(lambda: not guest.alive(), seconds=20)

    def watching(self, lab):
        return lab.agent(options=_config(lab.folder))

    def answers(self, agent, guest):
        return agent.info(guest)["guest"].get("guest_agent")

    def test_is_in_the_ring_until_it_falls_silent(self):
        with Lab() as lab:
            guest = self.guest(lab, "told")
            plain = lab.firmware("plain")
            guest.run("sh /agent.sh")
            with self.watching(lab) as agent:
                until(lambda: self.answers(agent, guest) == 1, _LATEST)
                info = agent.info(guest)
                self.assertEqual([each["name"] for each in info["filesystems"]], ["/srv"], "of the disks, none of the kernel's")
                told = info["filesystems"][0]
                self.assertEqual(told["source"], "vda")
                known = next(each for each in self.info(guest)["filesystems"] if each["mountpoint"] == "/srv")
                self.assertEqual((told["total_bytes"], told["used_bytes"]), (known["total_bytes"], known["used_bytes"]))
                self.assertLess(info["guest"]["guest_agent_age"], (_INTERVAL + 2) * 10**9)
                self.assertLess(info["guest"]["filesystems_age"], (2 * _INTERVAL + 2) * 10**9)
                without = agent.info(plain)
                self.assertFalse({"guest_agent", "guest_agent_age", "filesystems_age"} & set(without["guest"]))
                self.assertEqual(without["filesystems"], [])

                for _ in range(5):  # an order has the channel whoever else wants it
                    told_by_order = json.loads(subprocess.run(
                        [program("virtscope"), "guestinfo", guest.name, "--ring", agent.ring],
                        capture_output=True, text=True, timeout=30, check=True).stdout)
                    self.assertEqual(told_by_order["hostname"], "labguest")
                self.assertEqual(self.answers(agent, guest), 1)

                guest.run("sh /signal.sh TERM")
                until(lambda: self.answers(agent, guest) == 0, _LATEST)
                info = agent.info(guest)
                self.assertEqual([each["name"] for each in info["filesystems"]], ["/srv"], "its rows stay")
                self.assertNotIn("used_bytes", info["filesystems"][0])
                self.assertIn("guest_agent_age", info["guest"])

                guest.run("sh /agent.sh")
                until(lambda: self.answers(agent, guest) == 1, 3 * _LATEST)
                self.assertIn("used_bytes", agent.info(guest)["filesystems"][0])

    def test_one_that_hangs_costs_another_guest_nothing(self):
        with Lab() as lab:
            hung, well = self.guest(lab, "hung"), self.guest(lab, "well")
            for guest in (hung, well):
                guest.run("sh /agent.sh")
            with self.watching(lab) as agent:
                until(lambda: self.answers(agent, hung) == 1 and self.answers(agent, well) == 1, 2 * _LATEST)
                hung.run("sh /signal.sh STOP")
                until(lambda: self.answers(agent, hung) == 0, _LATEST)
                since = agent.sequence()
                oldest = 0
                for _, info in agent.frames(well, 3 * _INTERVAL):
                    self.assertEqual(info["guest"]["guest_agent"], 1)
                    oldest = max(oldest, info["guest"]["guest_agent_age"])
                self.assertLessEqual(oldest, (_INTERVAL + 2) * 10**9, "asked as often as before")
                self.assertGreaterEqual(agent.sequence() - since, 3 * _INTERVAL - 2, "a frame a second")
                self.assertFalse(agent.row(hung)["stale"], "its hypervisor answers")
                self.assertEqual(self.answers(agent, hung), 0)
                hung.run("sh /signal.sh CONT")
                until(lambda: self.answers(agent, hung) == 1, 10 * _INTERVAL)

    def test_a_part_switched_off_in_the_guest_is_named(self):
        with Lab() as lab:
            guest = self.guest(lab, "secretive")
            guest.run("sh /agent.sh -b guest-get-osinfo,guest-shutdown")
            info = self.info(guest)
            self.assertNotIn("os", info)
            self.assertEqual(info["unavailable"], {"os": "guest agent: guest-get-osinfo is switched off in the guest"})
            refused = ask(guest, "powerdown")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("refused", refused.stderr)
            self.assertTrue(guest.alive())

    def test_a_guest_without_a_channel_is_told_how_to_get_one(self):
        with Lab() as lab:
            answer = ask(lab.firmware("plain"), "info")
            self.assertEqual(answer.returncode, 1)
            self.assertIn("-device virtserialport,chardev=qga0,name=org.qemu.guest_agent.0", answer.stderr)


class OverLibvirt(LabCase):
    """The channel is libvirt's, and libvirt is who asks."""

    def setUp(self):
        overlay = _overlay()
        self.daemon = self.enterContext(Libvirtd())
        files = {what: os.path.join(self.daemon.folder, what) for what in ("initramfs", "image", "console")}
        files["kernel"], base = kernel.kernel_and_initramfs()
        Path(files["initramfs"]).write_bytes(base.read_bytes() + overlay)
        with open(files["image"], "wb") as file:
            file.truncate(8 << 20)
        self.console = files["console"]
        self.guest = Domain(self.daemon, "inside", str(uuid.uuid4()))
        definition = os.path.join(self.daemon.folder, "inside.xml")
        with open(definition, "w", encoding="utf-8") as file:
            file.write(_DOMAIN.format(name=self.guest.name, uuid=self.guest.uuid, **files))
        self.daemon.virsh("define", definition)
        self.daemon.domains.append(self.guest)

    def inside(self, line):
        self.daemon.virsh("qemu-agent-command", self.guest.name, json.dumps(
            {"execute": "guest-exec", "arguments": {"path": "/bin/sh", "arg": ["-c", line]}}))

    def until_answers(self, agent, answer, seconds):
        def so():
            return agent.info(self.guest)["guest"].get("guest_agent") == answer
        until(so, seconds, why=f"guest_agent {answer}; its console: {Path(self.console).read_text(errors='replace')[-500:]}")

    def test_is_in_the_ring_until_it_falls_silent(self):
        other = self.daemon.define("other").start()
        self.guest.start()
        with self.daemon.agent(options=_config(self.daemon.folder)) as agent:
            agent.wait_guest(self.guest)
            self.until_answers(agent, 1, 90)
            until(lambda: agent.info(self.guest)["filesystems"], 3 * _INTERVAL)
            info = agent.info(self.guest)
            self.assertEqual([each["name"] for each in info["filesystems"]], ["/srv"])
            self.assertEqual(info["filesystems"][0]["source"], "vda")
            self.assertLess(info["filesystems"][0]["used_bytes"], info["filesystems"][0]["total_bytes"])
            self.assertNotIn("guest_agent", agent.info(other)["guest"])

            self.inside("sh /signal.sh STOP")
            self.until_answers(agent, 0, _LATEST + _LIBVIRTS)
            info = agent.info(self.guest)
            self.assertNotIn("used_bytes", info["filesystems"][0])
            for _, info in agent.frames(self.guest, 2 * _INTERVAL):
                self.assertEqual((info["guest"]["guest_agent"], info["guest"]["stale"]), (0, 0), "libvirt tells of its disks")
                self.assertEqual(agent.row(other)["stale"], 0)


if __name__ == "__main__":
    main()
