"""200 real QEMU guests at one sample a second: what the agent costs beside the floor, and what happens when ten hang."""
import json
import os
import subprocess
import time

from measure import Window, private_mib

from lab import Nic, until

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOOLS = os.path.join(os.environ.get("VIRTSCOPE_BUILD") or os.path.join(REPOSITORY, "build"), "tests")
WINDOW_S = 30
TICK_S = 1.0


def frames(ring, since, *metrics):
    """Every frame after a sequence, as tests/tools/ring_frames prints them."""
    out = subprocess.run([os.path.join(TOOLS, "ring_frames"), ring, str(since), *metrics], capture_output=True,
                         text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def start_guests(lab, count):
    return [lab.firmware(f"bench{i:03}", uuid=f"00000000-0000-4000-9000-{i:012d}") for i in range(count)]


def bare_exchange(guests):
    """CPU microseconds a guest for one bare query-blockstats: (asker, QEMU)."""
    pairs = [f"{guest.pid}:{guest.files.monitor}" for guest in guests]
    out = subprocess.run([os.path.join(TOOLS, "qmp_floor"), "15", "1000", *pairs], capture_output=True, text=True,
                         check=True).stdout
    got = json.loads(out)
    return got["own_us"], got["qemu_us"]


def cost(agent, guests, seconds=WINDOW_S):
    """Per guest and sample: the agent's and QEMU's CPU microseconds, questions put."""
    before = agent.self_metrics()
    with Window(agent.pid, [guest.pid for guest in guests]) as window:
        time.sleep(seconds)
    after = agent.self_metrics()
    samples = after["frames"] - before["frames"]
    share = len(guests) * samples
    asked = (after["monitor_questions"] - before["monitor_questions"]) / share
    return window.agent_us / share, window.guests_us / share, asked


def config_file(lab, name, text):
    path = os.path.join(lab.folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def kernel_side(lab, guests, report):
    config = config_file(lab, "kernel.toml", "[monitor]\nenabled = false\n")
    with lab.agent(options=["--config", config]) as agent:
        time.sleep(3)
        agent_us, qemu_us, _ = cost(agent, guests)
        report.figure("kernel side only: agent + QEMU, a guest and sample", agent_us + qemu_us, "us", 30)


def idle(lab, guests, report):
    with lab.agent() as agent:
        time.sleep(35)  # the questions of the start are behind, one probe interval has passed
        found = len(agent.guests())
        report.figure("guests found", found, "guests", len(guests), least=True)
        agent_us, qemu_us, asked = cost(agent, guests, seconds=60)
        report.figure("idle: agent, a guest and sample", agent_us, "us")
        report.figure("idle: all QEMU processes, a guest and sample", qemu_us, "us")
        report.figure("idle: questions, a guest and sample", asked, "")
        report.figure("idle: in all, a guest and sample", agent_us + qemu_us, "us", 60)
        report.figure("private memory of the agent (RssAnon)", private_mib(agent.pid), "MiB", 16)


def every_guest_asked(lab, count, report):
    """Guests whose main threads run between any two samples, as they do while there is block I/O, but without its cost
    in QEMU's figures: user-mode networking wakes them, not quite every second, so they are sampled every other.
    What QEMU uses by itself is measured first and taken off; the bare exchange is that of the same guests."""
    guests = [lab.firmware(f"busy{i:03}", nics=[Nic(kind="user")]) for i in range(count)]
    until(lambda: all(os.path.exists(guest.files.monitor) for guest in guests), 60)
    time.sleep(3)
    with Window(guests[0].pid, [guest.pid for guest in guests]) as window:
        time.sleep(20)
    by_itself = window.guests_us / 20 / count
    report.figure("busy: QEMU by itself, a guest and second", by_itself, "us")
    own, qemu = bare_exchange(guests)
    bare_us = own + qemu - by_itself  # it is put each second
    report.figure("busy: one bare query-blockstats, asker and QEMU", bare_us, "us")
    with lab.agent(interval="2s") as agent:
        time.sleep(30)  # the questions of the start are behind, guests that keep waking are known as such
        agent_us, qemu_us, asked = cost(agent, guests, seconds=60)
    answering_us = qemu_us - 2 * by_itself
    report.figure("busy: questions, a guest and sample", asked, "", 0.9, least=True)
    report.figure("busy: agent, a guest and sample", agent_us, "us")
    report.figure("busy: QEMU for answering, a guest and sample", answering_us, "us")
    report.figure("busy: in all, as a ratio to the bare exchange of this run", (agent_us + answering_us) / bare_us, "",
                  1.25)


def ten_hang(lab, guests, report):
    hung = guests[:10]
    names = {guest.name for guest in hung}
    with lab.agent() as agent:
        time.sleep(4)
        start = agent.sequence()
        for guest in hung:
            guest.freeze()
        time.sleep(12)
        thaw_at = agent.sequence()
        for guest in hung:
            guest.thaw()
        time.sleep(6)
        seen = frames(agent.ring, start, "guest.stale", "guest.cpu_time", "agent.tick_lateness")
    during = [frame for frame in seen if frame["sequence"] <= thaw_at]
    after = [frame for frame in seen if frame["sequence"] > thaw_at]
    stale = [sum(frame["guests"][name]["stale"] for name in names) for frame in during]
    first = next((i for i, count in enumerate(stale) if count == len(names)), len(stale))
    report.figure("10 stopped: ticks until all ten are stale", first + 1, "ticks", 2)
    others = sum(guest["stale"] or guest["quality"] != "fresh" for frame in during
                 for name, guest in frame["guests"].items() if name not in names)
    report.figure("10 stopped: frames in which another guest was not fresh", others, "", 0)
    blind = sum("cpu_time" not in frame["guests"][name] for frame in during for name in names)
    report.figure("10 stopped: kernel-side values missing of the ten", blind, "", 0)
    late = max(frame["agent"]["tick_lateness"] for frame in seen) / 1e6
    report.figure("10 stopped: latest tick", late, "ms", 50)
    back = [sum(frame["guests"][name]["stale"] for name in names) for frame in after]
    fresh = next((i for i, count in enumerate(back) if count == 0), len(back))
    report.figure("10 continued: ticks until all are fresh", fresh + 1, "ticks", 2)


def run(lab, report, count=200):
    guests = start_guests(lab, count)
    until(lambda: all(os.path.exists(guest.files.monitor) for guest in guests), 60)
    time.sleep(3)
    own, qemu = bare_exchange(guests)
    report.figure("floor: one bare query-blockstats, asker's side", own, "us")
    report.figure("floor: one bare query-blockstats, QEMU's side", qemu, "us")
    kernel_side(lab, guests, report)
    idle(lab, guests, report)
    ten_hang(lab, guests, report)


def run_busy(lab, report, count=200):
    every_guest_asked(lab, count, report)
