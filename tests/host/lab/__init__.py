"""Real guests for tests: QEMU processes of our own, in their own folder and namespaces.

    with Lab() as lab:
        guest = lab.linux("worker", disks=[Disk(aio="native")], nics=[Nic()])
        with lab.agent() as agent:
            guest.run("disk vda write 100")
            print(guest.blockstats(), agent.info(guest))

Standard library only. Nothing here outlives the test: see process.py and isolation.py.
"""
from .agent import Agent, program
from .case import LabCase, main
from .guest import Guest
from .lab import Lab
from .needs import need, need_program
from .screen import Screen, table_of
from .spec import Disk, Nic, Spec
from .teletype import Teletype
from .wait import eventually, until

__all__ = ["Agent", "Disk", "Guest", "Lab", "LabCase", "Nic", "Screen", "Spec", "Teletype", "eventually", "main", "need",
           "need_program", "program", "table_of", "until"]
