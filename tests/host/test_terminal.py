#!/usr/bin/env python3
"""virt-top and the terminal it runs on: what is written to it, how it is left, and what happens when it is slow, small,
or gone."""
import os
import random
import re
import signal
import subprocess
import time

from lab import Lab, LabCase, Screen, Teletype, main, program, until

_TOOLS = os.path.join(os.path.dirname(os.path.dirname(program("virt-top"))), "tests")


def _is_drawn(text):
    return "domains," in text and "NAME" in text


def _is_printed(text, words):
    """Whether a command has, which the terminal may have put behind a prompt."""
    return re.search(rf"^([#$] )*{words}$", text, re.MULTILINE)


class OnTerminal(LabCase):
    """Each test has a terminal of its own; all have one ring of simulated guests."""

    GUESTS = 100

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(
            cls.lab.agent(connect=f"test:///default?guests={cls.GUESTS}&churn=0&seed=3", interval="500ms"))
        cls.agent.wait_frames(2)

    def top(self, *options, drawn=True, **terminal):
        argv = [program("virt-top"), "--ring", self.agent.ring, "-d", "1", "--no-hints", *options]
        tty = Teletype(argv, **terminal)
        self.addCleanup(tty.close)
        if drawn:
            tty.expect(_is_drawn, why="the guests")
        return tty

    def is_as_it_was(self, tty):
        tty.text()  # raises if anything strange was written
        self.assertEqual(tty.vt.state(), tty.vt_at_start)
        self.assertEqual(tty.modes(), tty.modes_at_start)


class Left(OnTerminal):
    """The terminal is left as it was, however the program ends."""

    def after(self, end, code, *options):
        tty = self.top(*options)
        self.assertNotEqual(tty.vt.state(), tty.vt_at_start)
        self.assertNotEqual(tty.modes(), tty.modes_at_start)
        end(tty)
        self.assertEqual(tty.wait(), code)
        self.is_as_it_was(tty)

    def test_when_asked_to(self):
        self.after(lambda tty: tty.type("q"), 0)
        self.after(lambda tty: tty.type("q"), 0, "--no-mouse", "--theme", "nord")

    def test_when_iterations_are_over(self):
        self.after(lambda tty: None, 0, "-n", "2")

    def test_on_signals_that_end(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                self.after(lambda tty, number=number: tty.send(number), 0)

    def test_on_ctrl_c(self):
        self.after(lambda tty: tty.type("\x03"), 0)

    def test_on_crashes_which_stay_crashes(self):
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGQUIT,
                       signal.SIGPIPE, signal.SIGUSR1, signal.SIGALRM):
            with self.subTest(signal=number.name):
                self.after(lambda tty, number=number: tty.send(number), -number)

    def test_on_ctrl_backslash(self):
        self.after(lambda tty: tty.type("\x1c"), -signal.SIGQUIT)

    def test_in_the_middle_of_anything(self):
        """Ends while it draws, thirty times, each at another moment."""
        for turn in range(30):
            tty = self.top(drawn=False)
            time.sleep(turn * 0.002)
            if not tty.bytes:  # what was not begun needs no end
                until(lambda tty=tty: tty.bytes, why="the first byte")
            tty.type("\x0c\x0c\x0c")
            tty.send(signal.SIGTERM if turn % 2 else signal.SIGSEGV)
            tty.wait()
            self.is_as_it_was(tty)
            tty.close()

    def test_when_the_terminal_is_gone(self):
        tty = self.top()
        tty.hang_up()
        self.assertIn(tty.process.wait(5), (0, -signal.SIGHUP))


