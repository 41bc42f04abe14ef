"""A terminal that a program draws on and a test looks at: a tmux server of our own."""
import itertools
import os
import subprocess

from .needs import need_program
from .wait import TookTooLong, until


_numbers = itertools.count(1)


class Screen:
    """Runs `command` (of a shell) on a terminal of this size; the shell stays afterwards."""

    def __init__(self, folder, command, columns=120, lines=30):
        need_program("tmux", "tmux")
        self._socket = os.path.join(folder, f"tmux{next(_numbers)}")
        # A plain shell, so that what it shows is the command's doing.
        environment = {**os.environ, "TERM": "xterm-256color", "PS1": "$ ", "ENV": "", "LC_ALL": "C.UTF-8"}
        environment.pop("TMUX", None)
        subprocess.run([*self._tmux(), "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines), "sh"],
                       check=True, env=environment)
        self._command = command
        self.type(command + "\n")

    def _tmux(self):
        return ["tmux", "-S", self._socket]

    def _ask(self, *words):
        return subprocess.run([*self._tmux(), *words], check=True, capture_output=True, text=True).stdout

    def type(self, text):
        self._ask("send-keys", "-l", text)

    def key(self, name):
        """A key by tmux's name: Up, PageDown, Escape, C-c, …"""
        self._ask("send-keys", name)

    def resize(self, columns, lines):
        self._ask("resize-window", "-x", str(columns), "-y", str(lines))

    def text(self):
        return self._ask("capture-pane", "-p")

    def lines(self):
        return self.text().splitlines()

    def attribute(self, name):
        """A format of tmux, as in alternate_on, cursor_flag."""
        return self._ask("display-message", "-p", f"#{{{name}}}").strip()

    def expect(self, judge, seconds=10.0, why=""):
        """Waits until judge(text of the screen) gives something true, which is returned."""
        try:
            return until(lambda: judge(self.text()), seconds, why=why)
        except TookTooLong as error:
            raise TookTooLong(f"{error}; the screen:\n{self.text()}") from None

    def close(self):
        subprocess.run([*self._tmux(), "kill-server"], stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def table_of(text):
    """The lists' table on a screen of virt-top: words of its title, and its rows as lines."""
    lines = text.splitlines()
    titles = [line.rstrip().removesuffix(">").rstrip() for line in lines]
    head = next((number for number, line in enumerate(titles) if "%CPU" in line and line.endswith("NAME")), None)
    if head is None:
        return [], []
    rows = [line for line in lines[head + 1:] if line.strip() and not line.startswith("q Quit")]
    return titles[head].split(), rows
