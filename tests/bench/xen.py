"""A tick on a Xen host beside what libxenstat and xentop take for the same domains, in one run in the lab's Domain-0.

Guests are paused meanwhile: they would take the one CPU, and that is of no interest here. Times under emulation mean nothing by
themselves; their ratio does."""
import os
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
xenstat_costs 50 >before.json
start_agent --connect xen:/// --interval 500ms
wait_for 60 frame_is_there 45
stop_agent
xenstat_costs 50 >after.json
cp "$VIRTSCOPE_RING" ring
TIMEFORMAT='%U %S'
{ time xentop -b -i 20 -d 1 >/dev/null; } 2>xentop.txt
"""
_XENTOP_SAMPLES = 20
_WARM = 5  # frames at the beginning, in which files are opened


def ours(result):
    """Wall of a tick and CPU of the agent a tick, in microseconds."""
    warm = frames(result.folder / "ring", "agent.tick_duration", "agent.cpu_time")[_WARM:]
    agents = [frame["agent"] for frame in warm]
    cpu = (agents[-1]["cpu_time"] - agents[0]["cpu_time"]) / (len(agents) - 1)
    return median([agent["tick_duration"] for agent in agents]) / 1e3, cpu / 1e3


def run(_, report):
    costs = os.path.join(os.path.dirname(os.path.dirname(program("virtscoped"))), "tests", "xenstat_costs")
    need(os.path.exists(costs), "xenstat_costs is not built (package libxen-dev)")
    result = XenLab().run(_SCRIPT, ["virtscoped", "virtscope", costs], seconds=300)
    need(result.rc == 0, f"the lab's script failed: {result.stderr[-500:]}")
    rounds = [result.json(f"{name}.json") for name in ("before", "after")]  # the machine may have others' work to do
    theirs = median([wall for asked in rounds for wall in asked["wall_ns"]]) / 1e3
    wall, cpu = ours(result)
    domains = rounds[0]["domains"]
    report.figure(f"Xen, {domains} domains: xenstat_get_node(ALL), wall, median", theirs, "us")
    report.figure("Xen: its own CPU a call, without xenstored's", median([asked["cpu_ns"] for asked in rounds]) / 1e3, "us")
    xentop = sum(map(float, result.text("xentop.txt").split())) / _XENTOP_SAMPLES * 1e6
    report.figure("Xen: xentop -b, its own CPU a sample", xentop, "us")
    report.figure("Xen: a tick of the agent, publishing included, wall, median", wall, "us")
    report.figure("Xen: the agent's CPU a tick", cpu, "us")
    report.figure("Xen: a tick as a ratio to xenstat_get_node(ALL)", wall / theirs, "", 1 / 40)
