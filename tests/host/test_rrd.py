#!/usr/bin/env python3
"""virtscope-export rrd and virtscope graph: what RRDs hold is what the ring had, come what may."""
import glob
import json
import os
import pathlib
import signal
import struct
import subprocess
import time
import xml.etree.ElementTree
from datetime import datetime

from lab import Lab, LabCase, main, need_program, program, until
from lab.process import spawn, stop
from lab.rrd import RrdCached, fetch, known

_STOPPED, _FAILED, _USAGE, _NO_RING, _NO_WAY = range(5)
_TOOLS = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests")


def epoch(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Case(LabCase):
    def setUp(self):
        need_program("rrdtool", "rrdtool")
        self.lab = Lab()
        self.addCleanup(self.lab.close)
        self.rrds = os.path.join(self.lab.folder, "rrd")
        self.log = os.path.join(self.lab.folder, "export.log")

    def export(self, *words, ring, seconds=60, folder=None, **options):
        """Until it ends by itself: exit code and what it said."""
        got = subprocess.run([program("virtscope-export"), "rrd", "--ring", ring, "--dir", folder or self.rrds, *words],
                             capture_output=True, text=True, timeout=seconds, **options)
        self.assertEqual(got.stdout, "")
        return got.returncode, got.stderr

    def start(self, *words, ring):
        with open(self.log, "ab") as log:
            process = spawn([program("virtscope-export"), "rrd", "--ring", ring, "--dir", self.rrds, *words], stdout=log,
                            stderr=log)
        self.addCleanup(stop, process)
        return process

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def recording(self, agent, name="whole.rec"):
        path = os.path.join(self.lab.folder, name)
        subprocess.run([program("virtscope"), "record", path, "--ring", agent.ring], check=True, stdout=subprocess.DEVNULL)
        return path

    def virtscope(self, *words, check=True):
        got = subprocess.run([program("virtscope"), *words], capture_output=True, text=True)
        if check:
            self.assertEqual(got.returncode, 0, (words, got.stderr))
        return got

    def file(self, *parts):
        return os.path.join(self.rrds, *parts)


def history(ring, guest, metric, step="0"):
    out = subprocess.run([program("virtscope"), "history", guest, "--ring", ring, "--metric", metric, "--step", step, "--from",
                          "1 hour ago", "--format", "json"], capture_output=True, text=True, check=True).stdout
    return [(epoch(row["time"]), row["values"][0]) for row in json.loads(out)["rows"]]


def integrated(frames, end, step):
    """The mean rate over the step, of rates that hold since the frame before."""
    total = covered = 0.0
    for (before, _), (now, value) in zip(frames, frames[1:]):
        inside = min(now, end) - max(before, end - step)
        if inside > 0 and value is not None:
            total += value * inside
            covered += inside
    return total / covered if covered > step * 0.999 else None


class Values(Case):
    def test_both_layouts_have_what_history_has(self):
        with self.lab.agent(connect="test:///default?guests=4", interval="200ms") as agent:
            time.sleep(24)
            ring = self.recording(agent)
            guest = agent.guests()[1]
            native = os.path.join(self.lab.folder, "native")
            self.assertEqual(self.export("--layout", "native", "--step", "5s", ring=ring, folder=native)[0], _STOPPED)
            self.assertEqual(self.export("--step", "5s", ring=ring)[0], _STOPPED)
            collectd = self.file(guest["name"], "virt")
            compared = 0
            for metric, path, source, factor in (
                    ("cpu_time", f"{native}/{guest['uuid']}/guest.rrd", "cpu_time", 1),
                    ("cpu_time", f"{collectd}/virt_cpu_total.rrd", "value", 1),
                    ("vcpu.0.time", f"{collectd}/virt_vcpu-0.rrd", "value", 1),
                    ("disk.vda.read_bytes", f"{native}/{guest['uuid']}/disk-vda.rrd", "read_bytes", 1),
                    ("disk.vda.write_bytes", f"{collectd}/disk_octets-vda.rrd", "write", 1),
                    ("disk.vda.read_time", f"{collectd}/disk_time-vda.rrd", "read", 1e6)):
                frames = history(ring, guest["uuid"], metric)
                values = known(fetch(path, 5), source)
                self.assertGreaterEqual(len(values), 3, path)
                for end, value in values.items():
                    wanted = integrated(frames, end, 5)
                    if wanted is None:
                        continue
                    self.assertAlmostEqual(value * factor, wanted, delta=max(wanted * 0.02, 2 * factor), msg=(path, end))
                    compared += 1
                # What people see of the same steps differs by the piece of a tick at their end.
                for begin, shown in history(ring, guest["uuid"], metric, "5s"):
                    if shown and begin + 5 in values:
                        self.assertAlmostEqual(values[begin + 5] * factor / shown, 1, delta=0.15, msg=(path, begin))
            self.assertGreaterEqual(compared, 18)
            # Gauges: the mean of the step's readings, exactly.
            shown = dict(history(ring, guest["uuid"], "memory_resident", "5s"))
            values = known(fetch(f"{collectd}/memory-rss.rrd", 5), "value")
            self.assertGreaterEqual(len(values), 3)
            for end, value in list(values.items())[1:]:
                self.assertAlmostEqual(value / shown[end - 5], 1, places=9)

    def test_a_second_run_over_the_same_frames_changes_nothing(self):
        with self.lab.agent(connect="test:///default?guests=2", interval="200ms") as agent:
            time.sleep(13)
            ring, guest = self.recording(agent), agent.guests()[0]
        words = ("--layout", "native", "--step", "2s")
        path = self.file(guest["uuid"], "guest.rrd")
        self.assertEqual(self.export(*words, ring=ring)[0], _STOPPED)
        once = fetch(path, 2)
        self.assertGreaterEqual(len(known(once, "cpu_time")), 3)
        os.unlink(self.file(".virtscope-position"))
        self.assertEqual(self.export(*words, ring=ring)[0], _STOPPED)
        self.assertEqual(fetch(path, 2), once)


class Outage(Case):
    def gaps(self, path, source, step=1):
        rows = fetch(path, step)
        times = sorted(known(rows, source))
        self.assertGreater(len(times), 3, path)
        return [time for time in range(times[0], times[-1], step) if rows.get(time, {}).get(source) is None], len(times)

    def test_nothing_is_missing_after_rrdcached_and_the_exporter_were_away(self):
        os.mkdir(self.rrds)
        daemon = RrdCached(self.lab.folder, self.rrds)
        self.addCleanup(daemon.stop)
        words = ("--rrdcached", daemon.address, "--layout", "native", "--step", "1s", "--archives", "collectd")
        with self.lab.agent(connect="test:///default?guests=3", interval="200ms") as agent:
            guest = agent.guests()[0]
            exporter = self.start(*words, ring=agent.ring)  # rrdcached is not there yet
            time.sleep(3)
            daemon.start()
            until(lambda: "files can be made again" in self.said(), 10)
            time.sleep(2)
            daemon.stop()
            time.sleep(4)
            daemon.start()
            time.sleep(3)
            self.assertEqual(stop(exporter), _STOPPED)
            time.sleep(3)
            exporter = self.start(*words, ring=agent.ring)
            time.sleep(2)
            exporter.send_signal(signal.SIGKILL)
            exporter.wait()
            time.sleep(2)
            exporter = self.start(*words, ring=agent.ring)
            time.sleep(4)
            self.assertEqual(stop(exporter), _STOPPED)
            daemon.stop()
            for path, source in ((self.file(guest["uuid"], "guest.rrd"), "cpu_time"),
                                 (self.file(guest["uuid"], "disk-vda.rrd"), "read_ops"),
                                 (self.file("host", "host.rrd"), "memory_free")):
                missing, count = self.gaps(path, source)
                self.assertEqual(missing, [], path)
                self.assertGreaterEqual(count, 20, path)
            # What was written late is what it was, at its own time.
            frames = history(agent.ring, guest["uuid"], "cpu_time")
            for end, value in known(fetch(self.file(guest["uuid"], "guest.rrd"), 1), "cpu_time").items():
                wanted = integrated(frames, end, 1)
                if wanted is not None:
                    self.assertAlmostEqual(value, wanted, delta=wanted * 0.15, msg=end)
        # Once at the beginning, when no file could be made, once in the middle; each with its end.
        said = self.said()
        self.assertEqual(said.count("kept until it can be made"), 1, said)
        self.assertEqual(said.count("values stay in the ring until it is well"), 1, said)
        self.assertEqual(said.count("values are written again"), 1, said)
        self.assertLess(said.count("\n"), 10, said)

    def test_a_full_disk_loses_nothing(self):
        os.mkdir(self.rrds)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", self.rrds], check=True)
        self.addCleanup(subprocess.run, ["umount", self.rrds], check=True)
        filler = self.file("filler")
        with open(filler, "wb") as file:
            file.write(bytes(6 * 1000 * 1000))
        with self.lab.agent(connect="test:///default?guests=2", interval="200ms") as agent:
            exporter = self.start("--step", "1s", "--archives", "compact", "--metric", "virt_guest_cpu*", ring=agent.ring)
            guest = agent.guests()[0]
            until(lambda: "values are kept until it can be made" in self.said(), 10)
            begun = int(time.time())
            time.sleep(3)
            self.assertIsNone(exporter.poll())
            os.unlink(filler)
            until(lambda: "files can be made again" in self.said(), 30)
            time.sleep(2)
            self.assertEqual(stop(exporter), _STOPPED)
            missing, _ = self.gaps(self.file(guest["name"], "virt", "virt_cpu_total.rrd"), "value")
            self.assertEqual(missing, [])
            rows = known(fetch(self.file(guest["name"], "virt", "virt_cpu_total.rrd"), 1), "value")
            self.assertLess(min(rows), begun + 3)
        self.assertEqual(self.said().count("is the disk full?"), 1, self.said())


class Itself(Case):
    def test_what_it_says_of_itself_is_there_like_all_else(self):
        with self.lab.agent(connect="test:///default?guests=2", interval="200ms") as agent:
            exporter = self.start("--step", "1s", "--layout", "native", ring=agent.ring)
            path = self.file("host", "exporter.rrd")
            until(lambda: os.path.exists(path) and len(known(fetch(path, 1), "frames")) >= 5, 30, why="steps of its own")
            self.assertEqual(stop(exporter), _STOPPED)
            ring = self.recording(agent)
        rows = fetch(path, 1)
        for time_, rate in known(rows, "frames").items():
            self.assertLess(rate, 100, time_)
        self.assertGreater(max(known(rows, "frames").values()), 4)
        self.assertGreater(max(known(rows, "updates").values()), 1)
        for source in ("frames_lost", "errors", "updates_dropped"):
            self.assertEqual(set(known(rows, source).values()), {0.0}, source)
        self.assertGreater(max(known(rows, "cpu").values()), 0)
        self.assertLess(min(known(rows, "cpu").values()), 1e9)
        self.assertGreater(min(known(rows, "resident_memory").values()), 1e6)
        lag = known(rows, "lag")
        self.assertLess(list(lag.values())[-1], 5e9)
        folder = os.path.join(self.lab.folder, "collectd")
        self.assertEqual(self.export("--step", "1s", ring=ring, folder=folder)[0], _STOPPED)
        own = os.path.join(folder, os.uname().nodename, "virt_exporter-rrd")
        # A recording has no lag.
        self.assertEqual(sorted(os.listdir(own)), sorted(
            [*(f"derive-{name}.rrd" for name in ("errors", "frames", "frames_lost", "updates", "updates_dropped")),
             "memory-resident_memory.rrd", "virt_cpu_total.rrd"]))
        self.assertGreater(len(known(fetch(f"{own}/derive-frames.rrd", 1), "value")), 3)

    def test_a_silent_agent_is_told_once_and_once_when_it_is_back(self):
        agent = self.lab.agent(connect="test:///default?guests=2").start()
        self.addCleanup(agent.stop)
        exporter = self.start("--step", "1s", ring=agent.ring)
        until(lambda: os.path.exists(self.file(".virtscope-position")), 20, why="the exporter is at work")
        self.assertEqual(self.said(), "")
        agent.kill()
        until(lambda: "no new sample for" in self.said(), 15, why="it is told")
        time.sleep(2)
        self.assertEqual(self.said().count("\n"), 1, self.said())
        self.assertIn("does virtscoped run?", self.said())
        agent.start()
        until(lambda: "new samples again, after" in self.said(), 15, why="its end is told")
        agent.wait_frames(3)
        self.assertEqual(self.said().count("\n"), 2, self.said())
        self.assertEqual(stop(exporter), _STOPPED)


class Seams(Case):
    def test_no_rate_over_a_restart_or_a_replugged_vcpu(self):
        with self.lab.agent(connect="test:///default?guests=4", interval="200ms") as agent:
            name = agent.guests()[1]["name"]
            order = ("--ring", agent.ring)
            time.sleep(6)
            self.virtscope("setvcpus", name, "1", "--wait=20s", *order)
            time.sleep(3)
            self.virtscope("destroy", name, "--yes", "--wait=20s", *order)
            self.virtscope("start", name, "--wait=20s", *order)
            time.sleep(3)
            self.virtscope("destroy", name, "--yes", "--wait=20s", *order)
            time.sleep(6)
            self.virtscope("start", name, "--wait=20s", *order)
            time.sleep(9)
            ring = self.recording(agent)
            self.assertGreaterEqual(len([event for event in agent.ask("events")["events"]
                                         if event["event"] == "guest-started"]), 2)
        for step in ("1s", "5s"):
            folder = os.path.join(self.lab.folder, "rrd" + step)
            self.assertEqual(self.export("--step", step, ring=ring, folder=folder)[0], _STOPPED)
            checked = 0
            bounds = {"virt_cpu_total": 64e9, "virt_vcpu": 1.2e9, "virt_vcpu_wait": 1.2e9, "disk_octets": 20e9, "disk_ops": 1e6,
                      "if_octets": 20e9, "ps_cputime": 64e9}
            for path in glob.glob(f"{folder}/{name}/virt/*.rrd"):
                kind = os.path.basename(path)[:-4].split("-")[0]
                for function in ("AVERAGE", "MAX"):
                    for time_, row in fetch(path, int(step[:-1]), function=function).items():
                        for source, value in row.items():
                            if value is None:
                                continue
                            self.assertGreaterEqual(value, 0, (path, time_, source))
                            self.assertLess(value, bounds.get(kind, 1e15), (path, time_, source))
                            checked += 1
            self.assertGreater(checked, 100)
            # It was off for some seconds, and that is to be seen.
            rows = fetch(f"{folder}/{name}/virt/virt_cpu_total.rrd", int(step[:-1]))
            self.assertIn(None, [rows[time_]["value"] for time_ in list(rows)[2:]])


class Refusals(Case):
    def one_line(self, said, *words):
        self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue(said.startswith("virtscope-export: "), said)
        for word in words:
            self.assertIn(word, said)

    def test_wrong_step_on_the_disk(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            agent.wait_frames(35)
            ring, name = self.recording(agent), agent.guests()[0]["name"]
        path = self.file(name, "virt", "virt_cpu_total.rrd")
        os.makedirs(os.path.dirname(path))
        subprocess.run(["rrdtool", "create", path, "--step", "60", "DS:value:DERIVE:120:0:U", "RRA:AVERAGE:0.5:1:100"],
                       check=True)
        before = content(path)
        code, said = self.export("--step", "1s", ring=ring)
        self.assertEqual(code, _NO_WAY)
        self.one_line(said, path, "a step of 60 s, not 1 s", "--step 60s")
        self.assertEqual(content(path), before)

    def test_folders_that_cannot_be_written(self):
        ring = os.path.join(self.lab.folder, "ring")
        code, said = self.export(ring=ring, folder="/proc/rrd")
        self.assertEqual(code, _NO_WAY)
        self.one_line(said, "/proc/rrd")
        barred = os.path.join(self.lab.folder, "barred")
        os.mkdir(barred, 0o755)
        os.chmod(self.lab.folder, 0o755)
        code, said = self.export(ring=ring, folder=barred, user=65534)
        self.assertEqual(code, _NO_WAY)
        self.one_line(said, barred, "Permission denied")
        file = os.path.join(self.lab.folder, "file")
        pathlib.Path(file).touch()
        self.one_line(self.export(ring=ring, folder=file)[1], file, "not a folder")

    def test_a_folder_is_one_exporters(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            first = self.start("--step", "1s", ring=agent.ring)
            until(lambda: os.path.exists(self.file(".virtscope-position")), 20, why="the exporter is at work")
            code, said = self.export("--step", "1s", ring=agent.ring)
            self.assertEqual(code, _NO_WAY)
            self.one_line(said, self.file(".virtscope-position"), "another exporter")
            stop(first)
            self.assertEqual(self.export("--step", "1s", ring=self.recording(agent))[0], 0)

    def test_another_layout_than_the_folder_was_begun_with(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            agent.wait_frames(35)
            ring, guest = self.recording(agent), agent.guests()[0]
        self.assertEqual(self.export("--step", "1s", ring=ring)[0], _STOPPED)
        for words in (("--layout", "native"), ("--hostname-format", "uuid")):
            code, said = self.export("--step", "1s", *words, ring=ring)
            self.assertEqual(code, _NO_WAY)
            self.one_line(said, self.file(".virtscope-position"), "was begun with --layout collectd --hostname-format name",
                          "another --dir")
            self.assertFalse(os.path.exists(self.file(guest["uuid"])))
        self.assertEqual(self.export("--step", "1s", ring=ring)[0], _STOPPED)

    def test_wrong_arguments(self):
        ring = os.path.join(self.lab.folder, "ring")
        for words, says in ((("--step", "0s"), "--step"), (("--step", "10"), "--step"), (("--step", "1500ms"), "whole seconds"),
                            (("--heartbeat", "10s"), "--heartbeat"), (("--layout", "flat"), "--layout"),
                            (("--rrdcached", "host:42217"), "unix socket"), (("--keep-gone", "1h"), "--keep-gone"),
                            (("--hostname-format", "hostname"), "--plugin-instance-format"),
                            (("--layout", "native", "--hostname-format", "name"), "--layout collectd"),
                            (("--guest", "/[/"), "--guest")):
            code, said = self.export(*words, ring=ring)
            self.assertEqual(code, _USAGE, (words, said))
            self.one_line(said, says)

    def test_a_damaged_position_and_no_ring_at_all(self):
        os.mkdir(self.rrds)
        with open(self.file(".virtscope-position"), "w") as file:
            file.write("nonsense")
        code, said = self.export(ring=os.path.join(self.lab.folder, "ring"))
        self.assertEqual(code, _NO_WAY)
        self.one_line(said, ".virtscope-position", "remove it")
        os.unlink(self.file(".virtscope-position"))
        code, said = self.export(ring="/etc/hostname")
        self.assertEqual(code, _NO_RING)
        self.one_line(said, "/etc/hostname")

    def test_links_are_not_followed(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            agent.wait_frames(35)
            ring, name = self.recording(agent), agent.guests()[0]["name"]
        elsewhere = os.path.join(self.lab.folder, "elsewhere")
        os.mkdir(elsewhere)
        os.mkdir(self.rrds)
        os.symlink(elsewhere, self.file(name))
        said = self.export("--step", "1s", ring=ring)[1]
        self.assertIn("not a folder", said)
        self.assertEqual(os.listdir(elsewhere), [])


class Names(Case):
    def test_hostile_names_stay_in_their_folder(self):
        ring = os.path.join(self.lab.folder, "ring")
        subprocess.run([os.path.join(_TOOLS, "hostile_ring"), ring, "60"], check=True)
        for layout in ("native", "collectd"):
            folder = os.path.join(self.lab.folder, layout)
            process = spawn([program("virtscope-export"), "rrd", "--ring", ring, "--dir", folder, "--step", "1s", "--archives",
                             "compact", "--layout", layout], stderr=subprocess.DEVNULL)
            self.addCleanup(stop, process)
            until(lambda: len(glob.glob(f"{folder}/*/**/*.rrd", recursive=True)) > 60, 20)
            stop(process)
            for path in glob.glob(f"{folder}/**", recursive=True):
                name = os.path.basename(path)
                self.assertRegex(name, r"^[A-Za-z0-9_@+,=.%~-]*$")
                self.assertNotRegex(name, r"^[.-]")
        self.assertEqual(sorted(os.listdir(self.lab.folder)).count("etc"), 0)

    def test_files_of_guests_that_are_gone_are_removed(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            name = agent.guests()[0]["name"]
            old, new, foreign = (self.file("gone", "virt", "virt_cpu_total.rrd"), self.file("gone2", "virt", "virt_vcpu-0.rrd"),
                                 self.file("gone", "cpu-0", "cpu-idle.rrd"))
            for path in (old, new, foreign):
                os.makedirs(os.path.dirname(path))
                pathlib.Path(path).touch()
            for path in (old, foreign):
                os.utime(path, (time.time() - 40 * 86400,) * 2)
            exporter = self.start("--step", "1s", "--keep-gone", "30d", ring=agent.ring)
            until(lambda: not os.path.exists(old), 20)
            until(lambda: os.path.exists(self.file(name, "virt", "virt_cpu_total.rrd")), 10)
            self.assertEqual(stop(exporter), _STOPPED)
            self.assertFalse(os.path.exists(os.path.dirname(old)))
            self.assertTrue(os.path.exists(new))
            self.assertTrue(os.path.exists(foreign))


def content(path):
    with open(path, "rb") as file:
        return file.read()


def png_size(path):
    head = content(path)[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:16] == b"IHDR", head
    return struct.unpack(">II", head[16:24])


class Graphs(Case):
    def graph(self, *words, ring, code=_STOPPED):
        got = self.virtscope("graph", *words, "--ring", ring, check=False)
        self.assertEqual((got.returncode, got.stdout), (code, ""), (words, got.stderr))
        if code:
            self.assertEqual(got.stderr.count("\n"), 1, got.stderr)
        return got.stderr

    def test_pictures_of_every_kind_from_the_ring_and_from_files(self):
        with self.lab.agent(connect="test:///default?guests=3", interval="100ms") as agent:
            agent.wait_frames(60)
            ring, guest = self.recording(agent), agent.guests()[0]
        native = os.path.join(self.lab.folder, "native")
        self.assertEqual(self.export("--step", "1s", ring=ring)[0], _STOPPED)
        self.assertEqual(self.export("--step", "1s", "--layout", "native", ring=ring, folder=native)[0], _STOPPED)
        picture = os.path.join(self.lab.folder, "x.png")
        last = ("--from", "1 min ago")
        sources = ((guest["name"], ()), (guest["uuid"], ()), (guest["name"], ("--dir", self.rrds, *last)),
                   (guest["uuid"], ("--dir", native, "--layout", "native", *last)), ("host", ()))
        sizes = set()
        for subject, words in sources:
            for kind in ("cpu", "memory", "block", "net", "latency"):
                self.graph(subject, kind, *words, "-o", picture, "--width", "640", "--height", "300", ring=ring)
                self.assertEqual(png_size(picture), (640, 300), (subject, kind, words))
                sizes.add(os.path.getsize(picture))
                os.unlink(picture)
        self.assertGreater(len(sizes), 15)  # they differ
        for kind in ("cpu", "memory", "block", "net", "latency"):
            self.graph("host", kind, "--dir", native, "--layout", "native", *last, "-o", picture, ring=ring)
            self.assertGreater(os.path.getsize(picture), 5000, kind)
        svg = os.path.join(self.lab.folder, "x.svg")
        self.graph(guest["name"], "net", "-o", svg, ring=ring)
        self.assertTrue(xml.etree.ElementTree.parse(svg).getroot().tag.endswith("svg"))
        self.assertEqual([name for name in os.listdir(self.lab.folder) if name.endswith(".part")], [])
        self.assertEqual(glob.glob("/dev/shm/virtscope-graph-*"), [])

    def test_refusals(self):
        with self.lab.agent(connect="test:///default?guests=1", interval="100ms") as agent:
            agent.wait_frames(35)
            ring, name = self.recording(agent), agent.guests()[0]["name"]
        picture = os.path.join(self.lab.folder, "x.png")
        self.assertIn("nobody", self.graph("nobody", "-o", picture, ring=ring, code=_FAILED))
        self.assertIn(".png or .svg", self.graph(name, "-o", "x.jpg", ring=ring, code=_USAGE))
        self.assertIn("pie", self.graph(name, "pie", "-o", picture, ring=ring, code=_USAGE))
        self.assertIn("--from", self.graph(name, "--from", "soonish", "-o", picture, ring=ring, code=_USAGE))
        self.assertIn("/nowhere/x.png", self.graph(name, "-o", "/nowhere/x.png", ring=ring, code=_NO_WAY))
        self.assertIn("/nowhere", self.graph(name, "--dir", "/nowhere", "-o", picture, ring=ring, code=_FAILED))
        self.graph(name, "-o", picture, ring="/nowhere/ring", code=_NO_RING)
        # A folder with files, and nothing in them of that time.
        self.assertEqual(self.export("--step", "1s", "--layout", "native", ring=ring)[0], _STOPPED)
        for subject in (name, "host"):
            self.assertIn("nothing is known", self.graph(subject, "cpu", "--dir", self.rrds, "--layout", "native", "--from",
                                                         "3 days ago", "--to", "2 days ago", "-o", picture, ring=ring,
                                                         code=_FAILED))
        self.assertFalse(os.path.exists(picture))
        self.assertEqual(glob.glob(f"{picture}*"), [])
        self.assertIn("--output", self.virtscope("graph", "--help").stdout)

    def test_hostile_names_are_only_text(self):
        ring = os.path.join(self.lab.folder, "ring")
        subprocess.run([os.path.join(_TOOLS, "hostile_ring"), ring, "200"], check=True)
        uuids = self.virtscope("list", "--all", "--uuid", "--ring", ring, check=False).stdout.split()  # it is an old ring
        self.assertGreater(len(uuids), 100)
        svg = os.path.join(self.lab.folder, "x.svg")
        for uuid in uuids[:40]:
            self.graph(uuid, "cpu", "-o", svg, "--from", "@0", ring=ring)
            xml.etree.ElementTree.parse(svg)


main()
