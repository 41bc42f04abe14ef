"""A libvirt daemon of the test's own: its sockets, settings and guests live in tmpfs mounts that only the test's mount
namespace has (lab/isolation.py), so a libvirt of this host is neither seen nor touched. Whatever the test starts from
there on, the agent under test too, talks to this one at qemu:///system."""
import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid as uuids

from . import firmware
from .agent import Agent
from .needs import need, need_program, need_root
from .process import spawn, stop
from .wait import until

_PRIVATE = ("/run/libvirt", "/var/lib/libvirt", "/var/cache/libvirt", "/var/log/libvirt", "/etc/libvirt")
_SOCKET = "/run/libvirt/libvirt-sock"

_SETTINGS = {
    "libvirtd.conf": 'auth_unix_ro = "none"\nauth_unix_rw = "none"\nlog_outputs = "3:file:{folder}/libvirtd.log"\n',
    "virtlogd.conf": 'log_outputs = "3:file:{folder}/virtlogd.log"\n',
    # Everything as root and nothing of this host's security or control groups: the lab makes no claim on either.
    "qemu.conf": 'user = "root"\ngroup = "root"\nsecurity_driver = "none"\ncgroup_controllers = []\nnamespaces = []\n'
                 'remember_owner = 0\n',
}

_DISK = """<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/>
<target dev='{name}' bus='virtio'/></disk>"""

_DOMAIN = """<domain type='{accel}'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>16</memory>
<vcpu>{vcpus}</vcpu><os><type arch='x86_64' machine='pc'>hvm</type><loader readonly='yes' type='rom'>{rom}</loader></os>
<features><acpi/></features><on_poweroff>destroy</on_poweroff><on_crash>destroy</on_crash>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>{disks}{devices}<controller type='usb' model='none'/>
<memballoon model='virtio'/><video><model type='none'/></video></devices></domain>"""


def _orphans():
    """QEMUs that have ended and whose parent we became: libvirt starts them as daemons, and process 1 here is the test."""
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                command, rest = file.read().split(" (", 1)[1].rsplit(") ", 1)
        except (OSError, IndexError):
            continue
        state, parent = rest.split()[:2]
        if command.startswith("qemu-system") and state == "Z" and int(parent) == os.getpid():
            yield int(name)


def _reap(until_closed):
    """libvirtd waits for a QEMU to be gone, zombies too; an init would have reaped them."""
    while not until_closed.wait(0.02):
        for pid in _orphans():
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue


class Domain:
    """A guest by its definition; named and identified as lab.agent expects it."""

    def __init__(self, daemon, name, uuid):
        self.daemon, self.name, self.uuid = daemon, name, uuid

    @property
    def pid(self):
        with open(f"/run/libvirt/qemu/{self.name}.pid") as file:
            return int(file.read())

    def start(self):
        self.daemon.virsh("start", self.name)
        return self

    def destroy(self):
        self.daemon.virsh("destroy", self.name)

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)

    def stats(self):
        """`virsh domstats` as names and texts."""
        lines = self.daemon.virsh("domstats", self.name).splitlines()
        return dict(line.strip().split("=", 1) for line in lines if "=" in line)