class Stopped(OnTerminal):
    """Ctrl-Z and fg, in a shell with job control."""

    def setUp(self):
        self.before, self.during = (os.path.join(self.lab.folder, name) for name in ("before", "during"))
        self.screen = Screen(self.lab.folder, f"set -m; stty -a >{self.before}; {program('virt-top')} --ring {self.agent.ring} -d 1")
        self.addCleanup(self.screen.close)
        self.screen.expect(_is_drawn, why="the guests")

    def is_given_back(self):
        self.screen.expect(lambda text: "domains," not in text, why="the shell's screen")
        self.assertEqual(self.screen.attribute("alternate_on"), "0")
        self.assertEqual(self.screen.attribute("cursor_flag"), "1")
        self.assertEqual(self.screen.attribute("mouse_any_flag"), "0")
        if os.path.exists(self.during):
            os.unlink(self.during)
        self.screen.type(f"stty -a >{self.during}.new && mv {self.during}.new {self.during}\n")
        until(lambda: os.path.exists(self.during), why="the modes")
        with open(self.before) as one, open(self.during) as other:
            self.assertEqual(one.read(), other.read())

    def works(self):
        self.screen.expect(_is_drawn, why="the guests again")
        self.assertEqual(self.screen.attribute("alternate_on"), "1")
        self.screen.type("h")
        self.screen.expect(lambda text: "Quit" in text, why="the help")
        self.screen.type(" ")
        self.screen.expect(_is_drawn, why="the guests again")

    def test_ctrl_z_and_fg_again_and_again(self):
        for _ in range(3):
            self.screen.key("C-z")
            self.is_given_back()
            self.screen.type("fg\n")
            self.works()
        self.screen.type("q")
        self.is_given_back()

    def test_resized_meanwhile(self):
        self.screen.key("C-z")
        self.is_given_back()
        self.screen.resize(90, 20)
        self.screen.type("fg\n")
        self.works()
        self.screen.type("q")

    def test_in_the_background_it_waits_for_the_foreground(self):
        self.screen.key("C-z")
        self.is_given_back()
        self.screen.type("bg\n")
        self.screen.type("echo still the shell\n")
        self.screen.expect(lambda text: _is_printed(text, "still the shell"), why="the shell")
        self.is_given_back()
        self.screen.type("fg\n")
        self.works()
        self.screen.type("q")

    def test_ended_while_stopped(self):
        self.screen.key("C-z")
        self.is_given_back()
        self.screen.type("kill %1; wait; echo gone\n")
        self.screen.expect(lambda text: _is_printed(text, "gone"), why="its end")
        self.is_given_back()

    def test_stopped_without_being_asked_and_what_was_typed_is_the_shells(self):
        for _ in range(8):
            os.kill(self.pid(), signal.SIGSTOP)
            self.screen.type("\n")
            until(lambda: self.screen.attribute("pane_current_command") != "virt-top", why="the shell")
            self.screen.type("fg\n")
            self.screen.expect(lambda text: _is_drawn(text) and "Stopped" not in text, why="the guests again")
            self.works()
        self.screen.type("q")
        self.is_given_back()

    def pid(self):
        shell = self.screen.attribute("pane_pid")
        with open(f"/proc/{shell}/task/{shell}/children") as file:
            return int(file.read().split()[0])


class Slow(OnTerminal):
    """A terminal that does not read holds nothing up."""

    def full(self, *options):
        """A terminal with no room: what was written last has not been read."""
        tty = self.top(*options, columns=300, lines=100)
        tty.stop_reading()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and tty.has_room():
            tty.type("\x0c")
            time.sleep(0.02)
        self.assertFalse(tty.has_room())
        return tty

    def test_it_ends_when_told_to(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSEGV):
            tty = self.full()
            began = time.monotonic()
            tty.send(number)
            code = tty.process.wait(5)
            self.assertLess(time.monotonic() - began, 2)
            self.assertEqual(code, -number if number == signal.SIGSEGV else 0)
            self.assertEqual(tty.modes(), tty.modes_at_start)

    def test_q_is_heard(self):
        tty = self.full()
        tty.type("q")
        self.assertEqual(tty.process.wait(5), 0)

    def test_time_goes_on(self):
        csv = os.path.join(self.lab.folder, "slow.csv")
        self.full("--csv", csv)

        def count():
            with open(csv) as file:
                return len(file.readlines())
        before = count()
        until(lambda: count() >= before + 3, why="three more lines in the CSV file")

    def test_what_is_drawn_afterwards_is_the_present(self):
        tty = self.full()
        time.sleep(2.5)  # screens that nobody could see
        tty.go_on_reading()
        now = time.time()

        def is_now(text):
            clock = re.search(r"virt-top (\d\d):(\d\d):(\d\d)", text)
            hour, minute, second = map(int, clock.groups()) if clock else (0, 0, 0)
            local = time.localtime(now)
            return (hour, minute, second) >= (local.tm_hour, local.tm_min, local.tm_sec) and _is_drawn(text)
        tty.expect(is_now, why="the present")
        tty.type("q")
        self.assertEqual(tty.wait(), 0)
        self.is_as_it_was(tty)

    def test_stopped_by_ctrl_s_and_going_on(self):
        tty = self.top()
        tty.type("\x13")
        time.sleep(2)
        count = len(tty.bytes)
        time.sleep(1.2)
        self.assertEqual(len(tty.bytes), count)
        tty.type("\x11")
        until(lambda: len(tty.bytes) > count, why="it to go on")
        tty.type("q")
        tty.wait()
        self.is_as_it_was(tty)


