"""Waiting for things by asking again, never by hoping that a sleep was long enough."""
import time


class TookTooLong(AssertionError):
    pass


def until(what, seconds=10.0, every=0.05, why=""):
    """Calls what() until it gives something true, which is returned; TookTooLong after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise TookTooLong(f"{why or getattr(what, '__name__', 'condition')}: not within {seconds:g} s")
        time.sleep(every)


def eventually(check, seconds=10.0, every=0.05):
    """Calls check() until it raises no AssertionError; the last one is raised after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(every)
