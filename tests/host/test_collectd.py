#!/usr/bin/env python3
"""Our plugin in Debian's collectd: what its csv plugin writes against the ring, over outages of the agent and of
collectd, with hostile names, as a child of the exec plugin, and beside collectd's own virt plugin on the same guests."""
import json
import os
import re
import socket
import subprocess
import time

from lab import Lab, LabCase, main, need_program, program, until
from lab.collectd import Collectd, ours
from lab.exporter import free_port
from lab.libvirtd import Libvirtd
from lab.rrd import fetch, known

_TAP = "<interface type='ethernet'><target dev='vscol{}' managed='yes'/><model type='virtio'/></interface>"
_EXTRA = 'ExtraStats "cpu_util disk domain_state memory vcpu"'


def rate(rows, source=0):
    """Over all of them."""
    return (rows[-1][1][source] - rows[0][1][source]) / (rows[-1][0] - rows[0][0])


def gaps(rows):
    """Between the times of rows."""
    times = [time for time, _ in rows]
    return [later - time for time, later in zip(times, times[1:])]


class Simulated(LabCase):
    def setUp(self):
        self.lab = Lab()
        self.addCleanup(self.lab.close)

    def collectd(self, ring, *options, more="", **settings):
        collectd = Collectd(self.lab.folder, more + ours(ring, *options), **settings)
        self.addCleanup(collectd.stop)
        return collectd

    def test_csv_is_what_history_tells(self):
        with self.lab.agent(connect="test:///default?guests=3", interval="500ms") as agent:
            collectd = self.collectd(agent.ring, interval=0.5)
            with collectd:
                agent.wait_frames(12)
            guest = agent.guests()[0]["name"]
            rows = agent.ask("history", guest, "--step", "0", "--metric", "cpu_time,memory_resident")["rows"]
        series = collectd.series("virtscope")
        told = series[(guest, "virt_cpu_total")]
        self.assertGreaterEqual(len(told), 10)
        rates = [row["values"][0] for row in rows]
        for before, now in zip(told, told[1:]):
            own = rate([before, now])  # csv has ms: one in 500
            self.assertTrue(any(known and abs(own / known - 1) < 0.005 for known in rates), (own, rates))
        resident = {row["values"][1] for row in rows}
        for _, values in series[(guest, "memory-rss")]:
            self.assertIn(values[0], resident)
        self.assertEqual(collectd.notifications(), [])
        self.check_own(collectd.series("virt_exporter-collectd"), 10, "collecting")

    def check_own(self, series, frames, host):
        """What we say of ourselves."""
        self.assertEqual({host for host, _ in series}, {host})
        self.assertGreaterEqual(series[(host, "derive-frames")][-1][1][0], frames)
        self.assertGreater(series[(host, "derive-samples")][-1][1][0], 3 * frames)
        for kind in ("derive-frames_lost", "derive-errors"):
            self.assertEqual({values[0] for _, values in series[(host, kind)]}, {0}, kind)
        self.assertLess(series[(host, "duration-lag")][-1][1][0], 4)  # silent for longer, the agent is away, and there is none
        self.assertGreater(rate(series[(host, "virt_cpu_total")]), 0)
        self.assertLess(rate(series[(host, "virt_cpu_total")]), 5e8)  # of half a CPU

    def test_an_agent_that_dies_and_comes_back_is_told_once_each(self):
        agent = self.lab.agent(connect="test:///default?guests=2").start()
        self.addCleanup(agent.stop)
        with self.collectd(agent.ring) as collectd:
            until(lambda: collectd.series("virtscope"), 10, why="values")
            agent.kill()
            until(collectd.notifications, 15, why="it is told")
            time.sleep(4)
            self.assertEqual([severity for severity, _ in collectd.notifications()], ["FAILURE"])
            self.assertRegex(collectd.notifications()[0][1], r"no new sample; does virtscoped run\?$")
            agent.start()
            until(lambda: len(collectd.notifications()) > 1, 15, why="it is told")
            time.sleep(4)
            self.assertEqual([severity for severity, _ in collectd.notifications()], ["FAILURE", "OKAY"])
            self.assertNotIn("read-function", collectd.said())  # collectd suspends readers that fail
        rows = next(iter(collectd.series("virtscope").values()))
        self.assertGreater(max(gaps(rows)), 3)
        self.assertLess(gaps(rows)[-1], 1.5)

    def test_what_collectd_missed_is_there_when_it_is_back(self):
        with self.lab.agent(connect="test:///default?guests=4", interval="100ms") as agent:
            collectd = self.collectd(agent.ring, interval=0.1)
            with collectd:
                until(lambda: collectd.series("virtscope"), 10, why="values")
                agent.wait_frames(20)
            agent.wait_frames(300, 60)
            with collectd:
                until(lambda: "virtscope.position" in os.listdir(collectd.folder), 5)
                last = agent.sequence()
                until(lambda: self.position(collectd) >= last, 60, why="it has caught up")
                time.sleep(1)
            frames = agent.frames_since(0, "guest.cpu_time")
        series = collectd.series("virtscope")
        for guest in frames[0]["guests"]:
            rows = series[(guest, "virt_cpu_total")]
            by_value = {frame["guests"][guest]["cpu_time"]: frame for frame in frames}
            sent = [by_value[int(values[0])] for _, values in rows]
            # None is missing, none is there twice, and they are in their order.
            first = sent[0]["sequence"]
            self.assertEqual([frame["sequence"] for frame in sent], list(range(first, first + len(sent))))
            self.assertGreater(len(sent), 310)
            for (at, _), frame in zip(rows, sent):
                self.assertLess(abs(at - frame["realtime"] / 1e9), 0.05)  # a row has its own time in its frame
            for (at, _), (later, _) in zip(rows, rows[1:]):
                self.assertLess(at, later)

    def test_ten_minutes_are_back_filled_into_csv_and_rrds(self):
        """As an agent's ring has them after collectd was stopped for ten minutes."""
        ring = os.path.join(self.lab.folder, "past")
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "past_ring")
        zero = time.monotonic() - 620

        def add(start, end):
            subprocess.run([tool, ring, str(zero), str(start), str(end)], check=True)
        add(1, 15)
        rrds = os.path.join(self.lab.folder, "rrds")
        need_program("rrdtool", "rrdtool")
        more = (f'PluginDir "/usr/lib/collectd"\nLoadPlugin rrdtool\n<Plugin rrdtool>\n  DataDir "{rrds}"\n'
                '  RRATimespan 3600\n  RRARows 3600\n</Plugin>\n')
        collectd = Collectd(self.lab.folder, more + ours(ring))
        with collectd:
            until(lambda: os.path.exists(f"{collectd.folder}/virtscope.position"), 10, why="it has read")
            time.sleep(1)
        add(16, 615)
        with collectd:
            until(lambda: self.position(collectd) >= 615, 60, why="it has caught up")
            time.sleep(1)
        for number, guest in enumerate(("guest-1-0", "guest-1-1"), 1):
            rows = collectd.series("virtscope")[(guest, "virt_cpu_total")]
            self.assertEqual([values[0] for _, values in rows], [n * 1e6 * number for n in range(15, 616)])
            boot = time.time() - time.monotonic()
            for n, (at, _) in enumerate(rows, 15):
                self.assertAlmostEqual(at, boot + zero + n, delta=0.01)
            # As rrdtool gives them back: a rate for each second, the one that it was.
            rates = known(fetch(f"{rrds}/{guest}/virtscope/virt_cpu_total.rrd", 1), "value")
            self.assertGreaterEqual(len(rates), 598)
            self.assertEqual(sorted(rates), list(range(min(rates), min(rates) + len(rates))))
            self.assertAlmostEqual(min(rates), boot + zero + 17, delta=2)
            for at, value in rates.items():
                self.assertAlmostEqual(value / (1e6 * number), 1, delta=0.001, msg=at)
        self.assertNotRegex(collectd.said(), r"(?i)too old|rrd_update|illegal attempt|value_time")

    @staticmethod
    def position(collectd):
        with open(f"{collectd.folder}/virtscope.position") as file:
            return int(re.search(r'"sequence":(\d+)', file.read()).group(1))

    def test_the_network_plugin_carries_them_to_another_collectd(self):
        port = free_port(socket.SOCK_DGRAM)
        # Packets come in bursts, and collectd's csv plugin is not made for two threads with values of one new series.
        far = Collectd(self.lab.folder, "WriteThreads 1\n" + self.network(f'Listen "127.0.0.1" "{port}"'), name="far",
                       hostname="far")
        with self.lab.agent(connect="test:///default?guests=3", interval="500ms") as agent:
            near = self.collectd(agent.ring, interval=0.5, more=self.network(f'Server "127.0.0.1" "{port}"'))
            with far:
                with near:
                    agent.wait_frames(14)
                sent = near.series()
                count = sum(len(rows) for rows in sent.values())
                until(lambda: sum(len(rows) for rows in far.series().values()) >= count, 20, why="all has arrived")
            received = far.series()
        # Host, plugin, instance, type, its instance, each time and each value.
        self.assertEqual(received, sent)
        self.assertEqual(len({host for host, _ in sent}), 4)  # three guests, and the host with what the plugin says of itself
        self.assertGreaterEqual(min(len(rows) for (host, kind), rows in received.items() if kind == "virt_cpu_total"), 10)
        self.assertEqual(far.said().count("[err]"), 0, far.said())

    @staticmethod
    def network(line):
        return f'PluginDir "/usr/lib/collectd"\nLoadPlugin network\n<Plugin network>\n  {line}\n</Plugin>\n'

    def test_two_instances_of_options_and_a_refusal(self):
        with self.lab.agent(connect="test:///default?guests=8") as agent:
            names = sorted(guest["name"] for guest in agent.guests())
            block = f'<Plugin virtscope>\n  Domain "{names[0]}"\n  HostnameFormat uuid name\n</Plugin>\n'
            collectd = Collectd(self.lab.folder, ours(agent.ring, f'Domain "{names[1]}"', "Nonsense 1") + block)
            with collectd:
                until(lambda: len({host for host, _ in collectd.series("virtscope")}) == 2, 10, why="two guests")
            self.assertIn("unknown option Nonsense", collectd.said())
            uuids = {guest["name"]: guest["uuid"] for guest in agent.guests()}
            self.assertEqual({host for host, _ in collectd.series("virtscope")}, {f"{uuids[name]}:{name}" for name in names[:2]})
            refused = Collectd(self.lab.folder, ours(agent.ring, 'Domain "/(/"'), name="refused")
            with self.assertRaises(AssertionError):
                refused.start()
            self.assertIn("Domain: '/(/': no regular expression", refused.said())

    def test_a_child_names_its_own_options(self):
        for words, says in ((("--hostname-format", "colour"), "--hostname-format 'colour' must be some of name"),
                            (("--extra-stats", "nonsense"), "--extra-stats 'nonsense' is no selector"),
                            (("--domain", "/(/"), "--domain '/(/': no regular expression")):
            got = subprocess.run([program("virtscope-export"), "collectd-exec", *words], capture_output=True, text=True,
                                 timeout=20)
            self.assertEqual((got.returncode, got.stdout, got.stderr.count("\n")), (2, "", 1), got.stderr)
            self.assertTrue(got.stderr.startswith(f"virtscope-export: {says}"), got.stderr)

    def test_hostile_guests_leave_no_folder(self):
        ring = os.path.join(self.lab.folder, "hostile")
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "hostile_ring")
        subprocess.run([tool, ring, "200"], check=True)
        with self.collectd(ring) as collectd:
            until(lambda: collectd.series(), 10, why="values")
            time.sleep(2)
        root = os.path.join(collectd.folder, "csv")
        hosts = os.listdir(root)
        listed = subprocess.run([program("virtscope"), "list", "--ring", ring, "--format", "json"],
                                capture_output=True, text=True).stdout
        self.assertEqual(len(hosts) - 1, len({guest["uuid"] for guest in json.loads(listed)["guests"]}))
        self.assertEqual([name for name in os.listdir(collectd.folder) if name not in
                          ("conf", "csv", "log", "out", "pid", "virtscope.position")], [])
        hosts.remove("collecting")
        self.assertEqual(os.listdir(os.path.join(root, "collecting")), ["virt_exporter-collectd"])
        for host in hosts:
            self.assertEqual(os.listdir(os.path.join(root, host)), ["virtscope"])
            self.assertNotRegex(host, r"[\x00-\x1f\x7f]")
        self.assertNotIn("Value too old", collectd.said())
        self.assertNotIn("uc_update", collectd.said())

    def test_a_child_of_the_exec_plugin_sends_the_same(self):
        user = "nobody"
        with self.lab.agent(connect="test:///default?guests=3") as agent:
            os.chmod(self.lab.folder, 0o755)
            os.chmod(agent.ring, 0o644)
            child = f'Exec "{user}" "{program("virtscope-export")}" "collectd-exec" "--ring" "{agent.ring}"'
            execs = f"LoadPlugin exec\n<Plugin exec>\n  {child}\n</Plugin>"
            by_exec = Collectd(self.lab.folder, execs, name="exec")
            by_plugin = self.collectd(agent.ring)
            with by_exec, by_plugin:
                agent.wait_frames(6)
                agent.kill()
                until(lambda: by_exec.notifications() and by_plugin.notifications(), 15, why="both tell of it")
            self.assertEqual(by_exec.notifications()[0], by_plugin.notifications()[0])
        self.check_own(by_exec.series("virt_exporter-collectd-exec"), 5, "collecting")
        theirs, own = by_exec.series("virtscope"), by_plugin.series("virtscope")
        self.assertEqual(set(theirs), set(own))
        for name, rows in own.items():
            others = dict((at, values) for at, values in theirs[name])
            shared = [(values, others[at]) for at, values in rows if at in others]
            self.assertGreaterEqual(len(shared), 3, name)
            for values, other in shared:
                self.assertEqual([f"{value:.6g}" for value in values], [f"{value:.6g}" for value in other], name)


