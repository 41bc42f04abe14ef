"""bash in Domain-0 on the terminal that we were called from."""
import os
import select
import sys
import termios
import tty

_SCRIPT = "export TERM=linux; setsid -c bash -i </dev/hvc0 >/dev/hvc0 2>&1; true"
_SECONDS = 24 * 3600


def _forward(console):
    """What is typed, until the machine ends."""
    while "done" not in console.stages and "ended" not in console.stages:
        ready, _, _ = select.select([sys.stdin], [], [], 0.2)
        if ready:
            console.send(os.read(sys.stdin.fileno(), 1024))


def _show(data):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def shell(lab, programs):
    def talk(console):
        console.show = _show
        _forward(console)

    settings = termios.tcgetattr(sys.stdin)
    tty.setraw(sys.stdin)
    try:
        return lab.run(_SCRIPT, programs, seconds=_SECONDS, meanwhile=talk).rc
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, settings)
