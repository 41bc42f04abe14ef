"""rrdcached under test, and RRDs as rrdtool reads them."""
import math
import os
import socket
import subprocess

from .needs import need_program
from .process import spawn, stop
from .wait import until


class RrdCached:
    def __init__(self, folder, base, options=("-F",)):
        need_program("rrdcached", "rrdcached")
        self.socket = os.path.join(folder, "rrdcached.sock")
        self.address = f"unix:{self.socket}"
        self._argv = ["rrdcached", "-g", "-l", self.address, "-p", os.path.join(folder, "rrdcached.pid"), "-b", base, "-B",
                      "-w", "300", *options]
        self._log = os.path.join(folder, "rrdcached.log")
        self._process = None

    def start(self):
        with open(self._log, "ab") as log:
            self._process = spawn(self._argv, stdout=log, stderr=log)
        until(self._answers, 10, why="rrdcached")
        return self

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(self.socket)
            except OSError:
                return False
        return True

    def stop(self):
        """It writes what it holds first (-F)."""
        if self._process:
            stop(self._process, 20)
        self._process = None

    def forget_all(self):
        """Ends without writing what it holds."""
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    __enter__ = start

    def __exit__(self, *_):
        self.stop()


def fetch(path, resolution, begin=0, end=None, function="AVERAGE"):
    """{end of the step: {source: value or None}} of what the file has, without the steps after its last update."""
    last = int(subprocess.run(["rrdtool", "last", path], capture_output=True, text=True, check=True).stdout)
    end = last if end is None else end
    begin = begin or end - 1000 * resolution
    out = subprocess.run(["rrdtool", "fetch", path, function, "-r", str(resolution), "-s", str(begin), "-e", str(end)],
                         capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    lines = out.splitlines()
    names = lines[0].split()
    rows = {}
    for line in lines[2:]:
        time, values = line.split(":", 1)
        numbers = [float(value) for value in values.split()]
        if int(time) <= last:
            rows[int(time)] = {name: None if math.isnan(value) else value for name, value in zip(names, numbers)}
    return rows


def known(rows, source):
    """The steps of which that source is known, and their values."""
    return {time: row[source] for time, row in rows.items() if row[source] is not None}
