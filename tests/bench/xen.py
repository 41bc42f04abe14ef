"""A tick of 1,000 made-up domains, quiet and in a storm of watch events; and a tick on a Xen host beside what libxenstat and xentop take for the same domains, in one run in the lab's Domain-0.

Guests are paused meanwhile: they would take the one CPU, and that is of no interest here. Times under emulation mean nothing by
themselves; their ratio does."""
import json
import os
import subprocess
import sys

from measure import HERE, median

from lab.agent import program
from lab.needs import need

sys.path.insert(0, os.path.join(HERE, "..", "xen"))

from xenlab import XenLab
from xenlab.frames import frames

_SCRIPT = """
set -e
for guest in guest1 guest2; do xl pause $guest; done
for round in 1 2 3; do
    xenstat_costs 30 >xenstat.$round
    sample_costs xen:/// 100 >ours.$round
done
start_agent --connect xen:/// --interval 500ms
wait_for 60 frame_is_there 45
stop_agent
cp "$VIRTSCOPE_RING" ring
TIMEFORMAT='%U %S'
{ time xentop -b -i 20 -d 1 >/dev/null; } 2>xentop.txt
"""
_XENTOP_SAMPLES = 20
_WARM = 5  # frames at the beginning, in which files are opened


def rounds(result, name):
    """Medians of wall and of CPU a call, in microseconds, and the number of domains."""
    told = [json.loads(result.text(f"{name}.{number}")) for number in (1, 2, 3)]  # in turns: the machine has others' work, too
    wall = median([wall for asked in told for wall in asked["wall_ns"]])
    return wall / 1e3, median([asked["cpu_ns"] for asked in told]) / 1e3, told[0].get("domains")


def ticks(result):
    """Medians of wall of a tick and CPU of the agent a tick, in microseconds."""
    warm = frames(result.folder / "ring", "agent.tick_duration", "agent.cpu_time")[_WARM:]
    agents = [frame["agent"] for frame in warm]
    cpu = (agents[-1]["cpu_time"] - agents[0]["cpu_time"]) / (len(agents) - 1)
    return median([agent["tick_duration"] for agent in agents]) / 1e3, cpu / 1e3


def made_up(tests, report):
    """What the tick's thread uses: a domain has two vCPUs and a disk, every fourth disk is at work."""
    told = subprocess.run([os.path.join(tests, "xen_costs"), "1000"], check=True, capture_output=True, text=True)
    costs = json.loads(told.stdout)
    report.figure("Xen, 1,000 made-up domains: CPU of a tick, median", costs["cpu_ms"], "ms", 5)
    report.figure("Xen, 1,000 made-up domains: a tick, wall, median", costs["wall_ms"], "ms")
    report.figure("Xen: watch events a second in the storm", costs["events_per_s"], "")
    report.figure("Xen: CPU of a tick in the storm, of that without", costs["storm_cpu_ms"] / costs["cpu_ms"], "", 1.25)


def run(_, report):
    tests = os.path.join(os.path.dirname(os.path.dirname(program("virtscoped"))), "tests")
    made_up(tests, report)
    costs = os.path.join(tests, "xenstat_costs")
    need(os.path.exists(costs), "xenstat_costs is not built (package libxen-dev)")
    result = XenLab().run(_SCRIPT, ["virtscoped", "virtscope", costs, os.path.join(tests, "sample_costs")], seconds=400)
    need(result.rc == 0, f"the lab's script failed: {result.stderr[-500:]}")
    theirs, their_cpu, domains = rounds(result, "xenstat")
    ours, our_cpu, _ = rounds(result, "ours")
    tick, tick_cpu = ticks(result)
    xentop = sum(map(float, result.text("xentop.txt").split())) / _XENTOP_SAMPLES * 1e6
    report.figure(f"Xen, {domains} domains: xenstat_get_node(ALL), wall, median", theirs, "us")
    report.figure("Xen: its own CPU a call, without xenstored's", their_cpu, "us")
    report.figure("Xen: xentop -b, its own CPU a sample", xentop, "us")
    report.figure("Xen: a sample of ours, wall, median", ours, "us")
    report.figure("Xen: CPU of a sample of ours", our_cpu, "us")
    report.figure("Xen: a tick of the agent, publishing included, wall, median", tick, "us")
    report.figure("Xen: the agent's CPU a tick", tick_cpu, "us")
    report.figure("Xen: a sample of ours as a ratio to xenstat_get_node(ALL)", ours / theirs, "", 1 / 40)
