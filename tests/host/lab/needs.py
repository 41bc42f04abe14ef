"""What a test needs of the machine. A missing need skips the test, loudly; it never passes it."""
import os
import shutil
import unittest


def need(condition, reason):
    if not condition:
        raise unittest.SkipTest(reason)


def need_program(name, package):
    need(shutil.which(name), f"{name} is missing (package {package})")


def need_root():
    need(os.geteuid() == 0, "needs root: taps and network namespaces")
