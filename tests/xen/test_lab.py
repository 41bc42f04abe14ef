#!/usr/bin/env python3
"""The lab itself: Xen comes up with the guests the other tests rely on, and our programs run in Domain-0."""
from xenlab import LabCase, XenLab, main

_SCRIPT = """
set -e
xl list >list.txt
xl vcpu-list >vcpus.txt
xl block-list guest2 >disks.txt
virtscope --version >version.txt
virtscope doctor --format json >doctor.json || true
mkdir folder
echo deep >folder/file
exit 7
"""


class Lab(LabCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = XenLab()
        cls.result = cls.lab.run(_SCRIPT, programs=["virtscope"])

    def test_brings_back_files_and_the_exit_code(self):
        self.assertEqual(self.result.rc, 7, self.result.stderr)
        self.assertEqual(self.result.text("folder/file"), "deep\n")

    def test_has_its_guests(self):
        rows = [line.split() for line in self.result.text("list.txt").splitlines()[1:]]
        self.assertEqual([row[0] for row in rows], ["Domain-0", "guest1", "guest2"])
        self.assertEqual([row[3] for row in rows], ["1", "1", "2"], "vCPUs")
        self.assertEqual(len(self.result.text("disks.txt").splitlines()), 1 + 2)

    def test_runs_our_programs(self):
        self.assertRegex(self.result.text("version.txt"), r"^virtscope \d")
        self.assertTrue(self.result.json("doctor.json"))


if __name__ == "__main__":
    main()
