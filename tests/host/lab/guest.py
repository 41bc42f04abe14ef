"""One guest: a QEMU process that we started, its console and our own monitor connection to it."""
import fcntl
import os
import signal
import socket
import struct
from dataclasses import dataclass, field

from . import firmware, kernel
from .command import command_line, make_image
from .console import Console
from .process import spawn, stop
from .qmp import Qmp

_TUNSETIFF, _IFF_TAP, _IFF_NO_PI, _IFF_VNET_HDR = 0x400454CA, 0x0002, 0x1000, 0x4000


@dataclass
class Files:
    monitor: str              # the socket that belongs to whoever manages the guest
    console: str
    firmware: str = ""
    kernel: object = None
    initramfs: object = None
    images: list = field(default_factory=list)
    taps: list = field(default_factory=list)  # None for a NIC without one


def _open_tap(tap):
    def opened():
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(fd, _TUNSETIFF, struct.pack("16sH22x", tap.name.encode(), _IFF_TAP | _IFF_NO_PI | _IFF_VNET_HDR))
        return fd
    return tap.network.inside(opened)


class Guest:
    def __init__(self, spec, folder, number, network):
        self.spec = spec
        self.name = spec.name
        self.uuid = spec.uuid
        self.network = network
        base = os.path.join(folder, f"g{number}")
        self.files = Files(monitor=f"{base}.qmp", console=f"{base}.console")
        self.log = f"{base}.log"
        self._make_files(base)
        self._process = None
        self._qmp = None
        self.console = None

    def _make_files(self, base):
        spec = self.spec
        for index, disk in enumerate(spec.disks):
            self.files.images.append(f"{base}.{index}.raw")
            make_image(self.files.images[-1], disk.size)
        self.files.taps = [self.network.tap() if nic.kind == "tap" else None for nic in spec.nics]
        if spec.kind == "firmware":
            self.files.firmware = f"{base}.rom"
            with open(self.files.firmware, "wb") as file:
                file.write(firmware.image(spec.firmware))
        else:
            self.files.kernel, self.files.initramfs = kernel.kernel_and_initramfs()
            if spec.overlay:  # the kernel unpacks one archive after the other
                base_archive, self.files.initramfs = self.files.initramfs, f"{base}.initramfs"
                with open(self.files.initramfs, "wb") as file:
                    file.write(base_archive.read_bytes() + spec.overlay)

    def start(self):
        if self.spec.kind == "linux":
            self.console = Console(self.files.console)
        ours, theirs = socket.socketpair()
        tap_fds = [_open_tap(tap) if nic.by_fd else None for nic, tap in zip(self.spec.nics, self.files.taps)]
        passed = [theirs.fileno(), *(fd for fd in tap_fds if fd is not None)]
        argv = command_line(self.spec, self.files, theirs.fileno(), tap_fds)
        with open(self.log, "ab") as log:
            self._process = spawn(argv, netns=self.network.fd, pass_fds=passed, stdout=log, stderr=log)
        theirs.close()
        for fd in tap_fds:
            if fd is not None:
                os.close(fd)
        try:
            self._qmp = Qmp(ours)
            if self.console:
                self.console.accept()
        except OSError as error:
            raise RuntimeError(f"{self.name}: QEMU did not start: {self.said()}") from error
        return self

    def said(self):
        with open(self.log, errors="replace") as log:
            return " ".join(line.strip() for line in log.readlines()[-3:])

    def wait_ready(self, seconds=60.0):
        if self.console:
            self.console.expect("READY", seconds)
        return self

    @property
    def pid(self):
        return self._process.pid

    @property
    def taps(self):
        return self.files.taps

    @property
    def tap(self):
        return self.files.taps[0]

    def alive(self):
        return self._process is not None and self._process.poll() is None

    def qmp(self, command, **arguments):
        return self._qmp.ask(command, **arguments)

    def run(self, line, seconds=30.0):
        """A command of init.sh; returns the lines it printed."""
        return self.console.run(line, seconds)

    def blockstats(self):
        """Disk id -> stats of query-blockstats."""
        found = {}
        for number, entry in enumerate(self.qmp("query-blockstats")):
            parts = entry.get("qdev", "").split("/")
            name = parts[3] if len(parts) > 3 and parts[2] == "peripheral" else f"#{number}"
            found[name] = entry["stats"]
        return found

    def vcpu_threads(self):
        return {cpu["cpu-index"]: cpu["thread-id"] for cpu in self.qmp("query-cpus-fast")}

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)

    def poweroff(self, seconds=20.0):
        self.console.send("0 poweroff")
        self._process.wait(seconds)

    def stop(self):
        if self._qmp:
            self._qmp.close()
            self._qmp = None
        if self._process:
            stop(self._process, seconds=2.0)
        if self.console:
            self.console.close()
            self.console = None
        for path in (self.files.monitor, self.files.console):
            if os.path.exists(path):
                os.unlink(path)
