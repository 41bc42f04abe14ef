"""Domain-0's console, by way of Xen's: read by a thread of its own into a log, and searched for the stages that /init reports."""
import re
import socket
import threading
import time

_STAGE = re.compile(r"XENLAB-STAGE (\S+)")


class LabError(AssertionError):
    """The lab itself failed, not what was tested in it."""


class Console:
    def __init__(self, path, log):
        self.stages = []
        self.show = None  # called with all bytes that come
        self._log = open(log, "a", encoding="utf-8")
        self._came = threading.Condition()
        self._last = []
        self._began = time.monotonic()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(1)

    def accept(self, seconds=20.0):
        """QEMU connects to us, so no line is lost."""
        self._listener.settimeout(seconds)
        try:
            self._socket, _ = self._listener.accept()
        except TimeoutError:
            raise LabError("QEMU did not start") from None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        rest = b""
        while data := self._receive():
            if self.show:
                self.show(data)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._take(line.decode(errors="replace").rstrip("\r"))
        with self._came:
            self.stages.append("ended")
            self._came.notify_all()
        self._log.close()

    def _receive(self):
        try:
            return self._socket.recv(65536)
        except OSError:
            return b""

    def _take(self, line):
        self._log.write(f"[{time.monotonic() - self._began:8.2f}] {line}\n")
        self._log.flush()
        self._last = [*self._last[-14:], line]
        found = _STAGE.search(line)
        if found:
            with self._came:
                self.stages.append(found.group(1))
                self._came.notify_all()

    def wait(self, stage, seconds):
        """LabError if the machine ends or the time is over before it."""
        with self._came:
            there = self._came.wait_for(lambda: stage in self.stages or "ended" in self.stages, seconds)
        if stage not in self.stages:
            why = "the machine ended" if there else f"{seconds:g} s were over"
            tail = "\n  ".join(self._last)
            raise LabError(f"{why} before the stage '{stage}'; stages: {' '.join(self.stages)}; last lines:\n  {tail}")

    def send(self, data):
        self._socket.sendall(data)

    def close(self):
        self._listener.close()
        if hasattr(self, "_socket"):
            self._socket.shutdown(socket.SHUT_RDWR)
            self._reader.join(5)
            self._socket.close()
