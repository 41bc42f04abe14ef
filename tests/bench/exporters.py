"""virtscope-export on 1,000 simulated guests: what a scrape costs, what the exporter weighs, and what catching up takes."""
import http.client
import json
import re
import subprocess
import time

from measure import cpu_ns, median, percentile
from real_guests import TOOLS

from lab.exporter import Exporter

_SCRAPES = 40
_CLASSIC = {"Accept": "text/plain; version=0.0.4"}
_AS_PROMETHEUS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "Accept-Encoding": "gzip"}


def memory_mib(pid, what):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(rf"{what}:\s+(\d+)", status.read())[1]) / 1024


def scrapes(exporter, headers):
    """Walls in ms, CPU of the exporter in ms a scrape, the last page. Each scrape reads a new sample."""
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=30)
    walls, cpu, page = [], 0, b""
    for i in range(_SCRAPES + 3):
        before, began = cpu_ns(exporter.pid), time.monotonic()
        connection.request("GET", "/metrics", headers=headers)
        page = connection.getresponse().read()
        if i >= 3:  # the first ones take their memory
            walls.append((time.monotonic() - began) * 1e3)
            cpu += cpu_ns(exporter.pid) - before
        time.sleep(0.12)
    connection.close()
    return walls, cpu / 1e6 / _SCRAPES, page


def scraped(report, agent, lab, what, headers, *options, bars=(60, 150, 32)):
    with Exporter(lab.folder, agent.ring, *options) as exporter:
        walls, cpu, page = scrapes(exporter, headers)
        report.figure(f"{what}: CPU of the exporter, a scrape", cpu, "ms", bars[0])
        report.figure(f"{what}: wall, median", median(walls), "ms", bars[1])
        report.figure(f"{what}: wall, 95th percentile", percentile(walls, 0.95), "ms")
        report.figure(f"{what}: bytes sent", len(page) / 1e6, "MB")
        report.figure(f"{what}: memory of the exporter at its highest (RSS)", memory_mib(exporter.pid, "VmHWM"), "MiB",
                      bars[2])
        return page


def catch_up(report, ring):
    got = json.loads(subprocess.run([f"{TOOLS}/cursor_costs", ring], capture_output=True, text=True, check=True).stdout)
    report.figure("1,000 guests: an exporter that catches up, CPU a frame", got["cpu_ms"] / got["frames"], "ms", 1)


def run(lab, report):
    with lab.agent(connect="test:///default?guests=1000&churn=0", ring_size="64MiB", interval="100ms") as agent:
        agent.wait_frames(5)
        page = scraped(report, agent, lab, "1,000 guests, plain", _CLASSIC)
        report.figure("1,000 guests: samples in a page", sum(not line.startswith(b"#") for line in page.splitlines()), "")
        scraped(report, agent, lab, "1,000 guests, as Prometheus asks (gzip)", _AS_PROMETHEUS)
        scraped(report, agent, lab, "1,000 guests, with --compat inovex (gzip)", _AS_PROMETHEUS, "--compat", "inovex",
                bars=(None, None, None))
        catch_up(report, agent.ring)
