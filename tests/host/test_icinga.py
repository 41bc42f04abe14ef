#!/usr/bin/env python3
"""Icinga 2 itself, with what `virtscope nagios-config --format icinga2` writes."""
import os
import re
import subprocess
import uuid

from lab import Lab, LabCase, eventually, main, program
from lab.icinga import Icinga

_OK, _WARNING, _CRITICAL, _UNKNOWN = "0", "1", "2", "3"


class Configuration(LabCase):
    def setUp(self):
        self.lab = self.enterContext(Lab())
        self.icinga = Icinga(os.path.join(self.lab.folder, "icinga"))

    def sound(self):
        code, text = self.icinga.validate()
        self.assertEqual(code, 0, text[-3000:])
        self.assertNotRegex(text, " (warning|critical)/")
        return text

    def test_a_thousand_guests(self):
        agent = self.enterContext(self.lab.agent(connect="test:///default?guests=1000", interval="5s"))
        self.icinga.configure(agent.ring, "--services", "cpu,block")
        self.assertIn("Instantiated 1001 Hosts", self.sound())
        self.icinga.configure(agent.ring, "--services", "cpu,block", "--passive")
        self.assertIn("Instantiated 2007 Services", self.sound())  # two of each guest, two that feed, five of the host

    def test_hostile_names(self):
        ring = os.path.join(self.lab.folder, "ring")
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "hostile_ring")
        subprocess.run([tool, ring, "500", "now"], check=True)
        self.icinga.configure(ring)
        self.sound()
        with open(os.path.join(self.icinga.objects, "virtscope-guests.conf"), encoding="utf-8") as file:
            marks = dict(line.split(None, 3)[2:] for line in file.read().splitlines() if line.startswith("# guest "))
        self.assertGreater(len(marks), 450)
        read = {}
        for name, text in self.icinga.objects_of("Host").items():
            found = re.search(r'virt_uuid = "([0-9a-f-]{36})"', text)
            if found:
                read[found[1]] = name
        self.assertEqual(read, marks)

    def test_the_example_in_the_file_is_right(self):
        agent = self.enterContext(self.lab.agent(connect="test:///default?guests=1"))
        self.icinga.configure(agent.ring, "--guest", "web01", "--host-name", "other", "--services", "net")
        with open(os.path.join(self.icinga.objects, "virtscope.conf")) as file:
            example = [line[7:] for line in file.read().splitlines() if line.startswith(" *     ")]
        example = "\n".join(example).replace('"web01"', '"example"')
        self.assertEqual(example.count("object Host"), 2)
        self.icinga.write("objects/example.conf", example)
        self.sound()
        self.assertIn("example!virt cpu", self.icinga.objects_of("Service"))
        self.assertIn('virt_window = "5min"', self.icinga.objects_of("Service")["example!virt cpu"])


class Daemon(LabCase):
    def setUp(self):
        self.lab = self.enterContext(Lab())
        self.stays = self.lab.firmware("stays", uuid=str(uuid.uuid4()))
        self.ended = self.lab.firmware("ended", uuid=str(uuid.uuid4()))
        self.agent = self.enterContext(self.lab.agent(interval="500ms"))
        self.agent.wait_guest(self.stays)
        self.agent.wait_guest(self.ended)
        self.icinga = Icinga(os.path.join(self.lab.folder, "icinga"))

    def expect(self, state, host, service):
        def check():
            entry = self.icinga.status().get((host, service), {})
            if entry.get("has_been_checked") != "1":
                entry = {}
            self.assertEqual((entry.get("current_state"), entry.get("state_type")), (state, "1"),
                             f"{host} {service}: {entry.get('plugin_output')}")
        eventually(check, seconds=40, every=0.3)

    def test_states_follow_the_guests(self):
        self.icinga.configure(self.agent.ring, "--check-interval", "1s", "--services", "state,cpu", "--host-name", "hv")
        own = f"""object Host "own" {{
            import "virt-guest"
            check_interval = 1s
            retry_interval = 1s
            vars.virt_uuid = "{self.stays.uuid}"
            vars.virt_ring = "{self.agent.ring}"
            vars.virt_services = [ "cpu" ]
            vars.virt_options["cpu"] = {{ virt_warning = "@0:100000" }}
        }}"""
        self.icinga.write("objects/own.conf", own)
        self.enterContext(self.icinga)
        for host, service in (("stays", "state"), ("ended", "state"), ("stays", "cpu"), ("hv", "agent")):
            self.expect(_OK, host, f"virt {service}")
        self.expect(_WARNING, "own", "virt cpu")  # by its own options
        self.ended.stop()
        self.expect(_CRITICAL, "ended", "virt state")
        self.expect(_OK, "stays", "virt state")
        self.agent.kill()
        for host, service in (("stays", "state"), ("ended", "state"), ("stays", "cpu"), ("hv", "agent"), ("own", "cpu")):
            self.expect(_UNKNOWN, host, f"virt {service}")


if __name__ == "__main__":
    main()
