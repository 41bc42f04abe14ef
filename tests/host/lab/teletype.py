"""A terminal of our own that a program runs on: every byte it writes is seen, and the terminal may stop reading."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import threading
import time

from .process import die_with
from .wait import TookTooLong, until
from .vt import Vt


class Teletype:
    def __init__(self, argv, columns=120, lines=30, environment=None):
        self._master, self._slave = pty.openpty()
        self._parent = os.getpid()
        self.vt = Vt(columns, lines)
        self.vt_at_start = self.vt.state()
        self._set_size(columns, lines)
        self.modes_at_start = self.modes()
        self.bytes = bytearray()
        self.last_byte = 0.0  # when it came, on the monotonic clock
        self._trouble = None
        self._reads = threading.Event()
        self._reads.set()
        self._lock = threading.Lock()
        plain = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        kept = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "NO_COLOR", "TMUX")}
        self.process = subprocess.Popen(argv, stdin=self._slave, stdout=self._slave, stderr=self._slave,
                                        env={**kept, **plain, **(environment or {})}, preexec_fn=self._control)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _control(self):
        os.setsid()
        fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        die_with(self._parent)

    def _read(self):
        while True:
            self._reads.wait()
            try:
                got = os.read(self._master, 65536)
            except (OSError, TypeError):  # hung up
                return
            if not got:
                return
            with self._lock:
                self.bytes += got
                self.last_byte = time.monotonic()
                try:
                    self.vt.feed(got)
                except (AssertionError, UnicodeDecodeError) as error:
                    self._trouble = self._trouble or error

    def modes(self):
        return termios.tcgetattr(self._slave)

    def _set_size(self, columns, lines):
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns, lines):
        with self._lock:
            self.vt.resize(columns, lines)
        self._set_size(columns, lines)

    def type(self, text):
        os.write(self._master, text.encode() if isinstance(text, str) else text)

    def stop_reading(self):
        self._reads.clear()
        self.type("\x0c")  # lets the reader out of its last read, if the program answers

    def go_on_reading(self):
        self._reads.set()

    def send(self, number):
        self.process.send_signal(number)

    def lines(self):
        with self._lock:
            if self._trouble:
                raise self._trouble
            return self.vt.lines()

    def text(self):
        return "\n".join(self.lines())

    def expect(self, judge, seconds=10.0, why=""):
        """Waits until judge(text of the screen) gives something true, which is returned."""
        try:
            return until(lambda: judge(self.text()), seconds, why=why)
        except TookTooLong as error:
            raise TookTooLong(f"{error}; the screen:\n{self.text()}") from None

    def has_room(self):
        """Whether a program could write."""
        return bool(select.select([], [self._slave], [], 0)[1])

    def quiet(self, seconds=0.2):
        """Waits until nothing has been written for a while."""
        count = -1
        while count != len(self.bytes):
            count = len(self.bytes)
            time.sleep(seconds)

    def wait(self, seconds=5.0):
        """The exit code, once all that was written has been seen."""
        code = self.process.wait(seconds)
        self.quiet(0.05)
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reads.set()
        self.hang_up()

    def hang_up(self):
        """The terminal is gone."""
        for end in ("_slave", "_master"):
            if getattr(self, end) is not None:
                os.close(getattr(self, end))
            setattr(self, end, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
