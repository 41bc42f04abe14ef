"""virt-top on a terminal: what a redraw, a refresh and the first screen cost, and what is written to the terminal."""
import re
import subprocess
import time

from measure import Window, cpu_ns, median
from real_guests import TOOLS, start_guests
from simulated_guests import program

from lab import Teletype, until

DELAY_S = 1.0
WINDOW_S = 30
# What the original costs and does (virt-top 1.0.9 with libvirtd 9.0, 50 idle guests, libvirtd and QEMU included).
ORIGINAL_US = 7400


def top(ring, *options, **size):
    return Teletype([program("virt-top"), "--ring", ring, "-d", str(DELAY_S), *options], **size)


def drawn(tty):
    tty.expect(lambda text: "NAME" in text, why="the guests")
    tty.quiet(0.3)


def redraw(report):
    for guests, bar in ((1000, 5), (10_000, 20)):
        out = subprocess.run([f"{TOOLS}/redraw_cost", str(guests)], capture_output=True, text=True, check=True).stdout
        for what, cost in re.findall(r"guests, (.*): ([0-9.]+) ms", out):
            report.figure(f"redraw of 200x50, {guests:,} guests, {what}: CPU", float(cost), "ms", bar)


def refresh(report, ring, what, bytes_bar=None):
    """CPU and bytes of refreshes nobody asked for, at the usual size and at a large one."""
    for columns, lines in ((120, 50), (200, 100)):
        with top(ring, columns=columns, lines=lines) as tty:
            drawn(tty)
            time.sleep(2)
            cpu, count = cpu_ns(tty.process.pid), len(tty.bytes)
            time.sleep(WINDOW_S)
            share = (cpu_ns(tty.process.pid) - cpu) / 1e9 / WINDOW_S
            written = (len(tty.bytes) - count) / (WINDOW_S / DELAY_S)
        report.figure(f"{what}, {columns}x{lines}: CPU of a refresh a second, of one CPU", share * 100, "%", 0.5)
        report.figure(f"{what}, {columns}x{lines}: bytes to the terminal a refresh", written, "B", bytes_bar)


def first_screen(lab, report):
    with lab.agent(connect="test:///default?guests=1000&churn=0", ring_size="64MiB") as agent:
        agent.wait_frames(3)
        took = []
        for _ in range(9):
            began = time.monotonic()
            with Teletype([program("virt-top"), "--ring", agent.ring, "-d", "100"], columns=200, lines=50) as tty:
                drawn(tty)
                took.append((tty.last_byte - began) * 1e3)
        report.figure("start to the first screen on a ring of 1,000 guests, median", median(took), "ms", 150)


def run(lab, report):
    redraw(report)
    first_screen(lab, report)
    with lab.agent(connect="test:///default?guests=200&churn=0") as agent:
        agent.wait_frames(3)
        refresh(report, agent.ring, "200 simulated guests, all busy")


def run_real(lab, report, count=200, like_the_originals=50):
    guests = start_guests(lab, count)
    with lab.agent() as agent:
        until(lambda: len(agent.guests()) == count, 60, why=f"{count} guests")
        time.sleep(35)  # the questions of the start are behind
        refresh(report, agent.ring, f"{count} idle guests", 2048)
    for guest in guests[like_the_originals:]:
        guest.stop()
    beside_the_original(lab, report, guests[:like_the_originals])


def beside_the_original(lab, report, guests):
    with lab.agent() as agent:
        until(lambda: len(agent.guests()) == len(guests), 60, why=f"{len(guests)} guests")
        with top(agent.ring, columns=120, lines=60) as tty:
            drawn(tty)
            time.sleep(35)
            cpu, frames = cpu_ns(tty.process.pid), agent.sequence()
            with Window(agent.pid, [guest.pid for guest in guests]) as window:
                time.sleep(WINDOW_S)
            top_us = (cpu_ns(tty.process.pid) - cpu) / 1e3
            samples = (agent.sequence() - frames) * len(guests)
            ours = (window.agent_us + window.guests_us + top_us) / samples
            report.figure(f"{len(guests)} idle guests: virt-top, a guest and sample", top_us / samples, "us")
            report.figure(f"{len(guests)} idle guests: agent, QEMU and virt-top, a guest and sample", ours, "us")
            report.figure("the original's (known): libvirtd, QEMU and virt-top, a guest and sample", ORIGINAL_US, "us")
            while_one_is_stopped(report, tty, guests)


def while_one_is_stopped(report, tty, guests):
    guests[0].freeze()
    tty.expect(lambda text: "Stale: 1" in text, why="the stopped guest")
    clocks = set()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        clocks.add(tty.lines()[0][:17])
        time.sleep(0.1)
    guests[0].thaw()
    report.figure(f"{len(guests)} guests, one stopped: screens in 10 s, one a second", len(clocks), "", 9, least=True)
    report.figure("the original's (known): screens while one guest is stopped", 0, "")
