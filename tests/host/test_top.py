#!/usr/bin/env python3
"""virt-top on a real terminal, on the simulated host and on real guests."""
import os
import re
import signal
import socket
import subprocess
import uuid

from lab import Lab, LabCase, Screen, main, program, table_of, until

_GUESTS = 60


def _table(text):
    """Rows of the guests' table, each a dict by the header's words."""
    words, lines = table_of(text)
    rows = [line.split(None, len(words) - 1) for line in lines]
    return [dict(zip(words, row)) for row in rows if len(row) == len(words)]


def _number(cell):
    return 0.0 if cell == "-" else float(cell)


def _seconds(cell):
    """Of "0:00.74", "402:55:33" and "55d10:07"."""
    if "d" in cell:
        days, hours, minutes = map(int, cell.replace("d", ":").split(":"))
        return (days * 24 + hours) * 3600 + minutes * 60
    minutes, seconds = cell.rsplit(":", 1)
    hours, _, minutes = minutes.rpartition(":")
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)


class Simulated(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        uri = f"test:///default?guests={_GUESTS}&seed=3"
        cls.agent = cls.enterClassContext(cls.lab.agent(connect=uri, interval="500ms"))
        cls.agent.wait_frames(2)

    def screen(self, command=None, **size):
        command = command or f"{program('virt-top')} --ring {self.agent.ring}"
        screen = Screen(self.lab.folder, command, **size)
        self.addCleanup(screen.close)
        return screen

    def rows(self, screen, judge=lambda rows: True):
        return screen.expect(lambda text: (lambda rows: rows if rows and judge(rows) else None)(_table(text)),
                             why="the guests' table")

    def ordered(self, screen, column, read, descending=True):
        def judge(rows):
            values = [read(row[column]) for row in rows]
            return values == sorted(values, reverse=descending)
        self.rows(screen, judge)

    def by_id(self, screen):
        self.ordered(screen, "ID", lambda cell: int(cell) if cell.isdigit() else 1 << 31, descending=False)

    def test_fills_the_screen_and_names_its_columns(self):
        screen = self.screen()
        rows = self.rows(screen)
        self.assertGreaterEqual(len(rows), 20)
        self.assertTrue({"ID", "S", "RDRQ", "WRRQ", "RXBY", "TXBY", "%CPU", "%MEM", "TIME", "NAME"} <= set(rows[0]), rows[0])
        self.assertIn(str(_GUESTS), screen.text())

    def test_sort_keys(self):
        screen = self.screen()
        self.rows(screen)
        screen.type("M")
        self.ordered(screen, "%MEM", _number)
        screen.type("T")
        self.ordered(screen, "TIME", _seconds)
        screen.type("P")
        self.ordered(screen, "%CPU", _number)
        screen.type("N")
        self.by_id(screen)

    def test_scrolls(self):
        screen = self.screen()
        self.rows(screen)
        screen.type("N")
        self.by_id(screen)
        first = self.rows(screen)[0]["NAME"]
        for _ in range(30):  # beyond the last row that fits
            screen.key("Down")
        second = self.rows(screen, lambda rows: rows[0]["NAME"] != first)[0]["NAME"]
        screen.key("NPage")
        self.rows(screen, lambda rows: rows[0]["NAME"] not in (first, second))
        screen.key("Home")
        self.rows(screen, lambda rows: rows[0]["NAME"] == first)

    def test_help_and_back(self):
        screen = self.screen()
        self.rows(screen)
        screen.type("h")
        screen.expect(lambda text: "Sort" in text and "Quit" in text, why="the help")
        screen.type(" ")
        self.rows(screen)

    def test_delay_is_asked_for(self):
        screen = self.screen()
        self.rows(screen)
        screen.type("d")
        screen.expect(lambda text: re.search("delay|interval|seconds", text, re.IGNORECASE), why="the question")
        screen.type("2\n")
        self.rows(screen)

    def settings(self):
        return os.path.join(self.lab.folder, "before"), os.path.join(self.lab.folder, "after")

    def leaving(self, leave):
        before, after = self.settings()
        screen = self.screen(f"stty -a >{before}; {program('virt-top')} --ring {self.agent.ring}; echo left $?; stty -a >{after}.new; mv {after}.new {after}")
        self.rows(screen)
        self.assertEqual(screen.attribute("alternate_on"), "1")
        leave(screen)
        until(lambda: os.path.exists(after), why="the terminal given back")
        self.assertEqual(screen.attribute("alternate_on"), "0")
        self.assertEqual(screen.attribute("cursor_flag"), "1")
        with open(before) as one, open(after) as other:
            self.assertEqual(one.read(), other.read())
        os.unlink(after)
        return screen.text()

    def test_q_gives_the_terminal_back(self):
        self.assertIn("left 0", self.leaving(lambda screen: screen.type("q")))

    def test_a_signal_gives_the_terminal_back(self):
        def interrupt(screen):
            shell = int(screen.attribute("pane_pid"))
            with open(f"/proc/{shell}/task/{shell}/children") as file:
                os.kill(int(file.read().split()[0]), signal.SIGTERM)
        self.leaving(interrupt)

    def test_small_and_changing_terminals(self):
        screen = self.screen(columns=80, lines=24)
        self.rows(screen)
        for columns, lines in ((20, 3), (200, 50), (1, 1), (80, 24)):
            screen.resize(columns, lines)
        self.rows(screen, lambda rows: 10 <= len(rows) <= 24)

    def test_says_when_the_agent_is_silent(self):
        with Lab() as lab, lab.agent(connect="test:///default?guests=5", interval="200ms") as agent:
            screen = self.screen(f"{program('virt-top')} --ring {agent.ring}")
            self.rows(screen)
            agent.kill()
            screen.expect(lambda text: re.search("silent|stale|not running|ago|old", text), why="that the data is old")
            screen.type("q")

    def test_batch_prints_every_guest(self):
        got = subprocess.run([program("virt-top"), "--ring", self.agent.ring, "-b", "-n", "1"], capture_output=True, text=True)
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertNotIn("\x1b", got.stdout)
        self.assertEqual(len(_table(got.stdout)), len([row for row in self.agent.guests()]))


class Orders(LabCase):
    """The menu, on guests of the simulated host."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(cls.lab.agent(connect="test:///default?guests=5&churn=0&seed=3", interval="500ms"))
        cls.agent.wait_frames(2)

    def screen(self, options=""):
        screen = Screen(self.lab.folder, f"{program('virt-top')} --ring {self.agent.ring} -d 1 -o name {options}")
        self.addCleanup(screen.close)
        screen.expect(lambda text: len(_table(text)) == 5, why="the guests' table")
        return screen

    def state(self, name):
        return next(row["state"] for row in self.agent.guests() if row["name"] == name)

    def running(self):
        """Name of a running guest, and its place by name."""
        rows = sorted(self.agent.guests(), key=lambda row: row["name"])
        return next((row["name"], place) for place, row in enumerate(rows) if row["state"] == "running")

    def menu(self, screen, name, place):
        """Opens the menu of a guest."""
        for _ in range(place):
            screen.key("Down")
        screen.type("m")
        screen.expect(lambda text: f"Orders to {name} (uuid " in text, why="the menu")

    def choose(self, screen, verb):
        lines = screen.expect(lambda text: "Enter: give the order" in text and text.splitlines(), why="the menu")
        title = next(number for number, line in enumerate(lines) if line.startswith("Orders to "))
        verbs = [line.split()[0] for line in lines[title + 1:] if line.startswith("  ")]
        for _ in range(verbs.index(verb)):
            screen.key("Down")
        screen.key("Enter")

    def test_suspends_and_resumes_and_the_bar_stays_with_the_guest(self):
        name, place = self.running()
        screen = self.screen()
        self.menu(screen, name, place)
        self.choose(screen, "suspend")
        screen.expect(lambda text: re.search(rf"^{name}: paused after [0-9.]+s", text, re.MULTILINE), why="the state observed")
        self.assertEqual(self.state(name), "paused")
        screen.expect(lambda text: next(row["S"] for row in _table(text) if row["NAME"] == name) == "P", why="the row")
        screen.type("m")
        screen.expect(lambda text: re.search(rf"Orders to {name} .*: paused", text), why="the menu of the paused guest")
        self.assertNotIn("suspend ", screen.text())
        self.choose(screen, "resume")
        screen.expect(lambda text: re.search(rf"^{name}: running after [0-9.]+s", text, re.MULTILINE), why="the state observed")
        self.assertEqual(self.state(name), "running")
        screen.type("q")

    def test_destroy_asks_and_start_follows(self):
        name, place = self.running()
        uuid_of = next(row["uuid"] for row in self.agent.guests() if row["name"] == name)
        screen = self.screen()
        self.menu(screen, name, place)
        self.choose(screen, "destroy")
        question = f"destroy {name} (uuid {uuid_of})? y/N"
        screen.expect(lambda text: question in text, why="the question")
        screen.key("Enter")
        screen.expect(lambda text: "destroy: not done" in text, why="that nothing was done")
        self.assertEqual(self.state(name), "running")
        screen.key("Enter")
        screen.expect(lambda text: question in text, why="the question again")
        screen.type("y")
        screen.expect(lambda text: re.search(rf"^{name}: off after [0-9.]+s", text, re.MULTILINE), why="the state observed")
        screen.expect(lambda text: f"({name})" in text, why="the guest shown as off")
        screen.type("m")
        self.choose(screen, "start")
        screen.expect(lambda text: re.search(rf"^{name}: running after [0-9.]+s", text, re.MULTILINE), why="the state observed")

    def test_what_is_so_already_is_said(self):
        name, place = self.running()
        screen = self.screen()
        self.menu(screen, name, place)
        # Somebody else was faster.
        self.agent.ask("suspend", name, "--wait")
        try:
            self.choose(screen, "suspend")
            screen.expect(lambda text: f"{name}: suspend: nothing to do, it is so already" in text, why="that it was so")
        finally:
            self.agent.ask("resume", name, "--wait")

    def test_the_screen_lives_while_an_order_is_under_way_and_a_refusal_is_in_the_agents_words(self):
        name, place = self.running()
        path = os.path.join(self.lab.folder, "slow")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(10)
            screen = self.screen(f"--control {path}")
            self.menu(screen, name, place)
            self.choose(screen, "suspend")
            agent, _ = listener.accept()
            with agent:
                self.assertIn('"verb":"suspend","guest":"', agent.recv(4096).decode())
                clock = screen.expect(lambda text: f"{name}: suspend..." in text and text[:17], why="that it is under way")
                screen.expect(lambda text: text[:17] != clock and f"{name}: suspend..." in text, why="the clock to go on")
                screen.type("m")
                screen.expect(lambda text: "the agent has not answered to the last order yet" in text, why="that one is enough")
                agent.sendall(b'{"result":"denied","error":"uid 0 may not suspend"}\n')
            screen.expect(lambda text: "uid 0 may not suspend" in text, why="the refusal")
            screen.type("mq")
            self.rows_stay(screen)

    def rows_stay(self, screen):
        screen.expect(lambda text: len(_table(text)) == 5 and "Orders to" not in text, why="the guests' table")

    def why_not(self, options, reason):
        command = f"{program('virt-top')} {options}"
        with Screen(self.lab.folder, command) as screen:
            screen.expect(_table, why="the guests' table")
            screen.type("m")
            screen.expect(lambda text: reason in text, why=f"'{reason}'")
            self.assertNotIn("Orders to", screen.text())

    def test_says_why_there_are_no_orders(self):
        self.why_not(f"--ring {self.agent.ring} --readonly", "no orders: virt-top runs with --readonly")
        self.why_not(f"--ring {self.agent.ring} --control {self.lab.folder}/none", "no orders: no agent at")
        self.why_not(f"--file {self.agent.ring}", "no orders: a recording is of the past")
        self.why_not("-c 'test:///default?guests=3'", "no orders: virt-top samples by itself here")

    def test_no_orders_in_the_past(self):
        screen = self.screen()
        screen.type("[")
        screen.expect(lambda text: " history" in text, why="the past")
        screen.type("m")
        screen.expect(lambda text: "no orders: this is the past; End leads to now" in text, why="why not")
        screen.key("End")
        screen.expect(lambda text: " history" not in text, why="the present")
        screen.type("m")
        screen.expect(lambda text: "Orders to " in text, why="the menu")


class Real(LabCase):
    def test_spinning_guest_on_top_and_a_stopped_one_marked(self):
        with Lab() as lab:
            busy = lab.firmware("busy-one", uuid=str(uuid.uuid4()), firmware="spin")
            idle = lab.firmware("idle-one", uuid=str(uuid.uuid4()))
            with lab.agent(interval="500ms") as agent:
                agent.wait_guest(busy)
                agent.wait_guest(idle)
                with Screen(lab.folder, f"{program('virt-top')} --ring {agent.ring}") as screen:
                    rows = screen.expect(
                        lambda text: (lambda rows: rows if rows and rows[0]["NAME"].startswith("busy-one")
                                      and _number(rows[0]["%CPU"]) > 1 else None)(_table(text)),
                        why="busy-one on top")
                    self.assertTrue(any(row["NAME"].startswith("idle-one") for row in rows))
                    idle.freeze()
                    screen.expect(lambda text: re.search(r"^ *\d+ .!.* idle-one", text, re.MULTILINE) and "Stale: 1" in text,
                                  why="idle-one marked stale")
                    idle.thaw()
                    screen.type("q")

    def test_without_an_agent_it_samples_by_itself(self):
        with Lab() as lab:
            lab.firmware("loner", firmware="spin")
            environment = {**os.environ, "VIRTSCOPE_RING": os.path.join(lab.folder, "none")}
            got = subprocess.run([program("virt-top"), "-b", "-n", "2", "-d", "0.5"], capture_output=True, text=True, env=environment)
            self.assertEqual(got.returncode, 0, got.stderr)
            self.assertIn("loner", got.stdout)


if __name__ == "__main__":
    main()
