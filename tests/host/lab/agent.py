"""virtscoped under test, and what readers see through its ring."""
import json
import os
import subprocess
import time

from .kernel import REPOSITORY
from .needs import need
from .process import spawn, stop
from .wait import TookTooLong, until


def program(name):
    """Path of one of our programs ($VIRTSCOPE_BIN, else build/bin)."""
    path = os.path.join(os.environ.get("VIRTSCOPE_BIN") or REPOSITORY / "build" / "bin", name)
    need(os.access(path, os.X_OK), f"{path} is not built")
    return path


class Agent:
    def __init__(self, folder, number=1, connect="kvm:///", interval="1s", options=(), netns=None, ring=None,
                 ring_size="16MiB"):
        self.ring = ring or os.path.join(folder, f"ring{number}")
        self.log = os.path.join(folder, f"agent{number}.log")
        self._argv = [program("virtscoped"), "--foreground", "--ring", self.ring, "--ring-size", ring_size,
                      "--interval", interval, "--connect", connect, *options]
        self._netns = netns
        self._process = None

    def start(self, wait=True):
        with open(self.log, "ab") as log:
            self._process = spawn(self._argv, netns=self._netns, stdout=log, stderr=log)
        if wait:
            self.wait_frames(1)
        return self

    def stop(self):
        if self._process:
            return stop(self._process)
        return None

    def kill(self):
        self._process.kill()
        self._process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self._process.pid

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def ask(self, *words, check=True):
        """A `virtscope` command's JSON."""
        got = subprocess.run([program("virtscope"), *words, "--ring", self.ring, "--format", "json"],
                             capture_output=True, text=True)
        if check and got.returncode:
            raise AssertionError(f"virtscope {' '.join(words)}: exit code {got.returncode}: {got.stderr.strip()}")
        return json.loads(got.stdout) if got.stdout.strip() else None

    def list_json(self):
        return self.ask("list")

    def guests(self):
        """Guests of the newest frame."""
        return (self.list_json() or {}).get("guests", [])

    def row(self, guest):
        """What `virtscope list` says of a guest of the lab, None if it is not there."""
        named = [row for row in self.guests() if row["name"] == guest.name]
        if guest.uuid:
            named = [row for row in named if row["uuid"] == guest.uuid]
        assert len(named) <= 1, f"{guest.name} is listed {len(named)} times"
        return named[0] if named else None

    def info(self, guest):
        """Every value of the newest frame of a guest: {"guest": …, "vcpus": …, "disks": …, "nics": …}."""
        return self.ask("info", guest.uuid or guest.name)

    def self_metrics(self):
        return self.ask("info")["agent"]

    def sequence(self):
        """Number of the newest frame, 0 if there is none."""
        found = self.ask("info", check=False)
        return found["sequence"] if found else 0

    def wait_frames(self, count, seconds=20.0):
        """Waits until `count` more frames have been published."""
        start = self.sequence()
        try:
            until(lambda: self.sequence() >= start + count, seconds)
        except TookTooLong as error:
            raise TookTooLong(f"no {count} frames within {seconds:g} s; the agent said:\n{self.said()[-1500:]}") from error

    def wait_guest(self, guest, seconds=20.0):
        """Waits until the guest is listed with everything its monitor tells."""
        row = None

        def known():
            nonlocal row
            row = self.row(guest)
            return row and not row["stale"] and row["state"] == "running" and row
        try:
            return until(known, seconds, why=f"guest {guest.name}")
        except TookTooLong as error:
            raise TookTooLong(f"{error}; listed: {row}; the agent said:\n{self.said()[-1500:]}") from None

    def frames_since(self, sequence, *metrics, count=0, seconds=30.0):
        """The frames after `sequence` up to the newest, at least `count`, as tests/tools/ring_frames prints them."""
        until(lambda: self.sequence() >= sequence + count, seconds, why=f"{count} frames")
        return list(self._read_frames(sequence, self.sequence(), metrics))

    def _read_frames(self, since, last, metrics):
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "ring_frames")
        with subprocess.Popen([tool, self.ring, str(since), *metrics], stdout=subprocess.PIPE, text=True) as reader:
            for line in reader.stdout:
                frame = json.loads(line)
                if frame["sequence"] <= last:
                    yield frame
                if frame["sequence"] >= last:  # the agent may write faster than we read
                    reader.kill()
                    return
        assert reader.returncode == 0, f"ring_frames: exit code {reader.returncode}"

    def frames(self, guest, seconds):
        """Yields each new frame's values of a guest, for some seconds, with the time it was seen at."""
        last = None
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            info = self.ask("info", guest.uuid or guest.name, check=False)
            if info and info["sequence"] != last:
                last = info["sequence"]
                yield time.monotonic(), info
            time.sleep(0.03)
