"""Debian's cloud kernel and an initramfs of busybox and a few modules, kept in the cache folder
($VIRTSCOPE_LAB_CACHE, else build/lab-cache). Fetched with apt, unpacked, never installed."""
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

from .initramfs import Initramfs
from .needs import need

_META = "linux-image-cloud-amd64"
_WANTED = ("virtio_pci", "virtio_blk", "virtio_net", "virtio_balloon")
_HERE = Path(__file__).resolve().parent
REPOSITORY = _HERE.parents[2]


def cache_folder():
    folder = Path(os.environ.get("VIRTSCOPE_LAB_CACHE") or REPOSITORY / "build" / "lab-cache")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _package():
    """linux-image-6.1.0-NN-cloud-amd64: what the metapackage depends on."""
    asked = subprocess.run(["apt-cache", "depends", _META], capture_output=True, text=True)
    found = re.search(r"Depends: (linux-image-\S+)", asked.stdout)
    return found and found.group(1)


def _fetched():
    kernels = sorted(cache_folder().glob("linux-*/boot/vmlinuz-*"))
    return kernels[-1].parents[1] if kernels else None


def fetch():
    """The unpacked kernel package's folder; downloads it unless it is there. None: it cannot be had."""
    if _fetched():
        return _fetched()
    package = _package()
    if not package:
        return None
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        os.chmod(folder, 0o777)  # apt downloads as a user of its own
        got = subprocess.run(["apt-get", "-qq", "download", package], cwd=folder, stderr=subprocess.DEVNULL)
        archives = list(Path(folder).glob("*.deb"))
        if got.returncode or not archives:
            return None
        root = Path(folder) / "root"
        subprocess.run(["dpkg", "-x", archives[0], root], check=True)
        try:
            root.rename(cache_folder() / package.replace("linux-image", "linux"))
        except OSError:  # another run was faster
            pass
    return _fetched()


def modules(root, wanted=_WANTED):
    """Files of the wanted modules, what they depend on first. Built-in ones have no file."""
    files = {file.stem.replace("-", "_"): file for file in root.glob("lib/modules/*/kernel/**/*.ko")}
    order = []

    def visit(name):
        file = files.get(name)
        if not file or file in order:
            return
        # In the module's .modinfo: depends=virtio_ring,virtio
        depends = re.search(rb"\0depends=([^\0]*)\0", file.read_bytes())
        for other in filter(None, depends.group(1).decode().split(",") if depends else []):
            visit(other)
        order.append(file)

    for name in wanted:
        visit(name)
    return order


def _contents(root):
    archive = Initramfs()
    for folder in ("bin", "dev", "modules", "proc", "sys"):
        archive.folder(folder)
    archive.file("bin/busybox", Path("/bin/busybox").read_bytes(), 0o755)
    archive.file("init", (_HERE / "init.sh").read_bytes(), 0o755)
    files = modules(root)
    for file in files:
        archive.file(f"modules/{file.name}", file.read_bytes())
    archive.file("modules/order", "".join(f"{file.name}\n" for file in files).encode())
    return archive.packed()


def _fingerprint(root):
    parts = [Path("/bin/busybox"), _HERE / "init.sh", _HERE / "kernel.py", _HERE / "initramfs.py"]
    digest = hashlib.sha256(root.name.encode())
    for part in parts:
        digest.update(part.read_bytes())
    return digest.hexdigest()[:16]


def kernel_and_initramfs():
    """Paths of both, made if need be."""
    need(Path("/bin/busybox").exists(), "busybox is missing (package busybox-static)")
    root = fetch()
    need(root, f"{_META} can neither be found in the cache nor downloaded")
    kernel = next(root.glob("boot/vmlinuz-*"))
    initramfs = cache_folder() / f"initramfs-{_fingerprint(root)}.gz"
    if not initramfs.exists():
        scratch = initramfs.with_suffix(f".{os.getpid()}")
        scratch.write_bytes(_contents(root))
        scratch.rename(initramfs)
    return kernel, initramfs
