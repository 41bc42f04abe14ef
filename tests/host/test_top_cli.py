#!/usr/bin/env python3
"""virt-top's command line, init file and text output, on the simulated host."""
import csv
import os
import re
import subprocess
import time

from lab import Lab, LabCase, Screen, main, program

_GUESTS = 12


class CommandLine(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        uri = f"test:///default?guests={_GUESTS}&churn=0&seed=3"
        cls.agent = cls.enterClassContext(cls.lab.agent(connect=uri, interval="200ms"))
        cls.agent.wait_frames(12)
        cls.home = os.path.join(cls.lab.folder, "home")
        os.mkdir(cls.home)

    def file(self, name, text=None):
        path = os.path.join(self.lab.folder, name)
        if text is not None:
            with open(path, "w") as file:
                file.write(text)
        return path

    def run_top(self, *words, ring=True, **environment):
        variables = {name: value for name, value in os.environ.items() if not name.startswith("VIRTSCOPE_")}
        source = ["--ring", self.agent.ring] if ring else []
        return subprocess.run([program("virt-top"), *source, *words], capture_output=True, text=True, timeout=60,
                              env={**variables, "HOME": self.home, **environment})

    def output(self, *words, **environment):
        got = self.run_top(*words, **environment)
        self.assertEqual(got.returncode, 0, got.stderr)
        return got.stdout

    def refused(self, code, *words, ring=True):
        got = self.run_top(*words, ring=ring)
        self.assertEqual(got.returncode, code, got.stderr)
        self.assertEqual(len(got.stderr.splitlines()), 1, got.stderr)
        self.assertTrue(got.stderr.startswith("virt-top: "), got.stderr)
        self.assertEqual(got.stdout, "")
        return got.stderr

    def names(self, state=None):
        return [row["name"] for row in self.agent.guests() if state in (None, row["state"])]

    def test_views_in_batch(self):
        for flag, title in (("-2", "INTERFACE"), ("-3", "DEVICE"), ("--vcpus", "%RUN"), ("-b", "NAME")):
            with self.subTest(flag):
                self.assertRegex(self.output("-b", "-n", "1", flag), rf"(?m)^ *ID S .*{title}")

    def test_stream(self):
        lines = self.output("--stream", "-n", "2", "-d", "0.4").splitlines()
        heads = [line for line in lines if line.startswith("virt-top time  ")]
        self.assertEqual(len(heads), 2)
        self.assertRegex(heads[0], r"^virt-top time  \d\d:\d\d:\d\d Host \S+ \S+ \d+/\d+CPU \d+MHz \d+MB $")
        self.assertEqual(lines[1], "   ID S RDRQ WRRQ RXBY TXBY %CPU %MEM   TIME    NAME")
        rows = lines[2:lines.index(heads[1], 1)]
        ids = [int(row.split()[0]) for row in rows]
        self.assertEqual(ids, sorted(ids))
        self.assertNotIn("(", "".join(rows))  # none that is off
        self.assertTrue(any(float(row.split()[6]) > 0 for row in rows), "the first sample has rates")

    def test_csv_is_the_originals(self):
        path = self.file("classic.csv")
        self.output("--script", "--csv", path, "-n", "3", "-d", "0.4")
        with open(path, newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[0][:3] + rows[0][18:],
                         "Hostname,Time,Arch,Domain ID,Domain name,CPU (ns),%CPU,Mem (bytes),%Mem,Block RDRQ,"
                         "Block WRRQ,Net RXBY,Net TXBY".split(","))
        for row in rows[1:]:
            self.assertEqual((len(row) - 18) % 10, 0)
            self.assertEqual((len(row) - 18) // 10, int(row[11]))  # as many as are active
            self.assertRegex(row[20], r"^\d+\.$")  # OCaml's floats

    def test_csv_groups_and_chosen_guests(self):
        path = self.file("groups.csv")
        name = self.names("running")[0]
        self.output("--script", "--csv", path, "-n", "1", "--no-csv-cpu", "--no-csv-mem", "--no-csv-net",
                    "--block-in-bytes", "--guest", name)
        with open(path, newline="") as file:
            head, row = csv.reader(file)
        self.assertEqual(head[18:], ["Domain ID", "Domain name", "Block RDBY", "Block WRBY"])
        self.assertEqual(len(row), 22)
        self.assertEqual(row[19], name)
        self.assertEqual(int(row[4]), _GUESTS)  # figures of the host are of all

    def test_long_csv(self):
        path = self.file("long.csv")
        self.output("--script", "--csv", path, "--csv-format", "long", "-n", "2", "-d", "0.4")
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        self.assertEqual(len(rows), 2 * _GUESTS)
        self.assertEqual({row["guest"] for row in rows}, set(self.names()))
        for row in rows:
            self.assertNotIn(None, row)
            self.assertNotIn(None, row.values())
            self.assertRegex(row["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertTrue(any(float(row["cpu_percent"] or 0) > 0 for row in rows))

    def test_end_time_shortens_the_last_delay(self):
        begun = time.monotonic()
        lines = self.output("--stream", "-d", "30", "--end-time", "+1", "--guest", "none").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertLess(abs(time.monotonic() - begun - 1), 0.9)
        past = self.output("--stream", "-d", "1", "--end-time", "2020-01-01 00:00:00", "--guest", "none")
        self.assertEqual(len(past.splitlines()), 2)

    def test_end_time_ends_a_screen_too(self):
        top = f"{program('virt-top')} --ring {self.agent.ring} --end-time +2; echo over $?"
        with Screen(self.lab.folder, top) as screen:
            screen.expect(lambda text: "domains," in text, why="the screen")
            screen.expect(lambda text: "over 0" in text, why="its end")

    def test_the_strip_is_there_from_the_first(self):
        first = self.output("-b", "-n", "1", "--hist-cpu", "0.5").splitlines()[0]
        self.assertRegex(first, r"MB( \d+\.\d%){3,11}$")

    def test_init_file_and_what_wins_over_it(self):
        path = self.file("rc", "# of a test\ndisplay block\ndelay 0.3\nstream true\nguest nobody\n")
        self.assertIn("virt-top time", self.output("--init-file", path, "-n", "1"))
        self.assertRegex(self.output("--init-file", path, "-n", "1", "-b"), r"(?m)DEVICE$")
        name = self.names("running")[0]
        self.assertIn(name, self.output("--init-file", path, "-n", "1", "--guest", name))

    def test_init_file_of_home(self):
        self.file("home/.virt-toprc", "display net\nbatch true\niterations 1\nfavourite-colour blue\n")
        try:
            got = self.run_top()
            self.assertEqual(got.returncode, 0, got.stderr)
            self.assertIn("INTERFACE", got.stdout)
            self.assertEqual(got.stderr, f"virt-top: {self.home}/.virt-toprc:4: 'favourite-colour' is no setting: left "
                             "out; virt-top(1) has a list of them\n")
            self.assertNotIn("INTERFACE", self.output("--no-init-file", "-b", "-n", "1"))
        finally:
            os.unlink(os.path.join(self.home, ".virt-toprc"))

    def test_w_writes_it_and_the_next_one_reads_it(self):
        path = self.file("mine", "# mine\nunheard-of 1\n")
        top = f"{program('virt-top')} --ring {self.agent.ring} --init-file {path}"
        with Screen(self.lab.folder, top) as screen:
            screen.expect(lambda text: "NAME" in text, why="the guests")
            screen.type("3")
            screen.expect(lambda text: "DEVICE" in text, why="the disks")
            screen.type("d")
            screen.type("1.5\n")
            screen.type("W")
            screen.expect(lambda text: f"Wrote settings to {path}" in text, why="that it was written")
            screen.type("q")
        with open(path) as file:
            text = file.read()
        self.assertTrue(text.startswith("# mine\nunheard-of 1\n"), text)
        self.assertRegex(text, r"(?m)^display block$")
        self.assertRegex(text, r"(?m)^delay 1\.5$")
        with open(path + ".old") as file:
            self.assertEqual(file.read(), "# mine\nunheard-of 1\n")
        with Screen(self.lab.folder, top) as screen:
            screen.expect(lambda text: "DEVICE" in text, why="the disks")

    def test_secure(self):
        path = self.file("kiosk", "secure true\n")
        with Screen(self.lab.folder, f"{program('virt-top')} --ring {self.agent.ring} --init-file {path}") as screen:
            screen.expect(lambda text: "NAME" in text, why="the guests")
            for key, said in (("d", "secure: the delay"), ("W", "secure: nothing is written"), ("m", "secure: no orders")):
                screen.type(key)
                screen.expect(lambda text: said in text, why=said)
        self.assertFalse(os.path.exists(path + ".old"))

    def test_debug(self):
        path = self.file("log", "of yesterday\n")
        self.output("-b", "-n", "2", "-d", "0.3", "--debug", path)
        with open(path) as file:
            text = file.read()
        self.assertNotIn("yesterday", text)
        self.assertGreaterEqual(len(re.findall(r"look: ", text)), 2)
        self.assertIn("exit code 0", text)

    def test_what_is_wrong_is_said_in_a_line(self):
        self.assertIn("-o 'prettiest': must be one of", self.refused(2, "-o", "prettiest"))
        self.assertIn("--end-time 'later': must be", self.refused(2, "--end-time", "later"))
        self.assertIn("--filter ", self.refused(2, "--filter", "/(/"))
        self.assertIn("--script shows nothing", self.refused(2, "--script"))
        self.assertIn("is no regular file", self.refused(2, "--init-file", self.lab.folder))
        self.assertIn("No such file", self.refused(2, "--init-file", self.file("none")))
        self.assertIn(":1: delay 'x': must be", self.refused(2, "--init-file", self.file("wrong", "delay x\n")))
        self.assertIn("theme 'loud': must be one of", self.theme("loud"))
        self.assertIn("--csv ", self.refused(1, "--script", "--csv", self.file("none/csv")))
        self.assertIn("--debug ", self.refused(1, "-b", "--debug", self.file("none/log")))
        self.refused(3, "-b", "-c", "nonsense:///", ring=False)
        self.refused(3, "-b", "--ring", self.file("none"), ring=False)

    def theme(self, name):
        top = f"{program('virt-top')} --ring {self.agent.ring} --theme {name}; echo code $?"
        with Screen(self.lab.folder, top) as screen:
            return screen.expect(lambda text: "code 2" in text and text, why="exit code 2")

    def test_help_and_version(self):
        self.assertIn("--hist-cpu", self.output("--help"))
        self.assertRegex(self.output("--version"), r"^virt-top \(virtscope\) \d")
        self.assertIn("blockrdrq\n", self.output("-o", "help"))


if __name__ == "__main__":
    main()
