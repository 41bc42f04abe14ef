#!/usr/bin/env python3
"""virt-top through time: keys on a real terminal, recordings, moments asked for."""
import os
import re
import shutil
import subprocess
import time
from datetime import datetime, timedelta

from lab import Lab, LabCase, Screen, main, program, table_of

_HISTORY = re.compile(r"^(?:virt-top )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) history, (.+) ago - ", re.MULTILINE)
_LIVE = re.compile(r"^virt-top \d\d:\d\d:\d\d - ", re.MULTILINE)
_TICK = timedelta(milliseconds=200)


def _moment(text):
    """The time of a screen of history, None if it is not one."""
    found = _HISTORY.search(text)
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S.%f") if found else None


def _table(text):
    return table_of(text)[1]


def _top(*words, expect=0):
    got = subprocess.run([program("virt-top"), *words], capture_output=True, text=True, timeout=60)
    assert got.returncode == expect, f"{words}: exit code {got.returncode}: {got.stderr}"
    return got.stdout if expect == 0 else got.stderr


class Time(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        uri = "test:///default?guests=5&churn=30"
        cls.agent = cls.enterClassContext(cls.lab.agent(connect=uri, interval="200ms"))
        cls.agent.wait_frames(10)

    def screen(self, *words, **size):
        screen = Screen(self.lab.folder, " ".join([program("virt-top"), "-d", "0.6", *words]), **size)
        self.addCleanup(screen.close)
        return screen

    def live(self, screen):
        return screen.expect(lambda text: _LIVE.search(text) and _table(text) and text, why="the present")

    def past(self, screen, judge=lambda moment: True):
        return screen.expect(lambda text: (lambda moment: moment and judge(moment) and text)(_moment(text)), why="the past")

    def recording(self):
        copy = os.path.join(self.lab.folder, "copy")
        if not os.path.exists(copy):
            with self.lab.agent(connect="test:///default?guests=5", interval="200ms") as agent:
                agent.wait_frames(20)
            shutil.copy(agent.ring, copy)
        return copy


class Keys(Time):
    def test_steps_and_back_to_the_present(self):
        for columns, lines in ((80, 24), (120, 40)):
            screen = self.screen("--ring", self.agent.ring, columns=columns, lines=lines)
            self.live(screen)
            screen.type("[")
            first = _moment(self.past(screen))
            screen.type("[")
            second = _moment(self.past(screen, lambda moment: moment != first))
            self.assertAlmostEqual((first - second) / _TICK, 1, delta=0.5)
            screen.type("]")
            self.past(screen, lambda moment: moment == first)
            screen.key("End")
            self.live(screen)

    def test_history_stands_still(self):
        screen = self.screen("--ring", self.agent.ring)
        self.live(screen)
        screen.type("[")
        before = self.past(screen)
        time.sleep(1.5)
        after = screen.text()
        self.assertEqual(_moment(after), _moment(before))
        self.assertEqual(_table(after), _table(before))
        self.assertNotEqual(_HISTORY.search(after)[2], _HISTORY.search(before)[2])
        screen.type("N")  # sorting is of the moment shown
        sorted_by_id = screen.expect(lambda text: (lambda ids: ids == sorted(ids) and text)([line.split()[0] for line in _table(text)]))
        self.assertEqual(_moment(sorted_by_id), _moment(before))

    def test_a_minute_back_is_the_oldest_of_a_young_ring(self):
        with self.lab.agent(connect="test:///default?guests=5", interval="200ms") as agent:
            agent.wait_frames(10)
            screen = self.screen("--ring", agent.ring)
            self.live(screen)
            screen.type("{")
            text = self.past(screen)
            self.assertIn("this is the oldest frame of the ring", text)
            self.assertIn("agent-started", text)
            screen.type("}")
            self.live(screen)

    def test_stepping_past_the_newest_frame_is_the_present(self):
        with self.lab.agent(connect="test:///default?guests=5", interval="2s") as agent:
            agent.wait_frames(2)
            screen = self.screen("--ring", agent.ring)
            self.live(screen)
            screen.type("[")
            screen.expect(lambda text: " history, " in text, why="the past")
            screen.type("]]]")
            self.live(screen)

    def test_events(self):
        screen = self.screen("--ring", self.agent.ring, "-d", "10")
        self.live(screen)
        screen.type("[")
        text = self.past(screen)
        line = text.splitlines()[3]
        self.assertRegex(line, r"^\d+ events?: \d\d:\d\d:\d\d (guest|device)-\w+ ")

    def test_what_is_overwritten_is_told(self):
        with self.lab.agent(connect="test:///default?guests=200", interval="100ms", ring_size="1MiB") as agent:
            agent.wait_frames(5)
            screen = self.screen("--ring", agent.ring)
            self.live(screen)
            screen.type("[")
            screen.expect(lambda text: "the moment shown was overwritten: this is the oldest that is left" in text,
                          seconds=60, why="that it was overwritten")
            screen.key("End")
            self.live(screen)

    def test_who_samples_has_the_past_since_its_start(self):
        screen = self.screen("-c", "'test:///default?guests=3'", "-d", "0.5")
        self.live(screen)
        screen.type("[")
        text = screen.expect(lambda text: " history, " in text and text, why="the past")
        self.assertIn("3 domains", text)
        screen.key("End")
        self.live(screen)


class Recordings(Time):
    def test_begins_at_the_end_and_stays_there(self):
        screen = self.screen("--file", self.recording())
        text = self.past(screen)
        self.assertNotIn("silent", text)
        end = _moment(text)
        screen.type("]")
        screen.expect(lambda text: "this is the end of the recording" in text and _moment(text) == end)
        screen.type("[")
        self.past(screen, lambda moment: moment < end)
        screen.key("End")
        self.past(screen, lambda moment: moment == end)
        screen.type("q")

    def test_is_printed_without_waiting(self):
        begin = time.monotonic()
        moments = [datetime.strptime(found[0], "%Y-%m-%d %H:%M:%S.%f")
                   for found in _HISTORY.findall(_top("--file", self.recording(), "-b", "-d", "0.2"))]
        self.assertLess(time.monotonic() - begin, 2.0)
        self.assertGreaterEqual(len(moments), 20)
        self.assertEqual(moments, sorted(set(moments)))
        some = _HISTORY.findall(_top("--file", self.recording(), "-b", "-d", "1"))
        self.assertAlmostEqual(len(some), len(moments) / 5, delta=2)

    def test_a_moment_is_printed(self):
        at = _moment(_top("--file", self.recording(), "-b", "-d", "1", "-n", "3").split("\n\n")[0])
        asked = at + timedelta(milliseconds=1300)
        text = _top("--file", self.recording(), "--at", asked.isoformat(sep=" ", timespec="milliseconds"), "-b", "-n", "1")
        self.assertEqual(len(_HISTORY.findall(text)), 1)
        self.assertTrue(timedelta(0) <= asked - _moment(text) < 2 * _TICK, text)

    def test_csv(self):
        file = os.path.join(self.lab.folder, "csv")
        _top("--file", self.recording(), "--script", "--csv", file, "-d", "1")
        with open(file) as lines:
            self.assertGreaterEqual(len(lines.readlines()), 4)


class Wrong(Time):
    def test_times_that_the_ring_does_not_have(self):
        self.assertRegex(_top("--ring", self.agent.ring, "--at", "3 days ago", "-b", expect=3), "before the oldest frame, which is of")
        self.assertRegex(_top("--ring", self.agent.ring, "--at", "2200-01-01", "-b", expect=3), "in the future: the newest frame is of")
        self.assertRegex(_top("--at", "soonish", "-b", expect=2), "--at 'soonish' is no time")

    def test_files_that_are_none(self):
        junk = os.path.join(self.lab.folder, "junk")
        with open(junk, "wb") as file:
            file.write(os.urandom(70000))
        short = os.path.join(self.lab.folder, "short")
        with open(self.recording(), "rb") as whole, open(short, "wb") as file:
            file.write(whole.read(50000))
        for path in (junk, short, os.path.join(self.lab.folder, "missing"), self.lab.folder, "/dev/null"):
            with self.subTest(path):
                said = _top("--file", path, expect=3)
                self.assertEqual(said.count("\n"), 1, said)
                self.assertIn(path, said)

    def test_contradictions(self):
        self.assertIn("exclude each other", _top("--file", "x", "-c", "test:///default", expect=2))
        self.assertIn("exclude each other", _top("--at", "now", "-c", "test:///default", expect=2))


del Time  # it has no tests of its own

if __name__ == "__main__":
    main()