class Sizes(OnTerminal):
    def test_a_small_terminal_says_how_small_it_may_be(self):
        tty = self.top()
        for columns, lines, text in ((60, 9, "this terminal is 60x9, virt-top needs 40x10"), (39, 24, "needs 40x10"),
                                     (10, 3, "40x10"), (3, 2, "40~"), (1, 1, "~")):
            tty.resize(columns, lines)
            tty.expect(lambda shown, text=text: shown.split("\n")[0] == text, why=text)
        tty.resize(40, 10)
        tty.expect(lambda text: "domains," in text and "ID S" in text, why="the guests")
        tty.type("q")
        self.assertEqual(tty.wait(), 0)
        self.is_as_it_was(tty)

    def test_a_storm(self):
        tty = self.top()
        dice = random.Random(5)
        for turn in range(1500):
            tty.resize(dice.randint(1, 300), dice.randint(1, 100))
            if turn % 10 == 0:
                time.sleep(dice.random() * 0.01)
        for columns, lines in ((1, 1), (300, 100), (100, 30)):
            tty.resize(columns, lines)
        tty.quiet(0.5)
        tty.resize(101, 31)
        shown = tty.expect(lambda text: _is_drawn(text) and tty.lines(), why="the guests")
        self.assertEqual(len([line for line in shown if re.match(r" +\d+ [RSPO]", line)]), 31 - 5)
        tty.type("q")
        self.assertEqual(tty.wait(), 0)
        self.is_as_it_was(tty)

    def test_signals_alone_change_nothing(self):
        tty = self.top("-d", "100")
        tty.quiet(0.5)
        count = len(tty.bytes)
        for _ in range(5000):
            tty.send(signal.SIGWINCH)
        tty.quiet(0.5)
        self.assertEqual(len(tty.bytes), count)
        tty.type("q")
        self.assertEqual(tty.wait(), 0)


class Written(OnTerminal):
    def refresh_bytes(self, tty, seconds):
        tty.quiet(0.3)
        before, began = len(tty.bytes), self.agent.sequence()
        time.sleep(seconds)
        return (len(tty.bytes) - before) / seconds, self.agent.sequence() - began

    def test_only_what_changed(self):
        """Of busy guests, too."""
        tty = self.top("-o", "name", lines=50)
        first = len(tty.bytes)
        written, _ = self.refresh_bytes(tty, 5)
        self.assertLess(written, first)
        self.assertNotIn(b"\x1b[2J", tty.bytes[first:])

    def test_nothing_while_nothing_is_new(self):
        tty = self.top("-d", "100")
        tty.quiet(0.5)
        count = len(tty.bytes)
        for key in ("x", "\x1b", "\x1b[99~", "\x1b[<0;3;3M", "\x1b[<64;3;3M"):
            tty.type(key)
        tty.quiet(0.5)
        self.assertEqual(len(tty.bytes), count)

    def test_mouse_only_where_wanted(self):
        tty = self.top()
        self.assertTrue(tty.vt.modes["mouse"] and tty.vt.modes["sgr mouse"])
        tty = self.top("--no-mouse")
        self.assertFalse(tty.vt.modes["mouse"] or tty.vt.modes["sgr mouse"])
        self.assertNotIn(b"\x1b[?1000", tty.bytes)


class Colours(OnTerminal):
    def looks(self, *options, **environment):
        tty = self.top(*options, environment=environment)
        tty.type("q")
        tty.wait()
        self.is_as_it_was(tty)
        return tty.vt.looks

    @staticmethod
    def coloured(looks):
        return {look for look in looks if re.search(r"(^|;)([34][0-7]|[34]8|9[0-7]|10[0-7])(;|:|$)", look)} - {"39;49"}

    def test_as_many_as_the_terminal_has(self):
        self.assertTrue(any(look.startswith("38:2:") for look in self.looks("--theme", "nord", COLORTERM="truecolor")))
        many = self.looks("--theme", "nord")
        self.assertTrue(any(look.startswith("38;5;") for look in many))
        self.assertFalse(any(look.startswith("38:2:") for look in many))
        few = self.looks("--theme", "nord", TERM="xterm")
        self.assertTrue(self.coloured(few))
        self.assertFalse(any(look.startswith("38;") for look in few))

    def test_none_where_none_are_wanted(self):
        for options, environment in (([], {"NO_COLOR": "1"}), (["--color", "never"], {}), (["--theme", "mono"], {}),
                                     ([], {"TERM": "xterm-mono"})):
            with self.subTest(options=options, environment=environment):
                looks = self.looks(*options, **environment)
                self.assertEqual(self.coloured(looks), set())
                self.assertIn("0;7" if environment.get("TERM") != "xterm-mono" else "7", looks)
        self.assertTrue(self.coloured(self.looks("--color", "always", NO_COLOR="1")))

    def test_every_theme(self):
        names = re.search(r"must be one of (.*)", subprocess.run([program("virt-top"), "--theme", "?"], capture_output=True,
                                                                   text=True).stderr)[1].split(", ")
        self.assertIn("high-contrast", names)
        for name in names:
            self.looks("--theme", name)

    def refused(self, *options, **environment):
        tty = self.top(*options, drawn=False, environment=environment)
        self.assertEqual(tty.wait(), 2)
        self.assertEqual(tty.modes(), tty.modes_at_start)
        tty.text()
        return bytes(tty.bytes).decode().strip()

    def test_terminals_that_cannot_be_drawn_on(self):
        self.assertEqual(self.refused(TERM="dumb"), "virt-top: TERM='dumb': not a terminal that can be drawn on: "
                                                    "use -b, --stream, or --script with --csv FILE")
        self.assertIn("TERM='no-such-terminal'", self.refused(TERM="no-such-terminal"))
        self.assertIn("TERM=''", self.refused(TERM=""))
        self.assertNotIn("\x1b", self.refused(TERM="\x1b[31mred"))

    def test_bad_options(self):
        self.assertIn("--theme 'pink': must be one of default, light, mono", self.refused("--theme", "pink"))
        self.assertIn("--color 'yes': must be one of auto, never, always", self.refused("--color", "yes"))


