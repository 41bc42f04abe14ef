"""The lab as tests use it."""
import atexit
import os
import shutil
import tempfile
from pathlib import Path

from lab.agent import program
from lab.needs import need_program

from . import cache, dom0, job
from .console import LabError
from .emulator import Emulator
from .images import images
from .machine import Machine
from .result import Result
from .snapshot import snapshot

# What a script can rely on, besides the functions of guest/functions.
_PROLOGUE = "source /etc/lab-functions\n"


class XenLab:
    def __init__(self, machine=Machine()):
        need_program("qemu-system-x86_64", "qemu-system-x86")
        self.machine = machine
        self._images = images()
        self._state = snapshot(machine, self._images)
        self._folder = tempfile.mkdtemp(prefix="xenlab-")
        self._runs = 0
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)

    def run(self, script, programs=(), files=None, seconds=120, meanwhile=None):
        """Runs a bash script as root in Domain-0, in /out, and brings back what it leaves there. `programs`: names of ours,
        or paths, found by their names there. `files`: name below /inject -> path here. `seconds`: after which the script is
        ended. `meanwhile` is called with the machine's console once it runs."""
        paths = [name if os.sep in name else program(name) for name in map(str, programs)]
        has = set(dom0.libraries(cache.folder() / "root")) | {"ld-linux-x86-64.so.2"}
        self._runs += 1
        folder = Path(self._folder) / str(self._runs)
        folder.mkdir()
        disks = [job.write(folder / "job", _PROLOGUE + script, seconds, paths, files or {}, has),
                 job.blank(folder / "out", job.OUT_SIZE)]
        emulator = Emulator(self.machine, self._images, folder, *disks, state=self._state)
        try:
            emulator.go_on()
            if meanwhile:
                meanwhile(emulator.console)
            emulator.console.wait("end", seconds + 120)
        finally:
            emulator.close()
        return self._result(folder, disks)

    def _result(self, folder, disks):
        result = Result(folder / "result")
        job.unpack(disks[1], result.folder)
        for disk in disks:
            disk.unlink()
        for log in ("console.log", "qemu.log"):
            shutil.move(folder / log, result.folder / "lab" / log)
        if not result.has("lab/rc"):
            raise LabError(f"no exit code came back; see {result.folder}")
        return result
