"""check_virt on a ring of 1,000 guests with a window of five minutes, a passive run over all of them, and one check beside what
checks by virsh cost: the same question put to a real libvirtd.
"""
import os
import tempfile
import time

from measure import child_cost, median, percentile
from libvirt_guests import domstats
from simulated_guests import program

from lab.libvirtd import Libvirtd
from lab.wait import until

WINDOW_S = 300
RUNS = 200
PEER_GUESTS = 20


def cost(report, what, words, wall=None, cpu=None, runs=RUNS):
    walls, cpus = child_cost([program("check_virt"), *words], runs)
    report.figure(f"{what}: wall, median", median(walls), "ms")
    report.figure(f"{what}: wall, 99th percentile", percentile(walls, 0.99), "ms", wall)
    report.figure(f"{what}: CPU, median", median(cpus), "ms", cpu)


def on_a_thousand(lab, report):
    with lab.agent(connect="test:///default?guests=1000", ring_size="512MiB") as agent:
        time.sleep(WINDOW_S + 20)
        window = ["--ring", agent.ring, "--window", "5m"]
        cost(report, "1,000 guests, 5 min: cpu of one", ["cpu", *window, "--guest", "web01", "-w", "80"], 10, 5)
        cost(report, "1,000 guests, 5 min: cpu of all", ["cpu", *window, "-w", "80", "-c", "95"], 10, 5)
        cost(report, "1,000 guests, 5 min: block of all", ["block", *window, "-w", "latency=1"])
        cost(report, "1,000 guests, 5 min: p95 of one", ["cpu", *window, "--guest", "web01", "--stat", "p95", "-w", "80"])
        cost(report, "1,000 guests: state", ["state", "--ring", agent.ring], 10, 5)
        with tempfile.TemporaryDirectory() as folder:
            passive = ["cpu", *window, "--passive", os.path.join(folder, "results"), "-w", "80"]
            cost(report, "1,000 guests, 5 min: passive cpu of each", passive, cpu=50, runs=30)


def beside_virsh(report):
    """The question is the same: each guest's CPU time. What checks by virsh ask once more for a rate is not counted."""
    with Libvirtd() as daemon:
        guests = [daemon.define(f"checked{i:02}").start() for i in range(PEER_GUESTS)]
        with daemon.agent(interval="1s") as agent:
            until(lambda: sum(row["driver"] == "libvirt" for row in agent.guests()) == PEER_GUESTS, 120,
                  why="libvirt tells of all guests")
            time.sleep(10)
            _, ours = child_cost([program("check_virt"), "cpu", "--ring", agent.ring, "-w", "80"], 50)
        own = sum(ours) / len(ours)
        theirs = domstats(daemon, guests) * PEER_GUESTS / 1e3
        report.figure(f"a check of {PEER_GUESTS} guests: check_virt, CPU", own, "ms")
        report.figure(f"a check of {PEER_GUESTS} guests: virsh domstats with libvirtd and QEMU, CPU", theirs, "ms")
        report.figure("a check: check_virt as a ratio to virsh", own / theirs, "")


def run(lab, report):
    on_a_thousand(lab, report)
    beside_virsh(report)
