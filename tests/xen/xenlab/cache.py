"""The lab's part of the cache folder ($VIRTSCOPE_LAB_CACHE, else build/lab-cache), and who may change it."""
import contextlib
import fcntl
import os

from lab.kernel import cache_folder


def folder():
    path = cache_folder() / "xen"
    path.mkdir(exist_ok=True)
    return path


@contextlib.contextmanager
def alone():
    """One builder at a time; the lock is gone with the process."""
    with open(folder() / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def written(path):
    """A path to write to; the file is at `path` when it is complete."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield scratch
        scratch.rename(path)
    finally:
        scratch.unlink(missing_ok=True)