class BesideVirt(LabCase):
    """The same guests through collectd's virt plugin and through ours with its name."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.enterClassContext(Libvirtd())
        cls.daemon.define("busy", code="spin", vcpus=2, disks=("vda", "vdb"),
                          devices=_TAP.format(1) + _TAP.format(2)).start()
        cls.daemon.define("idle", devices=_TAP.format(3)).start()
        cls.daemon.define("off")
        cls.daemon.define("paused").start()
        cls.daemon.virsh("suspend", "paused")

    def both(self, seconds, ready, *options):
        """What the two wrote about the same guests."""
        lines = "\n".join(options)
        virt = f'LoadPlugin virt\n<Plugin virt>\n  Connection "qemu:///system"\n  RefreshInterval 4\n{lines}\n</Plugin>'
        with self.daemon.agent() as agent:
            until(lambda: ready(agent), 60, why="libvirt has told of all guests")
            theirs = Collectd(self.daemon.folder, virt, name="theirs" + self.id())
            own = Collectd(self.daemon.folder, ours(agent.ring, 'PluginName "virt"', *options), name="ours" + self.id())
            with theirs, own:
                time.sleep(seconds)
        return theirs.series(), own.series()

    @staticmethod
    def disks_known(agent):
        rows = agent.ask("list", "--all")["guests"]
        running = [row for row in rows if row["state"] == "running"]
        return len(rows) == 4 and len(running) == 2 and all(
            "read_ops" in disk for row in running for disk in agent.ask("info", row["uuid"])["disks"])

    def test_same_series_and_same_rates(self):
        theirs, own = self.both(40, self.disks_known, _EXTRA)
        self.assertGreater(len(theirs), 40)
        self.assertEqual(set(theirs) - set(own), set())
        # What virt leaves out: guests that are paused.
        self.assertEqual({host for host, _ in set(own) - set(theirs)}, {"paused"})
        for name in (("busy", "virt_cpu_total"), ("busy", "virt_vcpu-0")):
            # libvirt has 10 ms of CPU time, so both ends count.
            self.assertAlmostEqual(rate(own[name]) / rate(theirs[name]), 1, delta=0.01, msg=name)
        for kind in ("memory-total", "memory-actual_balloon", "disk_octets-vdb", "disk_ops-vda", "if_octets-vscol1", "if_packets-vscol2"):
            self.assertEqual(own[("busy", kind)][-1][1], theirs[("busy", kind)][-1][1], kind)
        for host, state in (("busy", 1), ("off", 5), ("paused", 3)):
            self.assertEqual(own[(host, "domain_state")][-1][1][0], state)
            self.assertEqual(theirs[(host, "domain_state")][-1][1][0], state)
        # Trap: virt has no share of CPU after each refresh of its lists; we have it always but the first time.
        share = ("busy", "percent-virt_cpu_total")
        self.assertLess(len(theirs[share]), len(theirs[("busy", "virt_cpu_total")]) - 4)
        self.assertGreaterEqual(len(own[share]), len(own[("busy", "virt_cpu_total")]) - 1)
        # csv has no value where there is a gap: as many rows as seconds.
        self.assertLess(max(gaps(own[share])), 1.5)

    def test_same_names_whatever_the_formats(self):
        theirs, own = self.both(6, self.disks_known, 'ExtraStats "disk vcpu"', "BlockDeviceFormat source",
                                "InterfaceFormat number", "HostnameFormat hostname name uuid",
                                "PluginInstanceFormat uuid name", 'BlockDevice "/vdb/"', 'Domain "idle"',
                                'Domain "paused"', "IgnoreSelected true")
        self.assertEqual(set(theirs), set(own))
        self.assertIn("flush-_", "".join(name for _, name in own))

    def test_starts_and_stops_are_told_as_virt_tells_them(self):
        guest = self.daemon.define("moving")
        virt = 'LoadPlugin virt\n<Plugin virt>\n  Connection "qemu:///system"\n</Plugin>'
        with self.daemon.agent() as agent:
            until(lambda: len(agent.ask("list", "--all")["guests"]) == 5, 60, why="all guests")
            theirs = Collectd(self.daemon.folder, virt, name="theirs.moving")
            own = Collectd(self.daemon.folder, ours(agent.ring, 'PluginName "virt"'), name="ours.moving")
            with theirs, own:
                guest.start()
                until(lambda: own.notifications(), 20, why="its start is told")
                self.daemon.virsh("suspend", "moving")
                until(lambda: any("paused" in text for _, text in own.notifications()), 20, why="its pause is told")
                guest.destroy()
                until(lambda: any("shut off" in text for _, text in own.notifications()), 20, why="its end is told")
        self.daemon.virsh("undefine", "moving")
        self.daemon.domains.remove(guest)

        def states(collectd):
            """Severity and state, without the reason, which a ring mostly does not know; each once."""
            told = [(severity, text.split(". Reason")[0]) for severity, text in collectd.notifications()]
            return [one for at, one in enumerate(told) if at == 0 or one != told[at - 1]]
        self.assertEqual(states(own)[-1], ("OKAY", "Domain state: the domain is shut off"))
        self.assertLessEqual(set(states(own)), set(states(theirs)))
        self.assertIn(("WARNING", "Domain state: the domain is paused by user"), states(own))


if __name__ == "__main__":
    main()
