"""What a guest is to be made of."""
from dataclasses import dataclass, field


@dataclass
class Disk:
    """aio: threads, native or io_uring; the latter two imply cache.direct, as QEMU demands for native."""
    aio: str = "threads"
    direct: bool = True
    iothread: bool = False
    form: str = "blockdev"  # or "drive"
    size: int = 8 << 20
    device: str = "virtio-blk-pci"


@dataclass
class Nic:
    kind: str = "tap"  # or "user"
    vhost: bool = False
    by_fd: bool = False  # the tap is handed over as an open descriptor, as libvirt does it


@dataclass
class Spec:
    name: str
    kind: str = "linux"       # or "firmware"
    firmware: str = "halt"    # or "spin": what a firmware guest's first vCPU does
    accel: str = ""           # "": the best that works for this kind
    vcpus: int = 1
    memory: int = 0           # MiB; 0: what the kind needs
    uuid: str = ""            # "": QEMU gets no -uuid
    machine: str = "pc"
    disks: list = field(default_factory=lambda: [Disk()])
    nics: list = field(default_factory=lambda: [Nic()])
    balloon: bool = True
    monitor: str = "qmp"      # -qmp unix:…; "chardev": -chardev + -mon; "none"
    debug_threads: bool = False
    program: str = "qemu-system-x86_64"
    workload: dict = field(default_factory=dict)  # vs.KEY=VALUE on the kernel's command line
    overlay: bytes = b""      # a second initramfs, unpacked over the first
    extra: list = field(default_factory=list)     # more of QEMU's options
