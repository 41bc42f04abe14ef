"""Children that end with the test: the kernel kills them when their starter dies, however it died."""
import ctypes
import os
import signal
import subprocess

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000


def setns(fd, kind=CLONE_NEWNET):
    """Moves the calling thread into the namespace `fd` refers to."""
    if _LIBC.setns(fd, kind) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def unshare(kind=CLONE_NEWNET):
    if _LIBC.unshare(kind) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def die_with(parent):
    """To be called in the child."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(127)


def _tied_to(parent, netns):
    def before_exec():
        die_with(parent)
        if netns is not None:
            setns(netns)
    return before_exec


def spawn(argv, netns=None, **options):
    """Popen in network namespace `netns` (a descriptor; None: ours). Only from the main thread: the
    death signal follows the thread that forked."""
    return subprocess.Popen(argv, preexec_fn=_tied_to(os.getpid(), netns), stdin=subprocess.DEVNULL, **options)


def stop(child, seconds=5.0):
    """SIGTERM, then SIGKILL; a stopped child is woken for it. Returns its exit code."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        child.send_signal(signal.SIGCONT)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()