class Libvirtd:
    """virtlogd and libvirtd, running until close(). With `tcp_port` it is to be had as another host is, and calls itself
    `hostname`."""

    def __init__(self, tcp_port=None, hostname="far"):
        need_root()
        self.tcp_port, self.hostname = tcp_port, hostname
        for program, package in (("libvirtd", "libvirt-daemon-system"), ("virtlogd", "libvirt-daemon-system"),
                                 ("virsh", "libvirt-clients"), ("qemu-system-x86_64", "qemu-system-x86")):
            need_program(program, package)
        need(os.environ.get("VIRTSCOPE_LAB_ISOLATED"), "needs a mount namespace of its own")
        self.folder = tempfile.mkdtemp(prefix="vslibvirt-")
        self._mounted, self._daemon, self._log, self._closed, self.domains = [], None, None, None, []
        atexit.register(self.close)
        for path in _PRIVATE:
            os.makedirs(path, exist_ok=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "vslibvirt", path], check=True)
            self._mounted.append(path)
        for name, text in _SETTINGS.items():
            with open(f"/etc/libvirt/{name}", "w") as file:
                file.write(text.format(folder=self.folder))
        if tcp_port:
            with open("/etc/libvirt/libvirtd.conf", "a") as file:
                file.write(f'listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "{tcp_port}"\n'
                           'auth_tcp = "none"\n')
        self._closed = threading.Event()
        threading.Thread(target=_reap, args=(self._closed,), daemon=True).start()
        self._log = self._spawn("virtlogd")
        self.start()

    def _spawn(self, program):
        argv = [shutil.which(program), "--config", f"/etc/libvirt/{program}.conf",
                "--pid-file", f"{self.folder}/{program}.pid"]
        if program == "libvirtd" and self.tcp_port:
            argv = ["unshare", "--uts", "sh", "-c", f'hostname {self.hostname}; exec "$0" "$@"', *argv, "--listen"]
        with open(f"{self.folder}/{program}.out", "ab") as out:
            return spawn(argv, stdout=out, stderr=out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def pid(self):
        return self._daemon.pid

    def start(self):
        self._daemon = self._spawn("libvirtd")
        until(lambda: self._daemon.poll() is not None or self.virsh("list", check=False) is not None, 20,
              why="libvirtd answers")
        need(self._daemon.poll() is None, f"libvirtd does not run here: {self.said()[-500:]}")

    def kill(self):
        """As a crash would: guests run on, the socket is gone."""
        self._daemon.kill()
        self._daemon.wait()
        if os.path.exists(_SOCKET):
            os.unlink(_SOCKET)

    def said(self):
        texts = []
        for name in ("libvirtd.out", "libvirtd.log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    texts.append(file.read())
        return "\n".join(texts)

    def virsh(self, *words, check=True):
        """What `virsh` prints; None where it fails and `check` is false."""
        got = subprocess.run(["virsh", "--quiet", "--connect", "qemu:///system", *words], capture_output=True, text=True)
        if check and got.returncode:
            raise AssertionError(f"virsh {' '.join(words)}: {got.stderr.strip()}")
        return got.stdout.strip() if got.returncode == 0 else None

    def define(self, name, uuid=None, code="halt", vcpus=1, disks=("vda",), devices="", accel=None):
        """A guest whose firmware halts or spins; it is not started."""
        domain = Domain(self, name, uuid or str(uuids.uuid4()))
        rom = f"{self.folder}/{code}.rom"
        with open(rom, "wb") as file:
            file.write(firmware.image(code))
        described = []
        for disk in disks:
            image = f"{self.folder}/{name}-{disk}.raw"
            with open(image, "wb") as file:
                file.truncate(8 << 20)
            described.append(_DISK.format(image=image, name=disk))
        accel = accel or ("kvm" if os.access("/dev/kvm", os.R_OK | os.W_OK) else "qemu")
        path = f"{self.folder}/{name}.xml"
        with open(path, "w") as file:
            file.write(_DOMAIN.format(accel=accel, name=name, uuid=domain.uuid, vcpus=vcpus, rom=rom,
                                      disks="".join(described), devices=devices))
        self.virsh("define", path)
        self.domains.append(domain)
        return domain

    def agent(self, **options):
        return Agent(self.folder, **{"connect": "qemu:///system", **options})

    def close(self):
        """Ends the guests, then the daemons, then the mounts. May be called again."""
        atexit.unregister(self.close)
        for domain in self.domains:
            try:
                os.kill(domain.pid, signal.SIGKILL)
            except (OSError, ValueError):
                continue
        self.domains = []
        for child in (self._daemon, self._log):
            if child:
                stop(child)
        self._daemon = self._log = None
        if self._closed:
            self._closed.set()
        for path in reversed(self._mounted):
            subprocess.run(["umount", "--lazy", path], check=False)
        self._mounted = []
        shutil.rmtree(self.folder, ignore_errors=True)
