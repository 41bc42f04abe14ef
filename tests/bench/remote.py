"""virtscope-export remote-write on 1,000 simulated guests: what a sample weighs on the wire, and what sending
costs. The receiver takes everything and does nothing."""
import http.server
import os
import shutil
import threading
import time

from measure import cpu_ns
from simulated_guests import program

from lab.process import spawn, stop
from lab.wait import until

_SPARING = ("/^virt_(host|agent|exporter|up)/", "/^virt_guest_(cpu|memory|state)/", "/^virt_(disk|nic)_.*_(bytes|ops|packets)_total$/")


class _Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        size = int(self.headers["Content-Length"])
        self.rfile.read(size)
        self.server.sizes.append(size)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def memory_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def finished(log):
    """Samples, frames, requests and bytes, as it says at its end."""
    with open(log) as file:
        words = file.read().split("virtscope-export: ")[-1].split()
    return int(words[0]), int(words[3]), int(words[7]), int(words[10])


def sent(lab, report, ring, what, guests, words, bars):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    server.daemon_threads, server.sizes = True, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state, log = os.path.join(lab.folder, "state"), os.path.join(lab.folder, "remote.log")
    with open(log, "wb") as out:
        exporter = spawn([program("virtscope-export"), "remote-write", f"http://127.0.0.1:{server.server_address[1]}/", "--ring",
                          ring, "--state-dir", state, "--interval", "1s", *words], stdout=out, stderr=out)
    # The first frames take the memory; then a window, of which the position tells nothing but the requests do.
    until(lambda: len(server.sizes) > 20, 60, why="requests")
    time.sleep(15)
    spent = cpu_ns(exporter.pid)
    rss = memory_mib(exporter.pid)
    stop(exporter, 20)
    samples, frames, requests, size = finished(log)
    server.shutdown()
    server.server_close()
    shutil.rmtree(state)
    report.figure(f"{what}: samples of a guest", samples / frames / guests, "")
    report.figure(f"{what}: bytes of a sample on the wire", size / samples, "B", bars[0])
    report.figure(f"{what}: bytes of a guest and frame", size / frames / guests, "B")
    report.figure(f"{what}: requests of a frame", requests / frames, "")
    report.figure(f"{what}: CPU of a guest and frame", spent / 1e3 / frames / guests, "us", bars[1])
    report.figure(f"{what}: memory of the exporter at its highest (RSS)", rss, "MiB", bars[2])


def run(lab, report):
    sparing = [word for name in _SPARING for word in ("--metric", name)]
    for guests, ring_size in ((1000, "256MiB"), (30, "16MiB")):
        bars = (24, 30 if guests == 1000 else 60, 32)  # a small host bears the start of the process, too
        with lab.agent(connect=f"test:///default?guests={guests}&churn=0", ring_size=ring_size) as agent:
            agent.wait_frames(20, 40)
            sent(lab, report, agent.ring, f"{guests:,} guests, all metrics", guests, (), bars)
            sent(lab, report, agent.ring, f"{guests:,} guests, a sparing choice", guests, sparing, bars)
