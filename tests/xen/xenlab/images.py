"""What the machine boots: Xen, the kernel and the initramfs of Domain-0, which has that of the guests inside.

Kept in the cache, in a folder named after all that it was made of."""
import gzip
import hashlib
import shutil
from pathlib import Path

from lab import initramfs, kernel

from . import cache, dom0, packages
from .vmlinux import vmlinux

_HERE = Path(__file__).resolve().parent
GUEST = _HERE.parent / "guest"
_DOM0_MODULES = ("xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs", "loop", "xen-blkback", "bridge",
                 "xen-netback", "virtio_pci", "virtio_blk")
_DOMU_MODULES = ("xen-blkfront", "xen-netfront")


def _fingerprint(root):
    digest = hashlib.sha256((root.parent / "root.packages").read_bytes())
    sources = [_HERE / name for name in ("images.py", "dom0.py", "packages.py", "vmlinux.py")]
    for path in [*sources, Path(initramfs.__file__), *sorted(GUEST.iterdir())]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _started(archive, root, modules, init):
    """What both kinds of system begin with: empty folders, a console, modules in the order of loading, /init."""
    for name in ("dev", "proc", "sys", "run", "tmp", "mnt", "modules"):
        archive.folder(name)
    archive.device("dev/console", 5, 1)
    archive.device("dev/null", 1, 3, 0o666)
    found = kernel.modules(root, [name.replace("-", "_") for name in modules])
    for number, path in enumerate(found):
        archive.file(f"modules/{number:02}-{path.name}", path.read_bytes())
    archive.file("init", (GUEST / init).read_bytes(), 0o755)


def _domu(root):
    archive = initramfs.Initramfs()
    archive.folder("bin")
    archive.file("bin/busybox", dom0.busybox(root).read_bytes(), 0o755)
    archive.link("bin/sh", "busybox")
    _started(archive, root, _DOMU_MODULES, "domu-init")
    return archive.plain()


def _dom0(root, kernel_image, domu):
    archive = initramfs.Initramfs()
    dom0.fill(archive, root)
    _started(archive, root, _DOM0_MODULES, "dom0-init")
    for name in ("domu", "vif-lab", "block-lab"):
        archive.file(f"etc/xen/scripts/{name}", (GUEST / name).read_bytes(), 0o755)
    archive.link("usr/bin/domu", "/etc/xen/scripts/domu")
    archive.file("etc/lab-functions", (GUEST / "functions").read_bytes())
    archive.folder("images")
    archive.file("images/vmlinux", kernel_image)
    archive.file("images/domu.cpio", domu)
    return archive.plain()


def _write(folder, root):
    kernel_image = vmlinux(next(root.glob("boot/vmlinuz-*")).read_bytes())
    (folder / "xen").write_bytes(gzip.decompress((root / f"boot/xen-{packages.XEN}-amd64.gz").read_bytes()))
    (folder / "vmlinux").write_bytes(kernel_image)
    (folder / "dom0.cpio").write_bytes(_dom0(root, kernel_image, _domu(root)))


def images():
    """The folder with xen, vmlinux and dom0.cpio, made if need be; those of other versions are dropped."""
    with cache.alone():
        root = packages.fetch()
        folder = cache.folder() / f"images-{_fingerprint(root)}"
        if not folder.exists():
            for old in cache.folder().glob("images-*"):
                shutil.rmtree(old)
            scratch = cache.folder() / "making"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            _write(scratch, root)
            scratch.rename(folder)
    return folder
