#!/usr/bin/env python3
"""Where guests' displays listen and what they ask of clients, as QEMU and libvirt really start them."""
import json
import os
import uuid

from lab import Lab, LabCase, eventually, main, until
from lab.libvirtd import Libvirtd

_SHOWN = ("name", "source", "exposed", "tls", "password", "port")


def _displays(agent, guest):
    return [{key: row[key] for key in _SHOWN if key in row} for row in agent.info(guest)["displays"]]


def _free_displays(count):
    """Display numbers of this process: nobody else's, as the lab has a network of its own."""
    return range(40, 40 + count)


class Displays(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.closed, cls.open = _free_displays(2)

    def start(self, name, *options):
        guest = self.lab.firmware(name, uuid=str(uuid.uuid4()), extra=list(options))
        self.agent.wait_guest(guest)
        return guest

    def test_what_is_told_is_what_listens(self):
        self.agent = self.enterContext(self.lab.agent(interval="500ms"))
        closed = self.start("closed", "-vnc", f"127.0.0.1:{self.closed},password=on")
        everyone = self.start("everyone", "-vnc", f"0.0.0.0:{self.open}")
        none = self.start("none")
        self.assertEqual(_displays(self.agent, closed), [
            {"name": "vnc", "source": f"127.0.0.1:{5900 + self.closed}", "exposed": 0, "tls": 0, "password": 1,
             "port": 5900 + self.closed}])
        self.assertEqual(_displays(self.agent, everyone), [
            {"name": "vnc", "source": f"0.0.0.0:{5900 + self.open}", "exposed": 1, "tls": 0, "password": 0,
             "port": 5900 + self.open}])
        self.assertEqual(_displays(self.agent, none), [])
        for guest, auth in ((closed, "vnc"), (everyone, "none")):
            truth = guest.qmp("query-vnc")
            told = _displays(self.agent, guest)[0]
            self.assertEqual((told["source"], truth["auth"]), (f"{truth['host']}:{truth['service']}", auth))

    def test_nodes_of_this_machine(self):
        self.agent = self.enterContext(self.lab.agent(interval="500ms"))
        folder = "/sys/devices/system/node"
        names = [name for name in os.listdir(folder) if name.startswith("node")] if os.path.isdir(folder) else []
        nodes = self.agent.ask("info")["nodes"]
        self.assertLessEqual(len(nodes), len(names))
        for node in nodes:
            with open(f"{folder}/node{node['name']}/meminfo") as file:
                truth = {line.split()[2]: int(line.split()[3]) * 1024 for line in file}
            self.assertEqual(node["memory_total"], truth["MemTotal:"])
            self.assertLess(abs(node["memory_free"] - truth["MemFree:"]), truth["MemTotal:"] // 4, json.dumps(node))


class DisplaysOfLibvirt(LabCase):
    def test_a_guest_of_libvirt(self):
        daemon = Libvirtd()
        self.addCleanup(daemon.close)
        guest = daemon.define("shown", devices="<graphics type='vnc' port='5977' listen='0.0.0.0' passwd='secret'/>").start()
        agent = self.enterContext(daemon.agent(interval="500ms"))
        agent.wait_guest(guest)
        until(lambda: agent.info(guest)["guest"]["driver"] == "libvirt", why="libvirt tells of it")
        eventually(lambda: self.assertEqual(_displays(agent, guest), [
            {"name": "vnc", "source": "0.0.0.0:5977", "exposed": 1, "tls": 0, "password": 1, "port": 5977}]))


if __name__ == "__main__":
    main()
