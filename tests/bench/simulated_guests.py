"""10,000 simulated guests at one sample a second; checks by the hundred against real ones."""
import os
import subprocess
import time

from measure import child_cost, median, private_mib
from real_guests import REPOSITORY, frames

BIN = os.environ.get("VIRTSCOPE_BIN") or os.path.join(REPOSITORY, "build", "bin")


def program(name):
    return os.path.join(BIN, name)


def ten_thousand(lab, report):
    with lab.agent(connect="test:///default?guests=10000", ring_size="128MiB") as agent:
        time.sleep(8)
        ticks = [frame["agent"]["tick_duration"] / 1e6
                 for frame in frames(agent.ring, agent.sequence() - 6, "agent.tick_duration")]
        report.figure("10,000 simulated guests: tick, median", median(ticks), "ms", 100)
        report.figure("10,000 simulated guests: private memory of the agent", private_mib(agent.pid), "MiB", 120)
        walls, _ = child_cost([program("virt-top"), "--ring", agent.ring, "-b", "-n", "1"], 7)
        report.figure("10,000 simulated guests: virt-top's first screen, median", median(walls), "ms", 300)


def checks_cost_nothing(lab, report):
    """500 checks against 20 real guests: questions put to hypervisors with and without them."""
    for i in range(20):
        lab.firmware(f"checked{i:02}")
    with lab.agent() as agent:
        time.sleep(5)

        def asked(during):
            before = agent.self_metrics()["monitor_questions"]
            during()
            return agent.self_metrics()["monitor_questions"] - before

        def hundreds():
            began = time.monotonic()
            running = [subprocess.Popen([program("check_virt"), "state", "--ring", agent.ring],
                                        stdout=subprocess.DEVNULL) for _ in range(500)]
            for check in running:
                check.wait()
            report.figure("500 checks", time.monotonic() - began, "s")
            time.sleep(max(0.0, 10 - (time.monotonic() - began)))

        without = asked(lambda: time.sleep(10))
        with_checks = asked(hundreds)
        report.figure("questions to hypervisors in 10 s, without checks", without, "")
        # One probe more or less may fall into either window.
        report.figure("questions to hypervisors in 10 s, with 500 checks", with_checks, "", without + 20)


def run(lab, report):
    ten_thousand(lab, report)


def run_real(lab, report):
    checks_cost_nothing(lab, report)
