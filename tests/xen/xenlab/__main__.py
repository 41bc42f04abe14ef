"""Runs something in Domain-0 by hand, from tests/xen:

    python3 -m xenlab run 'xl list'                          # or: run -- "$(cat script)"
    python3 -m xenlab run --out /tmp/out 'virtscoped … '     # keeps what it leaves in /out
    python3 -m xenlab shell                                  # bash on this terminal; its end powers the machine off
"""
import argparse
import shutil
import sys
import unittest

from . import XenLab
from .console import LabError
from .shell import shell

_PROGRAMS = ("virtscoped", "virtscope", "virt-top", "check_virt", "virtscope-export")


def _run(arguments):
    result = XenLab().run(arguments.script, arguments.programs, seconds=arguments.seconds)
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    if arguments.out:
        shutil.copytree(result.folder, arguments.out, dirs_exist_ok=True)
    return result.rc


def _arguments():
    parser = argparse.ArgumentParser(prog="xenlab", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=",".join(_PROGRAMS), help="of ours that are there (default: %(default)s)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="a script in bash, as root")
    run.add_argument("script")
    run.add_argument("--out", help="folder for what it leaves in /out")
    run.add_argument("--seconds", type=int, default=120, help="after which it is ended")
    verbs.add_parser("shell", help="bash on this terminal")
    return parser.parse_args()


def main():
    arguments = _arguments()
    arguments.programs = list(filter(None, arguments.programs.split(",")))
    try:
        return _run(arguments) if arguments.verb == "run" else shell(XenLab(), arguments.programs)
    except (LabError, unittest.SkipTest) as error:
        print(f"xenlab: {error}", file=sys.stderr)
        return 125


sys.exit(main())
