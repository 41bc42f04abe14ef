"""Guests of a real libvirtd, idle and kept awake: what one sample costs the agent, libvirtd and QEMU together, beside peers
in the same run; and what happens when three of them hang.

Peers are measured where they are installed: `virsh domstats` each second, prometheus-libvirt-exporter scraped each second,
collectd's virt plugin at an interval of one second.
"""
import os
import shutil
import subprocess
import time
import urllib.request

from measure import cpu_ns
from real_guests import frames

from lab.libvirtd import Libvirtd
from lab.process import spawn, stop
from lab.wait import until

WINDOW_S = 60
EXPORTER_PORT = 19177
_USER_NIC = "<interface type='user'><model type='virtio'/></interface>"
_COLLECTD = """Interval 1
BaseDir "{folder}"
PIDFile "{folder}/pid"
PluginDir "/usr/lib/collectd"
TypesDB "/usr/share/collectd/types.db"
LoadPlugin csv
LoadPlugin virt
<Plugin csv>
  DataDir "{folder}/csv"
</Plugin>
<Plugin virt>
  Connection "qemu:///system"
</Plugin>
"""


class Sampled:
    """CPU microseconds a guest and sample of libvirtd, all QEMU processes and one more process."""

    def __init__(self, daemon, guests, pid=None):
        self._pids = [daemon.pid, *(guest.pid for guest in guests), *([pid] if pid else [])]
        self._guests = len(guests)
        self._began = sum(map(cpu_ns, self._pids))

    def us(self, samples, more_ns=0):
        spent = sum(map(cpu_ns, self._pids)) - self._began + more_ns
        return spent / 1e3 / self._guests / max(samples, 1)


def ours(daemon, guests, settle):
    with daemon.agent(interval="1s", ring_size="64MiB") as agent:
        until(lambda: sum(row["driver"] == "libvirt" for row in agent.guests()) == len(guests), 120,
              why="libvirt tells of all guests")
        time.sleep(settle)
        before, sampled = agent.self_metrics()["frames"], Sampled(daemon, guests, agent.pid)
        time.sleep(WINDOW_S)
        return sampled.us(agent.self_metrics()["frames"] - before)


def domstats(daemon, guests, rounds=10):
    sampled, children = Sampled(daemon, guests), 0
    for _ in range(rounds):
        began = time.monotonic()
        before = os.times()
        daemon.virsh("domstats")
        after = os.times()
        children += int((after.children_user + after.children_system - before.children_user - before.children_system) * 1e9)
        time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    return sampled.us(rounds, children)


def exporter(daemon, guests, rounds=10):
    program = shutil.which("prometheus-libvirt-exporter")
    if not program:
        return None
    process = spawn([program, f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}", "--libvirt.uri=qemu:///system"],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def scrape():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{EXPORTER_PORT}/metrics", timeout=60).read()
        except OSError:
            return None
    try:
        until(scrape, 20, why="the exporter answers")
        sampled = Sampled(daemon, guests, process.pid)
        for _ in range(rounds):
            began = time.monotonic()
            scrape()
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))
        return sampled.us(rounds)
    finally:
        stop(process)


def collectd(daemon, guests, seconds=30):
    program = shutil.which("collectd") or ("/usr/sbin/collectd" if os.path.exists("/usr/sbin/collectd") else None)
    if not program or not os.path.exists("/usr/lib/collectd/virt.so"):
        return None
    folder = os.path.join(daemon.folder, "collectd")
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/conf", "w") as file:
        file.write(_COLLECTD.format(folder=folder))
    process = spawn([program, "-f", "-C", f"{folder}/conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(5)
        sampled = Sampled(daemon, guests, process.pid)
        time.sleep(seconds)
        return sampled.us(seconds)
    finally:
        stop(process)


def compare(daemon, guests, report, what, settle):
    """Our figure and the peers', as ratios."""
    own = ours(daemon, guests, settle)
    report.figure(f"{what}: agent + libvirtd + QEMU, a guest and sample", own, "us", 80 if "idle" in what else None)
    bars = {"exporter": 1 / 3, "collectd": 1 / 5} if "idle" not in what else {}
    for name, measured in (("virsh domstats", domstats), ("exporter", exporter), ("collectd", collectd)):
        theirs = measured(daemon, guests)
        if theirs is None:
            print(f"{name}: not installed, left out", flush=True)
            continue
        report.figure(f"{what}: {name}, a guest and sample", theirs, "us")
        report.figure(f"{what}: ours as a ratio to {name}", own / theirs, "", bars.get(name))


def three_hang(daemon, guests, report):
    hung = guests[:3]
    names = {guest.name for guest in hung}
    with daemon.agent(number=2, interval="1s") as agent:
        until(lambda: sum(row["driver"] == "libvirt" for row in agent.guests()) == len(guests), 120,
              why="libvirt tells of all guests")
        time.sleep(5)
        start = agent.sequence()
        for guest in hung:
            guest.freeze()
        time.sleep(12)
        began = time.monotonic()
        daemon.virsh("dominfo", guests[-1].name)
        report.figure("3 stopped: virsh dominfo of another guest", (time.monotonic() - began) * 1e3, "ms", 1000)
        thaw_at = agent.sequence()
        for guest in hung:
            guest.thaw()
        time.sleep(5)
        seen = frames(agent.ring, start, "guest.stale", "guest.cpu_time")
    during = [frame for frame in seen if frame["sequence"] <= thaw_at]
    after = [frame for frame in seen if frame["sequence"] > thaw_at]
    others = sum(guest["stale"] or guest["quality"] != "fresh" for frame in during
                 for name, guest in frame["guests"].items() if name not in names)
    report.figure("3 stopped: frames in which another guest was not fresh", others, "", 0)
    back = [sum(frame["guests"][name]["stale"] for name in names) for frame in after]
    fresh = next((i for i, count in enumerate(back) if count == 0), len(back))
    report.figure("3 continued: ticks until all are fresh", fresh + 1, "ticks", 2)


def run(lab, report, counts=(10, 50, 200)):
    del lab  # libvirt's guests are libvirtd's
    for count in counts:
        with Libvirtd() as daemon:
            guests = [daemon.define(f"idle{i:03}").start() for i in range(count)]
            compare(daemon, guests, report, f"libvirt, {count} idle", settle=70)
            if count == 50:
                three_hang(daemon, guests, report)
    with Libvirtd() as daemon:
        guests = [daemon.define(f"half{i:03}", devices=_USER_NIC if i % 2 else "").start() for i in range(50)]
        compare(daemon, guests, report, "libvirt, 50, half of them kept awake", settle=20)
