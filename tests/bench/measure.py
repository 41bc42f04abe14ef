"""Measuring: CPU of processes by their clocks, bars, and the report.

CPU is the process CPU clock (utime + stime of all threads, exited ones too, in ns), before and after,
of the agent and of all QEMU processes; divided by guests and samples. Nothing is subtracted.
"""
import os
import platform
import resource
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "host"))


def cpu_ns(pid):
    """The clock of clock_getcpuclockid(3) for a process."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def private_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Window:
    """CPU of some processes between enter and exit, in microseconds."""

    def __init__(self, agent, guests):
        self._agent, self._guests = agent, guests

    def __enter__(self):
        self._before = cpu_ns(self._agent), sum(map(cpu_ns, self._guests))
        return self

    def __exit__(self, *_):
        self.agent_us = (cpu_ns(self._agent) - self._before[0]) / 1e3
        self.guests_us = (sum(map(cpu_ns, self._guests)) - self._before[1]) / 1e3


class Report:
    """Figures with their bars; remembers whether all were met."""

    def __init__(self):
        self.failed = 0
        self.rows = []

    def figure(self, what, value, unit, bar=None, least=False):
        met = bar is None or (value >= bar if least else value <= bar)
        self.failed += not met
        limit = "" if bar is None else f"{'>=' if least else '<='} {bar:g} {unit}"
        verdict = "" if bar is None else "met" if met else "MISSED"
        self.rows.append((what, f"{value:.4g} {unit}", limit, verdict))
        print(f"{what:<74} {value:>10.4g} {unit:<8} {limit:<16} {verdict}", flush=True)

    def markdown(self):
        lines = ["| what | figure | bar | |", "| --- | --- | --- | --- |"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in self.rows])


def machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), "unknown CPU")
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return f"{os.cpu_count()} CPUs ({model}), Linux {platform.release()}, {qemu}"


def child_cost(argv, runs, **options):
    """Wall and CPU of a short program, per run: lists of milliseconds."""
    walls, cpus = [], []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options)
        walls.append((time.monotonic() - began) * 1e3)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return walls, cpus


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


median = statistics.median
