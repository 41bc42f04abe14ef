"""A real Xen host for tests: Xen with a pv_ops Domain-0 and PV guests, inside QEMU's emulation.

    lab = XenLab()                       # two guests; XenLab(domus=[Domu(vcpus=2, load="cpu")]) others
    result = lab.run("xl list >list.txt; virtscope --version", programs=["virtscope"])
    print(result.rc, result.stdout, result.text("list.txt"))

Everything is made of Debian's packages, in the cache folder; nothing is installed. What tests share with those on
QEMU/KVM guests (skips, waiting, processes) is tests/host/lab.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "host"))  # its package is called lab

from lab.agent import program
from lab.case import LabCase, main
from lab.needs import need

from .lab import XenLab
from .machine import Domu, Machine
from .result import Result

__all__ = ["Domu", "LabCase", "Machine", "Result", "XenLab", "main", "need", "program"]
