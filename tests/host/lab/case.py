"""unittest for the lab: isolation first, skips told aloud, CTest's exit code for skipped."""
import sys
import unittest

from . import isolation

_SKIPPED = 77


class LabCase(unittest.TestCase):
    maxDiff = None
    longMessage = True


def main():
    isolation.enter()
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    for test, reason in result.skipped:
        print(f"SKIPPED {test}: {reason}", flush=True)
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(_SKIPPED if len(result.skipped) >= max(result.testsRun, 1) else 0)
