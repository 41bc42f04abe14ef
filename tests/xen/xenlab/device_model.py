"""QEMU as Xen's device model, which serves disks from files (qdisk) to PV guests too, and a netcat to ask it: an extra, some
30 MiB in Domain-0's memory, that a job brings along where a test asks for it. The images do not have it."""
import re
import shutil
import subprocess

from lab.needs import need, need_program

from . import cache, dom0
from .packages import download, fetch, find

_PROGRAM = "usr/libexec/xen-qemu-system-i386"  # where Debian's libxl looks for it
_NETCAT = "bin/nc.openbsd"
_DATA = "usr/share/qemu"
_KEYMAPS = f"{_DATA}/keymaps"  # without one it does not even start with no display
_LIBRARIES = "lib/x86_64-linux-gnu"
_NAMES = """
    qemu-system-xen libbz2-1.0 libdw1 libfdt1 libffi8 libglib2.0-0 libgstreamer1.0-0 libgstreamer-plugins-base1.0-0
    libjpeg62-turbo liblz4-1 libopus0 liborc-0.4-0 libpcre2-8-0 libpixman-1-0 libsasl2-2 libspice-server1 libssl3 libudev1
    libusb-1.0-0 netcat-openbsd qemu-system-data
""".split()

# Brings it to its place in Domain-0; for the beginning of a script. QEMU looks for its data from where it is itself.
INSTALL = f"""
ln -sf /inject/device-model/libraries/* /usr/{_LIBRARIES}/
mkdir -p /usr/libexec
mv /inject/device-model/qemu /{_PROGRAM}
ln -s /inject/device-model/netcat /{_NETCAT}
mkdir -p /{_DATA}
mv /inject/device-model/keymaps /{_DATA}/
"""


def _unpacked():
    """What Domain-0 is made of, and the folder with what it lacks."""
    folder = cache.folder() / "device-model"
    with cache.alone():
        root = fetch()
        if not folder.exists():
            scratch = cache.folder() / "making-device-model"
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            download(_NAMES, scratch)
            for archive in scratch.glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", archive, scratch], check=True)
                archive.unlink()
            scratch.rename(folder)
    return root, folder


def _needed(program):
    """Names of the libraries that a program or library says it needs."""
    told = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True)
    return re.findall(r"NEEDED\s+(\S+)", told.stdout)


def files():
    """For XenLab.run: name below /inject -> path."""
    need_program("objdump", "binutils")
    dom0_root, root = _unpacked()
    there = set(dom0.libraries(dom0_root)) | {"ld-linux-x86-64.so.2"}
    chosen, waiting = {}, [root / _PROGRAM, root / _NETCAT]
    while waiting:
        for name in set(_needed(waiting.pop())) - there - chosen.keys():
            chosen[name] = find(root, f"usr/{_LIBRARIES}/{name}", f"{_LIBRARIES}/{name}")
            waiting.append(chosen[name])
    need(chosen, "the device model's libraries are not what they were")
    return {"device-model/qemu": root / _PROGRAM, "device-model/keymaps": root / _KEYMAPS, "device-model/netcat": root / _NETCAT,
            **{f"device-model/libraries/{name}": path for name, path in chosen.items()}}
