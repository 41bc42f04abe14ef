#!/usr/bin/env python3
"""virtscope history, events, record and ring verify: on a simulated host, and against what a real guest did."""
import csv
import io
import json
import os
import signal
import subprocess
import time
import uuid
from datetime import datetime

from lab import Disk, Lab, LabCase, eventually, main, program, until

_DONE, _NOT_WELL, _USAGE, _NO_RING, _NOT_A_RING, _CUT_SHORT, _VERSION, _BYTE_ORDER, _CATALOGUE, _CONTRADICTORY, \
    _UNFINISHED = range(11)


def virtscope(*words, ring, env=None):
    """Exit code, standard output, standard error."""
    got = subprocess.run([program("virtscope"), *words, "--ring", ring], capture_output=True, text=True,
                         env={**os.environ, "TZ": "UTC", **(env or {})})
    return got.returncode, got.stdout, got.stderr


class Verbs(LabCase):
    def run_ok(self, *words, ring=None, env=None):
        code, out, err = virtscope(*words, ring=ring or self.agent.ring, env=env)
        self.assertEqual((code, err), (_DONE, ""), words)
        return out

    def run_json(self, *words, ring=None):
        return json.loads(self.run_ok(*words, "--format", "json", ring=ring))

    def refused(self, code, *words, says, ring=None):
        got, out, err = virtscope(*words, ring=ring or self.agent.ring)
        self.assertEqual(got, code, (words, err))
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("virtscope: "), err)
        self.assertIn(says, err, words)
        return out


