"""collectd: what our plugin costs beside collectd's virt plugin, on idle guests of a real libvirtd; and what it takes to
hand collectd one value.

The cost is all of it: collectd, libvirtd, every QEMU process and, for ours, the agent. Both write nothing: what writing
takes is the same for both, and a collectd without a reader is taken off neither.
"""
import os
import subprocess
import time

from measure import cpu_ns

from lab.agent import program
from lab.collectd import Collectd, ours
from lab.libvirtd import Libvirtd
from lab.wait import until

GUESTS = 50
WINDOW_S = 60
_VIRT = 'LoadPlugin virt\n<Plugin virt>\n  Connection "qemu:///system"\n</Plugin>'


def spent(pids, seconds):
    """CPU microseconds a second of some processes."""
    before = sum(map(cpu_ns, pids))
    began = time.monotonic()
    time.sleep(seconds)
    return (sum(map(cpu_ns, pids)) - before) / 1e3 / (time.monotonic() - began)


def beside_virt(report):
    with Libvirtd() as daemon:
        guests = [daemon.define(f"idle{i:03}").start() for i in range(GUESTS)]
        machines = [daemon.pid, *(guest.pid for guest in guests)]
        with Collectd(daemon.folder, _VIRT, name="theirs", csv=False) as collectd:
            time.sleep(5)
            theirs = spent([collectd.pid, *machines], WINDOW_S) / GUESTS
        with daemon.agent(interval="1s", ring_size="64MiB") as agent:
            until(lambda: sum(row["driver"] == "libvirt" for row in agent.guests()) == GUESTS, 120,
                  why="libvirt tells of all guests")
            with Collectd(daemon.folder, ours(agent.ring, 'PluginName "virt"'), name="ours", csv=False) as collectd:
                time.sleep(60)  # until idle guests are asked as rarely as they are later on
                own = spent([collectd.pid, agent.pid, *machines], WINDOW_S) / GUESTS
                reader = spent([collectd.pid], 20) / GUESTS
    report.figure(f"collectd, {GUESTS} idle guests: virt plugin, all processes, a guest and sample", theirs, "us")
    report.figure(f"collectd, {GUESTS} idle guests: virtscope.so with the agent, a guest and sample", own, "us")
    report.figure("of it collectd with virtscope.so", reader, "us")
    report.figure("collectd: ours as a ratio to virt", own / theirs, "", 1 / 20)


def values_a_sample(ring):
    """Of all guests; counted at what the exec child sends, which is the same."""
    child = subprocess.Popen([program("virtscope-export"), "collectd-exec", "--ring", ring], stdout=subprocess.PIPE,
                             text=True, env={**os.environ, "COLLECTD_INTERVAL": "1"})
    time.sleep(4)
    child.terminate()
    lines = [line.split('"')[1] for line in child.communicate()[0].splitlines() if line.startswith("PUTVAL")]
    return len(lines) / max(lines.count(lines[0]), 1)


def readers_us(pid):
    """CPU of the threads that read, which is all that a plugin's read callback takes, in microseconds."""
    spent_us = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm") as comm:
            if not comm.read().startswith("reader"):
                continue
        with open(f"/proc/{pid}/task/{thread}/schedstat") as schedstat:
            spent_us += int(schedstat.read().split()[0]) / 1e3
    return spent_us


def dispatch(lab, report, guests=1000):
    """Every value there is of 1,000 busy guests: what a second of them costs, a value."""
    with lab.agent(connect=f"test:///default?guests={guests}", ring_size="64MiB") as agent:
        agent.wait_frames(2)
        values = values_a_sample(agent.ring)
        with Collectd(lab.folder, ours(agent.ring), csv=False) as collectd:
            time.sleep(5)
            before, began = readers_us(collectd.pid), time.monotonic()
            us = spent([collectd.pid], 15)
            reading = (readers_us(collectd.pid) - before) / (time.monotonic() - began)
        report.figure(f"collectd, {guests:,} simulated guests: values a second", values, "")
        report.figure("virtscope.so: from the ring into collectd's queue, a value", reading / values, "us", 5)
        report.figure("collectd in all, its cache included, a value", us / values, "us")


def run(lab, report):
    dispatch(lab, report)
    beside_virt(report)
