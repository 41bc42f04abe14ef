"""The guest's serial console: lines out, commands in. QEMU connects to us, so no line is lost."""
import os
import re
import select
import socket
import time

from .wait import TookTooLong


class Console:
    def __init__(self, path):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(1)
        self._socket = None
        self._numbers = 0
        self.text = ""
        self._seen = 0

    def accept(self, seconds=10.0):
        self._listener.settimeout(seconds)
        self._socket, _ = self._listener.accept()
        self._socket.setblocking(False)

    def _pump(self, seconds):
        ready, _, _ = select.select([self._socket], [], [], seconds)
        if not ready:
            return
        data = self._socket.recv(65536)
        if not data:
            raise EOFError(f"the guest closed its console; last lines:\n{self.tail()}")
        self.text += data.decode(errors="replace").replace("\r", "")

    def tail(self):
        return "\n".join(self.text.splitlines()[-15:])

    def expect(self, pattern, seconds=30.0):
        """Waits for a whole line that matches, after what earlier calls consumed; returns the match."""
        compiled = re.compile(f"^(?:{pattern})$", re.MULTILINE)
        deadline = time.monotonic() + seconds
        while True:
            complete = self.text.rfind("\n") + 1
            found = compiled.search(self.text[:complete], self._seen)
            if found:
                self._seen = found.end()
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TookTooLong(f"console: no {pattern!r} within {seconds:g} s; last lines:\n{self.tail()}")
            self._pump(left)

    def send(self, line):
        self._socket.sendall(line.encode() + b"\n")

    def run(self, line, seconds=30.0):
        """Has the guest carry out a command of init.sh and waits until it says it is done."""
        self._numbers += 1
        self.send(f"{self._numbers} {line}")
        start = self._seen
        self.expect(f"DONE {self._numbers}", seconds)
        return self.text[start:self._seen].strip().splitlines()[:-1]

    def close(self):
        for end in (self._socket, self._listener):
            if end:
                end.close()


def listening_path(folder, name):
    return os.path.join(folder, f"{name}.console")