class Simulated(Verbs):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(cls.lab.agent(connect="test:///default?guests=5", interval="100ms"))
        cls.agent.wait_frames(40)
        cls.guest = cls.agent.guests()[0]
        cls.recording = os.path.join(cls.lab.folder, "whole.rec")
        assert virtscope("record", cls.recording, ring=cls.agent.ring)[0] == _DONE

    def test_table_has_a_header_units_and_gaps(self):
        lines = self.run_ok("history", self.guest["name"], "--step", "1s", ring=self.recording).splitlines()
        self.assertRegex(lines[0], r"^TIME \(UTC\) +cpu_time +cpu_wait +disk.read_bytes .* +memory_resident$")
        self.assertRegex(lines[2], r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d +\d+\.\d% .*B/s .* [KMG]iB$")
        self.assertLessEqual(len(lines), 61)
        first = self.run_ok("history", self.guest["name"], "--step", "0", "--metric", "cpu_time", ring=self.recording)
        self.assertRegex(first.splitlines()[1], r"^.{23}  -$")

    def test_formats_agree(self):
        words = ("history", self.guest["uuid"], "--metric", "cpu_time,disk.read_bytes,memory_resident,vcpu.0.time",
                 "--step", "500ms")
        document = self.run_json(*words, ring=self.recording)
        rows = list(csv.reader(io.StringIO(self.run_ok(*words, "--format", "csv", ring=self.recording))))
        self.assertEqual(rows[0], ["time", "cpu_time [ns/s]", "disk.read_bytes [bytes/s]", "memory_resident [bytes]",
                                   "vcpu.0.time [ns/s]"])
        self.assertEqual([row[0] for row in rows[1:]], [row["time"] for row in document["rows"]])
        for text, row in zip(rows[1:], document["rows"]):
            self.assertEqual([float(cell) if cell else None for cell in text[1:]], row["values"])
        self.assertEqual((document["guest"], document["uuid"]), (self.guest["name"], self.guest["uuid"]))
        self.assertEqual(document["step_ns"], 500_000_000)
        self.assertEqual([column["kind"] for column in document["columns"]], ["counter", "counter", "gauge", "counter"])

    def raw(self, *metrics):
        """The recording's own frames, as a tool that knows nothing of series prints them."""
        tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "ring_frames")
        frames = []
        with subprocess.Popen([tool, self.recording, "0", *metrics], stdout=subprocess.PIPE, text=True) as reader:
            count = self.run_json("ring", "info", self.recording)["frames"]
            for line in reader.stdout:
                frames.append(json.loads(line))
                if len(frames) == count:
                    reader.kill()
        return frames

    def test_rates_follow_from_raw_counters(self):
        name = self.guest["name"]
        frames = self.raw("guest.cpu_time", "disk.read_bytes")
        words = ("history", name, "--step", "0", "--metric", "cpu_time,disk.read_bytes")
        rows = self.run_json(*words, ring=self.recording)["rows"]
        self.assertEqual(len(rows), len(frames))

        def counters(frame):
            guest = frame["guests"][name]
            return guest["cpu_time"], sum(disk["read_bytes"] for disk in guest["disks"].values())
        moved = [0.0, 0.0]
        for before, now, row in zip(frames, frames[1:], rows[1:]):
            seconds = (now["monotonic"] - before["monotonic"]) / 1e9
            moved = [total + value * seconds for total, value in zip(moved, row["values"])]
        # Each row has a time of its own within its frame.
        for was, has, total in zip(counters(frames[0]), counters(frames[-1]), moved):
            self.assertAlmostEqual(total / (has - was), 1, delta=0.03)

    def test_statistics_of_one_step_follow_from_its_frames(self):
        words = ("history", self.guest["uuid"], "--metric", "cpu_time")
        frames = [row["values"][0] for row in self.run_json(*words, "--step", "0", ring=self.recording)["rows"]]
        self.assertIsNone(frames[0])
        values = sorted(frames[1:])
        one = {name: self.run_json(*words, "--step", "1h", "--stat", name, ring=self.recording)["rows"]
               for name in ("avg", "min", "max", "last", "p50", "p95", "p100")}
        figure = {name: rows[-1]["values"][0] for name, rows in one.items() if len(rows) == 1}
        if not figure:
            self.skipTest("the recording crosses a full hour")
        self.assertEqual(figure["min"], values[0])
        self.assertEqual(figure["max"], values[-1])
        self.assertEqual(figure["p100"], values[-1])
        self.assertEqual(figure["last"], frames[-1])
        self.assertEqual(figure["p50"], values[-(-len(values) // 2) - 1])
        self.assertEqual(figure["p95"], values[-(-len(values) * 95 // 100) - 1])
        self.assertAlmostEqual(figure["avg"] / (sum(values) / len(values)), 1, delta=0.05)

    def test_host_sums_over_its_guests(self):
        words = ("--metric", "guest.cpu_time,disk.read_bytes", "--step", "0")
        host = self.run_json("history", "host", *words, ring=self.recording)
        self.assertIn("host", host)
        guests = [self.run_json("history", guest["uuid"], *words, ring=self.recording) for guest in self.agent.guests()]
        for column in (0, 1):
            total = sum(guest["rows"][5]["values"][column] for guest in guests)
            self.assertAlmostEqual(host["rows"][5]["values"][column] / total, 1, places=9)

    def test_ranges(self):
        info = self.run_json("ring", "info", self.recording)
        all_of_it = self.run_json("history", "host", "--step", "0", ring=self.recording)
        self.assertEqual((all_of_it["from"], all_of_it["to"]), (info["from"], info["to"]))
        third = all_of_it["rows"][2]["time"]
        part = self.run_json("history", "host", "--step", "0", "--from", all_of_it["rows"][1]["time"],
                             "--to", third[:-1] + "999Z", ring=self.recording)
        # The first rate of a range comes from the frame before it.
        self.assertEqual(part["rows"][-1], all_of_it["rows"][2])
        self.assertNotIn(None, part["rows"][-1]["values"])
        ended = self.run_ok("history", "host", "--from", "3 sec ago", "--to", "now", "--step", "1s")
        self.assertGreaterEqual(len(ended.splitlines()), 3)
        # In another zone the same moments have other names.
        elsewhere = self.run_ok("history", "host", "--step", "1s", ring=self.recording, env={"TZ": "XYZ-5"})
        self.assertIn("(XYZ)", elsewhere.splitlines()[0])

    def test_wrong_arguments(self):
        name = self.guest["name"]
        self.refused(_USAGE, "history", says="guest is required")
        self.refused(_USAGE, "history", name, "--metric", "nonsense", says="cpu_time")
        self.refused(_USAGE, "history", name, "--metric", "disk.read_byte", says="read_bytes")
        self.refused(_USAGE, "history", name, "--metric", "load1", says="'load1'")
        self.refused(_USAGE, "history", name, "--metric", "cpu_time,,state", says="''")
        self.refused(_USAGE, "history", name, "--from", "whenever", says="--from: 'whenever' is no time")
        self.refused(_USAGE, "history", name, "--to", "25:00", says="a day has no 25:00")
        self.refused(_USAGE, "history", name, "--from", "now", "--to", "1 min ago", says="is after --to")
        self.refused(_USAGE, "history", name, "--step", "1 fortnight", says="--step")
        self.refused(_USAGE, "history", name, "--step", "1ns", says="--step 1ns: more than")
        self.refused(_USAGE, "history", name, "--stat", "p0", says="p95")
        self.refused(_USAGE, "history", name, "--format", "yaml", says="yaml")
        self.refused(_USAGE, "list", "--format", "csv", says="csv")
        self.refused(_USAGE, "record", says="file is required")
        self.refused(_USAGE, "events", "--follow", "--to", "now", says="--to")
        self.refused(_USAGE, "events", "--from", "\x1b[31mred", says="no time")

    def test_what_is_not_there(self):
        self.refused(_NOT_WELL, "history", "nobody", says="'nobody'")
        self.refused(_NOT_WELL, "history", str(uuid.uuid4()), says="no guest")
        self.refused(_NOT_WELL, "history", self.guest["name"], "--metric", "disk.sdz.read_bytes", says="no disk 'sdz'")
        self.refused(_NOT_WELL, "history", "host", "--from", "2 hr ago", "--to", "1 hr ago", says="the ring goes from")
        self.refused(_NOT_WELL, "events", "--guest", "nobody", says="'nobody'")
        for words in (("history", "host"), ("events",), ("events", "--follow"), ("record", "/dev/null"),
                      ("ring", "verify")):
            self.refused(_NO_RING, *words, says="/no/ring: no such ring", ring="/no/ring")
        code, _, err = virtscope("history", "host", "--from", "2 hr ago", ring=self.agent.ring)
        self.assertEqual(code, _DONE)
        self.assertIn("the ring reaches back to", err)

    def test_record_makes_a_ring_that_every_reader_opens(self):
        path = os.path.join(self.lab.folder, "cut.rec")
        done = self.run_json("record", path, "--from", "2 s ago")
        self.assertEqual(done["bytes"], os.stat(path).st_size)
        self.assertTrue(15 <= done["frames"] <= 25, done)
        info = self.run_json("ring", "info", path)
        self.assertEqual((info["frames"], info["values"], info["from"], info["to"]),
                         (done["frames"], done["values"], done["from"], done["to"]))
        self.assertEqual(self.run_json("ring", "verify", path)["whole"], True)
        rows = self.run_json("history", self.guest["name"], "--step", "0", ring=path)["rows"]
        self.assertEqual(len(rows), done["frames"])
        self.assertEqual(self.run_json("info", self.guest["uuid"], ring=path)["time"], done["to"])
        self.run_ok("events", ring=path)

    def test_record_overwrites_nothing_and_leaves_no_halves(self):
        path = os.path.join(self.lab.folder, "kept.rec")
        with open(path, "w") as file:
            file.write("precious")
        self.refused(_NOT_WELL, "record", path, says="--force")
        with open(path) as file:
            self.assertEqual(file.read(), "precious")
        self.run_ok("record", path, "--force")
        self.assertEqual(self.run_json("ring", "verify", path)["whole"], True)
        self.refused(_NOT_WELL, "record", self.agent.ring, "--force", says="is the ring itself")
        self.refused(_NOT_WELL, "record", "/dev/null", "--force", says="no regular file")
        self.refused(_NOT_WELL, "record", os.path.join(self.lab.folder, "none", "x"), says="cannot write there")
        missing = os.path.join(self.lab.folder, "missing.rec")
        self.refused(_NOT_WELL, "record", missing, "--from", "2 hr ago", "--to", "1 hr ago",
                     says="no frame in that range")
        self.refused(_NOT_WELL, "record", "/dev/full", says="/dev/full")
        self.assertFalse(os.path.exists(missing))
        self.assertEqual([name for name in os.listdir(self.lab.folder) if "part" in name], [])

    def test_verify_tells_what_is_wrong(self):
        with open(self.recording, "rb") as file:
            whole = file.read()
        bad = os.path.join(self.lab.folder, "bad.rec")

        def refused(code, content, says):
            with open(bad, "wb") as file:
                file.write(content)
            return self.refused(code, "ring", "verify", bad, "--format", "json", says=says)

        def changed(at, value):
            return whole[:at] + value + whole[at + len(value):]

        def header(at, value):
            """Changed in the header and in the copy that it has."""
            front = changed(at, value)
            return front[:2048 + at] + value + front[2048 + at + len(value):]

        frames = self.run_json("ring", "verify", self.recording)["frames"]
        verdict = json.loads(refused(_NOT_WELL, changed(len(whole) // 3, b"\xff" * 16), says="damaged in 1 place;"))
        self.assertFalse(verdict["whole"])
        self.assertTrue(frames - 2 <= verdict["frames"] <= frames, (verdict, frames))  # a roster costs none
        self.assertEqual(verdict["frames_in_all"], frames)
        verdict = json.loads(refused(_CUT_SHORT, whole[:len(whole) // 2], says=f" of {frames} frames remain"))
        self.assertTrue(frames // 4 < verdict["frames"] < frames * 3 // 4, (verdict, frames))
        refused(_NOT_A_RING, b"#!/bin/sh\n" * 1000, says="not a virtscope ring")
        refused(_UNFINISHED, b"", says="empty")
        refused(_UNFINISHED, b"vscpinit" + whole[8:], says="never finished")
        refused(_CONTRADICTORY, header(24, b"\x01"), says="header is damaged")
        refused(_BYTE_ORDER, header(12, b"\x01\x02\x03\x04"), says="other byte order")
        self.refused(_NO_RING, "ring", "verify", "/no/ring", says="/no/ring: no such ring")
        self.refused(_NOT_A_RING, "ring", "verify", "/dev/null", says="not a virtscope ring")
        with open(bad, "wb") as file:
            file.write(whole)
        self.run_ok("ring", "verify", bad)

    def test_a_live_ring_is_whole_and_says_who_writes_it(self):
        pid = self.agent.pid
        verdict = self.run_json("ring", "verify", self.agent.ring)
        self.assertEqual((verdict["verdict"], verdict["written_by"], verdict["recording"]), ("whole", pid, False))
        self.assertIn(f"now, by process {pid}", self.run_ok("ring", "verify", self.agent.ring))
        info = self.run_json("ring", "info", self.agent.ring)
        self.assertTrue(info["writer_alive"])
        self.assertEqual(info["file_bytes"], os.stat(self.agent.ring).st_size)
        info = self.run_json("ring", "info", self.recording)
        self.assertEqual((info["writer_alive"], info["recording"]), (False, True))
        self.assertLess(info["file_bytes"], info["bytes"] + (64 << 10))
        self.assertAlmostEqual(info["bytes_a_value"], info["bytes"] / info["values"], delta=0.001)

    def test_an_agent_does_not_take_a_recording_for_its_ring(self):
        with open(self.recording, "rb") as file:
            before = file.read()
        got = subprocess.run([program("virtscoped"), "--foreground", "--connect", "test:///default", "--ring", self.recording],
                             capture_output=True, text=True, timeout=10)
        self.assertNotEqual(got.returncode, 0)
        self.assertIn("a recording, and never overwritten", got.stderr)
        with open(self.recording, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_help_has_examples(self):
        for words in (("history",), ("events",), ("record",)):
            self.assertIn("Examples:", self.run_ok(*words, "--help"))
        self.assertIn("Exit codes: 0 whole", self.run_ok("ring", "verify", "--help"))


class Following(Verbs):
    def follow(self, ring, *words, **options):
        process = subprocess.Popen([program("virtscope"), "events", "--follow", "--ring", ring, *words], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def test_ends_when_told_to_and_when_nobody_reads(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=2", interval="100ms") as agent:
            for end in (signal.SIGINT, signal.SIGTERM):
                process = self.follow(agent.ring, "--from", "1 h ago")
                self.assertIn("TIME", process.stdout.readline())
                self.assertIn("agent-started", process.stdout.readline())
                process.send_signal(end)
                self.assertEqual(process.wait(5), _DONE)
                self.assertEqual(process.stderr.read(), "")
            process = self.follow(agent.ring, "--format", "json", "--from", "1 h ago")
            self.assertEqual(json.loads(process.stdout.readline())["event"], "agent-started")
            process.stdout.close()
            self.assertEqual(process.wait(5), _DONE)

    def test_says_how_many_frames_it_lost(self):
        options = {"connect": "test:///default?guests=50", "interval": "100ms", "ring_size": "256KiB"}
        with Lab() as lab, lab.agent(**options) as agent:
            process = self.follow(agent.ring, "--from", "1 h ago")
            process.stdout.readline()
            agent.wait_frames(5)
            process.send_signal(signal.SIGSTOP)
            held = self.run_json("ring", "info", ring=agent.ring)["frames"]
            agent.wait_frames(held * 3, seconds=60)
            process.send_signal(signal.SIGCONT)
            self.assertRegex(process.stderr.readline(), r"^virtscope: \d+ frames lost")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(5), _DONE)


class Real(Verbs):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.guest = cls.lab.linux("worker", uuid=str(uuid.uuid4()), disks=[Disk(), Disk()])
        cls.spinning = cls.lab.firmware("spin,ning", uuid=str(uuid.uuid4()), firmware="spin")
        cls.agent = cls.enterClassContext(cls.lab.agent(interval="500ms"))
        cls.agent.wait_guest(cls.guest)
        cls.agent.wait_guest(cls.spinning)

    def moved(self, history, column=0):
        """Units in all: rates times the time between frames."""
        total, before = 0.0, None
        for row in history["rows"]:
            now = datetime.fromisoformat(row["time"].replace("Z", "+00:00"))
            if before is not None and row["values"][column] is not None:
                total += row["values"][column] * (now - before).total_seconds()
            before = now
        return total

    def test_disk_bytes_are_those_that_the_guest_moved(self):
        begin = f"@{time.time():.3f}"
        self.agent.wait_frames(2)  # the length of the first row's stretch is not known to us
        before = self.guest.blockstats()
        self.guest.run("disk vda read 300 65536")
        self.guest.run("disk vdb write 200 16384")
        after = self.guest.blockstats()

        def check():
            history = self.run_json("history", "worker", "--from", begin, "--step", "0",
                                    "--metric", "disk.vda.read_bytes,disk.vdb.write_bytes,disk.read_bytes")
            for column, (disk, counter) in enumerate((("vda", "rd_bytes"), ("vdb", "wr_bytes"))):
                truth = after[disk][counter] - before[disk][counter]
                self.assertGreater(truth, 2 << 20)
                self.assertAlmostEqual(self.moved(history, column) / truth, 1, delta=0.15, msg=f"{disk} {counter}")
            self.assertGreaterEqual(self.moved(history, 2), 0.99 * self.moved(history, 0))
        self.agent.wait_frames(3)
        eventually(check, seconds=5)

    def test_cpu_is_that_of_the_process(self):
        def clock():
            return time.clock_gettime_ns((~self.spinning.pid << 3) | 2)
        begin, before = time.time(), clock()
        time.sleep(5)
        end, after = time.time(), clock()
        self.agent.wait_frames(2)
        row = self.run_json("history", "spin,ning", "--from", f"@{begin:.3f}", "--to", f"@{end:.3f}", "--step", "0",
                            "--metric", "cpu_time")
        rates = [values for values in (row["values"][0] for row in row["rows"]) if values is not None]
        self.assertGreaterEqual(len(rates), 8)
        # Frames do not fall on the beginning and the end of our own measurement.
        self.assertAlmostEqual(sum(rates) / len(rates) / ((after - before) / (end - begin)), 1, delta=0.2)

    def test_state_in_events_and_history(self):
        follower = subprocess.Popen([program("virtscope"), "events", "--follow", "--guest", "worker",
                                     "--format", "json", "--ring", self.agent.ring], stdout=subprocess.PIPE, text=True)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)
        time.sleep(0.5)
        self.guest.qmp("stop")
        event = json.loads(follower.stdout.readline())
        self.assertEqual((event["event"], event["guest"], event["uuid"]), ("guest-state", "worker", self.guest.uuid))
        self.assertIn("paused", event["text"])
        self.guest.qmp("cont")
        self.assertIn("running", json.loads(follower.stdout.readline())["text"])
        follower.send_signal(signal.SIGINT)
        self.assertEqual(follower.wait(5), _DONE)
        follower.stdout.close()
        listed = self.run_ok("events", "--guest", self.guest.uuid)
        self.assertIn("guest-state", listed)
        rows = list(csv.reader(io.StringIO(self.run_ok("events", "--guest", self.guest.uuid, "--format", "csv"))))
        self.assertEqual(rows[0], ["time", "event", "guest", "uuid", "text"])
        self.assertIn("guest-state", [row[1] for row in rows])
        self.assertIn("paused", self.run_ok("history", "worker", "--metric", "state", "--step", "0"))

    def test_a_guest_that_is_gone_is_remembered(self):
        gone = self.lab.firmware("gone", uuid=str(uuid.uuid4()))
        self.agent.wait_guest(gone)
        self.agent.wait_frames(3)
        gone.stop()
        until(lambda: (self.agent.row(gone) or {"state": "shut off"})["state"] == "shut off", seconds=10)
        self.agent.wait_frames(3)
        history = self.run_json("history", "gone", "--step", "1s", "--metric", "cpu_time,memory_resident")
        self.assertEqual(history["uuid"], gone.uuid)
        self.assertTrue(any(row["values"][0] is not None for row in history["rows"]))
        self.assertEqual(history["rows"][-1]["values"], [None, None])
        kinds = [event["event"] for event in self.run_json("events", "--guest", "gone")["events"]]
        self.assertEqual(kinds[-1], "guest-stopped")

    def test_two_guests_of_one_name_are_told_apart_by_uuid(self):
        twins = [self.lab.firmware("twin", uuid=str(uuid.uuid4())) for _ in range(2)]
        self.addCleanup(lambda: [twin.stop() for twin in twins])
        for twin in twins:
            self.agent.wait_guest(twin)
        for words in (("history", "twin"), ("events", "--guest", "twin")):
            self.refused(_NOT_WELL, *words, says=twins[0].uuid)
            self.refused(_NOT_WELL, *words, says=twins[1].uuid)
        self.assertEqual(self.run_json("history", twins[1].uuid)["uuid"], twins[1].uuid)


if __name__ == "__main__":
    main()
