"""A test runs in PID and mount namespaces of its own: the agent under test sees the lab's guests and
no other guest of this host, and when the test ends the kernel ends everything it started."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

_MARK = "VIRTSCOPE_LAB_ISOLATED"


def _unshare_works():
    probe = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "true"]
    return shutil.which("unshare") and subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0


def _warn_of_other_agents():
    """We do not see the host's processes, but they see ours: an agent of the host serves itself first."""
    for name in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = name.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"virtscoped") and not any(word.startswith(b"test:") for word in words):
            print(f"lab: a virtscoped of this host (process {name.parent.name}) may take our guests' monitors", flush=True)


def enter():
    """Starts the running program again, isolated; returns at once if it already is or cannot be."""
    if os.environ.get(_MARK):
        return
    if not _unshare_works():
        print("lab: no right to make namespaces; guests of this host are visible to the test", flush=True)
        return
    _warn_of_other_agents()
    os.environ[_MARK] = "1"
    os.execvp("unshare", ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, *sys.argv])
