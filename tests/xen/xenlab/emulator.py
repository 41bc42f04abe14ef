"""One QEMU process with our machine in it: its console, its monitor, its two disks."""
import os
import shlex
import socket

from lab.process import spawn, stop
from lab.qmp import Qmp, QmpError
from lab.wait import until

from .console import Console, LabError


class Emulator:
    def __init__(self, machine, images, folder, job, out, state=None):
        """`job` and `out`: files of Domain-0's disks. `state`: a saved machine to go on with, which stands still at first."""
        self.log = os.path.join(folder, "qemu.log")
        path = os.path.join(folder, "console")
        self.console = Console(path, os.path.join(folder, "console.log"))
        ours, theirs = socket.socketpair()
        argv = [*machine.command_line(),
                "-chardev", f"socket,id=console,path={path}", "-serial", "chardev:console",
                # By descriptor: it has no path that anybody else could connect to.
                "-chardev", f"socket,id=lab,fd={theirs.fileno()}", "-mon", "chardev=lab,mode=control",
                "-drive", f"file={job},format=raw,if=virtio,readonly=on",
                "-drive", f"file={out},format=raw,if=virtio,cache=unsafe"]
        if state:
            argv += ["-incoming", f"exec:cat {shlex.quote(str(state))}"]
        with open(self.log, "ab") as log:
            self._process = spawn(argv, cwd=images, pass_fds=[theirs.fileno()], stdout=log, stderr=log)
        theirs.close()
        self.console.accept()
        self._qmp = Qmp(ours, timeout=60)

    def ask(self, command, **arguments):
        try:
            return self._qmp.ask(command, **arguments)
        except (QmpError, OSError) as error:
            raise LabError(f"QEMU: {error}; it said: {self.said()}") from error

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-500:].strip()

    def go_on(self):
        """Lets a saved machine run once it is loaded."""
        until(lambda: self.ask("query-status")["status"] != "inmigrate", 60, why="the saved machine is loaded")
        self.ask("cont")

    def save(self, path):
        """Stops the machine and writes it to a file."""
        self.ask("stop")
        self.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.ask("migrate", uri=f"exec:cat > {shlex.quote(str(path))}")
        ends = ("completed", "failed", "cancelled")
        until(lambda: self.ask("query-migrate").get("status") in ends, 120, why="the machine is saved")
        if self.ask("query-migrate")["status"] != "completed":
            raise LabError(f"the machine cannot be saved: {self.ask('query-migrate').get('error-desc')}")

    def close(self, seconds=5.0):
        """Ends it; one that powers off is given the time for it."""
        self._qmp.close()
        if "end" in self.console.stages:
            until(lambda: self._process.poll() is not None, seconds, why="QEMU ends")
        stop(self._process)
        self.console.close()
