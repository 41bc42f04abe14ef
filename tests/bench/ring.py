"""The ring: how compactly it holds real guests, what it costs, what 10,000 kills and eight readers do to it.

VIRTSCOPE_BENCH_MINUTES: how long to record (15). VIRTSCOPE_BENCH_RECORDING: a recording to take instead.
"""
import json
import os
import subprocess
import time

from measure import median
from real_guests import TOOLS, frames
from simulated_guests import program

from lab import Disk

# What a dozen guests do; the forty beside them are booted Linux guests that do nothing.
BUSY = [
    {"cpu": "15"}, {"cpu": "5", "disk": "read:20"}, {"disk": "write:20"}, {"disk": "mixed:30", "net": "10"},
    {"net": "20"}, {"cpu": "8", "disk": "mixed:50", "net": "5"}, {"cpu": "3"}, {"disk": "read:40"},
    {"disk": "write:5", "net": "2"}, {"cpu": "10", "net": "10"}, {"disk": "flush:20", "cpu": "2"},
    {"cpu": "4", "disk": "mixed:10", "net": "3"},
]
IDLE = 40


def start_guests(lab):
    for i, work in enumerate(BUSY):
        lab.linux(f"busy{i:02}", ready=False, vcpus=1 + i % 2, disks=[Disk() for _ in range(1 + i % 2)],
                  workload=work, uuid=f"00000000-0000-4000-9000-{i:012d}").wait_ready(180)
    for i in range(IDLE):
        lab.linux(f"idle{i:02}", ready=False, uuid=f"00000000-0000-4000-9001-{i:012d}").wait_ready(180)


def record(lab):
    """A ring with the minutes asked for, one frame a second."""
    given = os.environ.get("VIRTSCOPE_BENCH_RECORDING")
    if given:
        return given
    minutes = float(os.environ.get("VIRTSCOPE_BENCH_MINUTES", "15"))
    start_guests(lab)
    with lab.agent(ring_size="64MiB") as agent:
        time.sleep(5)
        seconds = int(minutes * 60)
        print(f"recording {len(BUSY)} busy and {IDLE} idle Linux guests for {seconds} s", flush=True)
        time.sleep(seconds + 5)
        return agent.ring


def tool(name, *arguments):
    out = subprocess.run([os.path.join(TOOLS, name), *arguments], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def compactness(recording, report):
    got = tool("ring_recording", recording)
    report.figure("recording: frames", got["frames"], "")
    report.figure("recording: values", got["values"], "")
    report.figure("recording: damaged", got["damaged"], "", 0)
    report.figure("bytes a value, everything included", got["bytes_per_value"], "B", 1.0)
    report.figure("the busiest tenth of the guests alone, bytes a value", got["busiest_tenth"], "B", 1.6)
    report.figure("the same as raw 64-bit values", got["raw"], "B")
    report.figure("the same, zstd -3 of each raw frame", got["zstd_frame"], "B")
    report.figure("the same, zstd -3 of 16 raw frames at once", got["zstd_16_frames"], "B")
    report.figure("the same in Gorilla's scheme", got["gorilla"], "B")
    report.figure("full scan, a core", got["scan_values_per_second"] / 1e6, "M/s", 200, least=True)


def costs(recording, report):
    got = tool("ring_costs", recording)
    report.figure("append, 1,000 guests, CPU, median", got["append_1000_ms"], "ms", 2)
    report.figure("append, 1,000 guests, CPU, worst", got["append_1000_worst_ms"], "ms")
    report.figure("newest frame of 1,000 guests, CPU, median", got["newest_1000_us"], "us", 200)
    report.figure("one guest's last 5 minutes out of 1,000 guests, CPU", got["series_of_one_ms"], "ms", 3)
    report.figure("history of 200 guests in 64 MiB at 1 s", got["history_200_hours"], "h", 2, least=True)
    report.figure("bytes of a guest-hour", got["bytes_per_guest_hour"], "B")
    report.figure("publish with 8 readers following, to without", got["readers_ratio"], "")


def kills(report, count=10000):
    """tests/core/ring_kill_test fails if a frame is torn or lost, or a successor is late."""
    began = time.monotonic()
    test = subprocess.run([os.path.join(TOOLS, "ring_kill_test")], capture_output=True, text=True,
                          env={**os.environ, "VIRTSCOPE_TEST_KILLS": str(count)})
    said = [line for line in test.stdout.splitlines() if "MESSAGE" in line]
    print("\n".join(said) or test.stdout[-2000:], flush=True)
    report.figure(f"{count} kills: failed", int(test.returncode != 0), "", 0)
    report.figure(f"{count} kills: took", time.monotonic() - began, "s")


def tick(agent, seconds):
    since = agent.sequence()
    time.sleep(seconds)
    return median([frame["agent"]["tick_duration"] for frame in frames(agent.ring, since, "agent.tick_duration")])


def eight_readers(lab, report, rounds=4):
    """The agent's tick on 200 simulated guests, with eight readers following and with them stopped, in turns."""
    with lab.agent(connect="test:///default?guests=200", interval="100ms", ring_size="64MiB") as agent:
        time.sleep(2)
        alone, followed = [], []
        for _ in range(rounds):
            alone.append(tick(agent, 5))
            readers = [subprocess.Popen([program("virtscope"), "events", "--follow", "--ring", agent.ring],
                                        stdout=subprocess.DEVNULL) for _ in range(8)]
            time.sleep(1)
            followed.append(tick(agent, 5))
            for reader in readers:
                reader.kill()
                reader.wait()
        report.figure("tick of 200 simulated guests, alone", median(alone) / 1e6, "ms")
        report.figure("the same with 8 readers following, ratio", median(followed) / median(alone), "", 1.25)


def run(lab, report):
    recording = record(lab)
    for guest in lab.guests:
        guest.stop()
    compactness(recording, report)
    costs(recording, report)
    eight_readers(lab, report)
    kills(report)
