"""Which accelerator a guest can run on here. KVM may start firmware and yet not carry a Linux (nested
or paravirtual hosts), so each kind is tried once a boot of this host and remembered in the cache."""
import json
import os

from .kernel import cache_folder
from .wait import TookTooLong, until

_LINUX_BOOT_SECONDS = 10.0


def _boot_id():
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip()


def _try(lab, kind):
    """Does a guest of this kind come up under KVM?"""
    guest = None
    try:
        if kind == "linux":
            guest = lab.linux("kvm-probe", accel="kvm", disks=[], nics=[], ready=False)
            guest.wait_ready(_LINUX_BOOT_SECONDS)
        else:
            guest = lab.firmware("kvm-probe", accel="kvm", firmware="spin", disks=[], nics=[])
            until(lambda: guest.qmp("query-status")["status"] == "running", 3.0)
        return True
    except (TookTooLong, RuntimeError, EOFError, OSError, ValueError):
        return False
    finally:
        if guest:
            guest.stop()


def _remembered(kind, probe):
    path = cache_folder() / "kvm.json"
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    if known.get("boot_id") != _boot_id():
        known = {"boot_id": _boot_id()}
    if kind not in known:
        known[kind] = probe()
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps(known))
        scratch.rename(path)
    return known[kind]


_told = set()


def best(lab, kind):
    """"kvm" or "tcg"; says which on the first use."""
    usable = os.access("/dev/kvm", os.R_OK | os.W_OK)
    chosen = "kvm" if usable and _remembered(kind, lambda: _try(lab, kind)) else "tcg"
    if kind not in _told:
        _told.add(kind)
        print(f"lab: {kind} guests run on {chosen.upper()}", flush=True)
    return chosen
