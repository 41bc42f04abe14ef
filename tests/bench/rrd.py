"""virtscope-export rrd on 1,000 simulated guests: what a step costs the exporter and rrdcached."""
import os
import shutil
import time

from measure import cpu_ns
from real_guests import frames
from simulated_guests import program

from lab.process import spawn, stop
from lab.rrd import RrdCached
from lab.wait import until

_STEP = 10
_STEPS = 4
# What collectd's virt plugin writes without ExtraStats, and vCPUs.
_USUAL = ("virt_guest_cpu_time_seconds_total", "virt_guest_memory_balloon_bytes", "virt_vcpu_time_seconds_total",
          "/^virt_disk_(read|write)_(ops|bytes)_total$/", "/^virt_nic_/")


def rss_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


def files_in(folder):
    return sum(name.endswith(".rrd") for _, _, names in os.walk(folder) for name in names)


def measured(lab, report, agent, what, words, bar):
    folder = os.path.join(lab.folder, "rrd")
    os.mkdir(folder)
    with RrdCached(lab.folder, folder) as daemon:
        log = open(os.path.join(lab.folder, "export.log"), "wb")
        with log:
            exporter = spawn([program("virtscope-export"), "rrd", "--ring", agent.ring, "--dir", folder, "--rrdcached",
                              daemon.address, "--step", f"{_STEP}s", "--archives", "compact", *words], stdout=log, stderr=log)
        began = time.monotonic()
        # The position is there once nothing is held for files that are still made.
        until(lambda: os.path.exists(os.path.join(folder, ".virtscope-position")), 600, every=0.5)
        report.figure(f"{what}: files", files_in(folder), "")
        report.figure(f"{what}: until all were made", time.monotonic() - began, "s")
        time.sleep(2 * _STEP)
        before = cpu_ns(exporter.pid), cpu_ns(daemon.pid)
        time.sleep(_STEPS * _STEP)
        after = cpu_ns(exporter.pid), cpu_ns(daemon.pid)
        report.figure(f"{what}: CPU of the exporter, a step of {_STEP} samples", (after[0] - before[0]) / 1e6 / _STEPS, "ms", bar)
        report.figure(f"{what}: CPU of rrdcached, a step", (after[1] - before[1]) / 1e6 / _STEPS, "ms")
        report.figure(f"{what}: memory of the exporter (RSS)", rss_mib(exporter.pid), "MiB")
        stop(exporter)
        daemon.forget_all()
    shutil.rmtree(folder)


def run(lab, report):
    with lab.agent(connect="test:///default?guests=1000&churn=0", ring_size="256MiB") as agent:
        agent.wait_frames(3)
        newest = next(iter(frames(agent.ring, agent.sequence() - 1, "guest.cpu_time", "disk.read_ops", "nic.rx_bytes", "vcpu.time")))
        for kind in ("vcpus", "disks", "nics"):
            report.figure(f"1,000 guests: {kind}", sum(len(guest.get(kind, ())) for guest in newest["guests"].values()), "")
        measured(lab, report, agent, "1,000 guests, native, all metrics", ("--layout", "native"), 60)
        usual = [word for name in _USUAL for word in ("--metric", name)]
        measured(lab, report, agent, "1,000 guests, collectd's usual files", ("--layout", "collectd", *usual), 60)