class Hostile(LabCase):
    """500 guests with names, disks, interfaces and notes that nobody would want to see raw."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.ring = os.path.join(cls.lab.folder, "hostile")
        subprocess.run([os.path.join(_TOOLS, "hostile_ring"), cls.ring, "500"], check=True)

    def through(self, *options, **terminal):
        """Every row under the bar once, so that its note is shown too. Whatever should not be written raises."""
        tty = Teletype([program("virt-top"), "--file", self.ring, "-d", "100", "-o", "id", "--no-hints", *options], **terminal)
        self.addCleanup(tty.close)
        tty.expect(lambda text: "501 domains" in text, why="the guests")
        seen = set()
        for _ in range(501):
            lines = tty.lines()
            head = next(number for number, line in enumerate(lines) if line.lstrip().startswith("ID S"))
            end = lines[head].index("NAME") if "NAME" in lines[head] else None
            for row in lines[head + 1:]:
                self.assertRegex(row, r"^ *\d+ R " if end is None else r"^ *\d+ R( +[0-9.:-]+)+( |$)")
                if end is not None:
                    self.assertIn(row[end - 1:end], (" ", ""))
                seen.add(int(row.split()[0]))
            count = len(tty.bytes)
            tty.type("\x1b[B")
            until(lambda count=count: len(tty.bytes) > count or 99999 in seen, every=0.002, why="the next note")
            time.sleep(0.005)
        tty.type("\x1b[F")
        tty.expect(lambda text: "well: well, too" in text, why="the last guest's note")
        self.assertEqual(len(seen | {99999}), 501)
        tty.type("q")
        self.assertEqual(tty.wait(), 0)
        tty.text()
        self.assertEqual(tty.vt.state(), tty.vt_at_start)
        return tty

    def test_the_terminals_state_is_unchanged_and_the_columns_are_aligned(self):
        self.through()

    def test_on_a_narrow_terminal(self):
        self.through(columns=41, lines=12)

    def test_nothing_but_ascii_where_that_is_all(self):
        for options, environment in ((["--ascii"], {}), ([], {"LC_ALL": "C"}), ([], {"LC_ALL": "POSIX"})):
            with self.subTest(options=options, environment=environment):
                tty = self.through(*options, environment=environment)
                self.assertLess(max(tty.bytes), 0x80)

    def test_in_tmux(self):
        with Screen(self.lab.folder, f"{program('virt-top')} --file {self.ring} -o id -d 100 --no-hints; echo left") as screen:
            lines = screen.expect(lambda text: "501 domains" in text and text.splitlines(), why="the guests")
            for _ in range(20):
                head = next(number for number, line in enumerate(lines) if line.lstrip().startswith("ID S"))
                for row in lines[head + 1:]:
                    self.assertRegex(row, r"^ *\d+ R( +[0-9.:-]+){9}( |$)")
                screen.key("NPage")
                lines = screen.lines()
            screen.type("q")
            screen.expect(lambda text: _is_printed(text, "left"), why="its end")
            self.assertEqual(screen.attribute("alternate_on"), "0")
            self.assertEqual(screen.attribute("pane_title"), screen.attribute("host"))


if __name__ == "__main__":
    main()
