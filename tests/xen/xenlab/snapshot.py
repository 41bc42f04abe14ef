"""The machine as it waits for a job, saved once in the cache: a boot takes twenty seconds, going on from there two."""
import hashlib
import os
import subprocess
import tempfile

from . import cache
from .emulator import Emulator
from .job import JOB_SIZE, OUT_SIZE, blank

_BOOT_SECONDS = 300  # on a busy machine; usually 25
_KEPT = 4            # some 300 MiB each


def _key(machine):
    version = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True, check=True).stdout
    parts = [*machine.command_line(), version, str(JOB_SIZE), str(OUT_SIZE)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _make(machine, images, path):
    with tempfile.TemporaryDirectory(prefix="xenlab-") as folder:
        job, out = (blank(os.path.join(folder, name), size) for name, size in (("job", JOB_SIZE), ("out", OUT_SIZE)))
        emulator = Emulator(machine, images, folder, job, out)
        try:
            emulator.console.wait("waiting", _BOOT_SECONDS)
            with cache.written(path) as scratch:
                emulator.save(scratch)
        finally:
            emulator.close()


def snapshot(machine, images):
    """Path of the saved machine, made if need be. It lies with the images that it was booted from."""
    path = images / f"{_key(machine)}.state"
    with cache.alone():
        if not path.exists():
            print(f"lab: boots a Xen host with {len(machine.domus)} guests, once", flush=True)
            for old in sorted(images.glob("*.state"), key=os.path.getmtime)[:-_KEPT + 1]:
                old.unlink()
            _make(machine, images, path)
    os.utime(path)
    return path
