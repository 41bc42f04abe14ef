#!/usr/bin/env python3
"""check_virt(1): each of its examples is executed, and it has every mode, label and option that check_virt tells of."""
import os
import re
import shlex
import subprocess

from lab import Lab, LabCase, main, program
from lab.kernel import REPOSITORY
from lab.modes import modes

_MAN = os.path.join(REPOSITORY, "plugins", "man", "check_virt.1")
_NAME = re.compile(r"^(VIRT [A-Z-]+ (OK|WARNING|CRITICAL|UNKNOWN))(: [^|`;$]*)?( \| .*)?$")
_ENTRY = re.compile(r"('[^'=|;`$]+'|[A-Za-z0-9_.-]+)=(U|-?\d+(\.\d+)?(s|%|B|c)?)(;[-0-9.@:~]*){0,4}")
_CODES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


def _plain(text):
    for sign, letter in (("\\-", "-"), ("\\(aq", "'"), ("\\(ti", "~"), ("\\(ha", "^"), ("\\(ga", "`"), ("\\&", ""), ("\\e", "\\")):
        text = text.replace(sign, letter)
    return text


def _source():
    with open(_MAN, encoding="utf-8") as file:
        return file.read()


def examples():
    blocks = re.findall(r"(?ms)^\.EX\n(.*?)^\.EE$", _source())
    return [_plain(line) for block in blocks for line in block.splitlines() if line.startswith("check_virt ")]


def entries(text):
    """Of performance data, split as the guidelines say; None where it is not well-formed."""
    found = []
    while text:
        entry = _ENTRY.match(text)
        if not entry or text[entry.end():entry.end() + 1] not in ("", " "):
            return None
        found.append(entry.group(1).strip("'"))
        text = text[entry.end() + 1:]
    return found


class Examples(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab()
        cls.addClassCleanup(cls.lab.close)
        cls.agent = cls.enterClassContext(cls.lab.agent(connect="test:///default?guests=8", interval="250ms"))
        cls.agent.wait_frames(8)
        cls.names = [guest["name"] for guest in cls.agent.guests()]
        cls.results = os.path.join(cls.lab.folder, "results")
        # What the manual's paths are here.
        cls.paths = {"/etc/virtscope/expected": cls.file("expected", "".join(f'"{name}" any\n' for name in cls.names)),
                     "/etc/virtscope/checks.ini": cls.file("checks.ini", "[web]\nguest = web*\nwarning = 99\n"),
                     "/var/lib/nagios4/rw/nagios.cmd": cls.results,
                     "/var/lib/virtscope/ring": cls.agent.ring}

    @classmethod
    def file(cls, name, text):
        path = os.path.join(cls.lab.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def execute(self, line):
        for path, here in self.paths.items():
            line = line.replace(path, here)
        words = shlex.split(line)[1:]
        if "-H" not in words:
            words += ["--ring", self.agent.ring]
        got = subprocess.run([program("check_virt"), *words], capture_output=True, text=True, timeout=30)
        self.assertEqual(got.stderr, "", line)
        self.assertIn(got.returncode, range(4), line)
        return got.returncode, got.stdout

    def check_form(self, line, code, text):
        first = text.splitlines()[0]
        form = _NAME.match(first)
        self.assertTrue(form, f"{line}\n{first}")
        self.assertEqual(_CODES[form.group(2)], code, f"{line}\n{first}")
        # A usage error has no mode in its first line.
        self.assertEqual(form.group(1).split()[1].lower(), shlex.split(line)[1], first)
        if form.group(4):
            labels = entries(form.group(4)[3:])
            self.assertTrue(labels, f"{line}\n{first}")
            self.assertEqual(len(labels), len(set(labels)), first)
            self.assertLessEqual(max(len(label.encode()) for label in labels), 19, first)
        return first

    def test_every_example(self):
        lines = examples()
        self.assertGreaterEqual(len(lines), len(modes()))
        for line in lines:
            with self.subTest(line):
                code, text = self.execute(line)
                if "json" in line:
                    self.assertTrue(text.startswith('{"state":"'), text)
                else:
                    self.check_form(line, code, text)

    def test_every_mode_has_an_example(self):
        shown = {shlex.split(line)[1] for line in examples()}
        self.assertEqual(set(modes()) - shown, set())

    def test_the_examples_of_help_are_in_the_manual(self):
        lines = examples()
        for mode in modes():
            said = subprocess.run([program("check_virt"), mode, "-h"], capture_output=True, text=True).stdout
            words = re.search(r"(?m)^Example: (.*)$", said).group(1).split()
            asked = [word for word in words if not word.startswith("'")]
            self.assertTrue(any(shlex.split(line)[1] == mode for line in lines), mode)
            for option in (word for word in asked if word.startswith("-")):
                self.assertIn(option, _plain(_source()), mode)

    def test_labels_and_options_are_in_the_manual(self):
        source = _plain(_source())
        for mode in modes():
            part = source[source.index(f"\n.SS {mode}\n"):]
            part = part[:part.index(".EE")]
            said = subprocess.run([program("check_virt"), mode, "-h"], capture_output=True, text=True).stdout
            labels = re.search(r"LABEL is one of (.*), the first if", said).group(1)
            for label in labels.split(", "):
                name, _, unit = label.partition(" ")
                self.assertRegex(part, rf"(?m)^{name}@{re.escape(unit.strip('()')) or ' '}@", f"{mode} {label}")
            for option in re.findall(r"(?m)^  (?:-\w,)?(--[a-z-]+)", said):
                self.assertIn(option, source, mode)

    def test_passive_example_hands_out_a_result_a_guest(self):
        line = next(line for line in examples() if "--passive" in line)
        if os.path.exists(self.results):
            os.remove(self.results)
        self.execute(line)
        with open(self.results, encoding="utf-8") as file:
            results = file.read().splitlines()
        self.assertEqual(len(results), len(self.names))
        for result in results:
            self.assertRegex(result, r"^\[\d+\] PROCESS_SERVICE_CHECK_RESULT;[^;]+;virt cpu;[0-3];VIRT CPU ")

    def test_the_manual_is_well_formed(self):
        if subprocess.run(["which", "groff"], capture_output=True).returncode != 0:
            self.skipTest("no groff here")
        got = subprocess.run(["groff", "-t", "-man", "-ww", "-z", _MAN], capture_output=True, text=True)
        self.assertEqual((got.returncode, got.stderr), (0, ""))


if __name__ == "__main__":
    main()
