"""The lab: a private folder and network namespace with guests in it, all gone when it closes."""
import atexit
import dataclasses
import shutil
import tempfile

from . import accel
from .agent import Agent
from .guest import Guest
from .needs import need_program, need_root
from .network import Network
from .spec import Spec

_MEMORY = {"linux": 128, "firmware": 16}  # MiB


class Lab:
    def __init__(self, own_network=True):
        need_root()
        need_program("qemu-system-x86_64", "qemu-system-x86")
        need_program("ip", "iproute2")
        self.folder = tempfile.mkdtemp(prefix="vslab-")
        self.guests = []
        self.agents = []
        self.network = Network(own_network)
        self._numbers = 0
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, spec, ready=True):
        """Starts a guest and, if it is a Linux one, waits until it is ready."""
        spec = dataclasses.replace(spec, memory=spec.memory or _MEMORY[spec.kind],
                                   accel=spec.accel or accel.best(self, spec.kind))
        self._numbers += 1
        guest = Guest(spec, self.folder, self._numbers, self.network)
        self.guests.append(guest)
        guest.start()
        return guest.wait_ready() if ready else guest

    def linux(self, name, ready=True, **options):
        return self.start(Spec(name=name, kind="linux", **options), ready)

    def firmware(self, name, **options):
        return self.start(Spec(name=name, kind="firmware", **options))

    def agent(self, **options):
        """A virtscoped of this lab; enter it to start it."""
        agent = Agent(self.folder, number=len(self.agents) + 1, **options)
        self.agents.append(agent)
        return agent

    def close(self):
        atexit.unregister(self.close)
        for member in [*self.agents, *self.guests]:
            member.stop()
        self.agents, self.guests = [], []
        self.network.close()
        shutil.rmtree(self.folder, ignore_errors=True)
