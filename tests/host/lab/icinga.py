"""Icinga 2 as a test's own: configuration, cache and state in a folder, the daemon a child of ours."""
import os
import re
import subprocess

from .agent import program
from .nagios import read_status
from .needs import need_program
from .process import spawn, stop

_MAIN = """
const PluginDir = "{plugins}"
include "{folder}/objects/*.conf"
"""

# Checks, and the state in Nagios' form; only the daemon needs these.
_FEATURES = """
object CheckerComponent "checker" { }
object StatusDataWriter "status" {
    status_path = StatusFile
    objects_path = CacheDir + "/objects.cache"
    update_interval = 1s
}
"""


class Icinga:
    """The folder of objects is `objects`."""

    def __init__(self, folder):
        need_program("icinga2", "icinga2-bin")
        self.folder = folder
        self.objects = os.path.join(folder, "objects")
        for name in ("objects", "data", "cache", "log", "run", "spool"):
            os.makedirs(os.path.join(folder, name))
        self.write("main.conf", _MAIN.format(folder=folder, plugins=os.path.dirname(program("check_virt"))))
        self._environment = {**os.environ, "ICINGA2_USER": "root", "ICINGA2_GROUP": "root"}
        self._process = None

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def configure(self, ring, *options):
        """virtscope nagios-config; answers what it said."""
        got = subprocess.run([program("virtscope"), "nagios-config", "--format", "icinga2", "--ring", ring, "--output",
                              self.objects, *options], capture_output=True, text=True)
        assert got.returncode == 0, got.stderr
        return got.stdout

    def _words(self, *words):
        places = {"DataDir": "data", "CacheDir": "cache", "LogDir": "log", "InitRunDir": "run", "SpoolDir": "spool",
                  "ZonesDir": "zones", "StatusFile": "status.dat"}
        defines = [word for name, path in places.items() for word in ("-D", f"{name}={self.folder}/{path}")]
        return ["icinga2", *words, "-D", "NodeName=test", *defines]

    def validate(self):
        """icinga2 daemon -C: its exit code and text."""
        got = subprocess.run([*self._words("daemon", "-C"), "-c", f"{self.folder}/main.conf"], env=self._environment,
                             capture_output=True)
        return got.returncode, (got.stdout + got.stderr).decode(errors="replace")

    def objects_of(self, kind):
        """Of what was validated last: name -> text of the object."""
        got = subprocess.run(self._words("object", "list", "--type", kind), env=self._environment, capture_output=True,
                             check=True)
        text = re.sub(r"\x1b\[[0-9;]*m", "", got.stdout.decode(errors="replace"))
        parts = re.split(rf"^Object '(.*)' of type '{kind}':$", text, flags=re.M)
        return dict(zip(parts[1::2], parts[2::2]))

    def start(self):
        self.write("objects/features.conf", _FEATURES)
        with open(os.path.join(self.folder, "said"), "ab") as said:
            self._process = spawn([*self._words("daemon"), "-c", f"{self.folder}/main.conf"], env=self._environment,
                                  stdout=said, stderr=said)
        return self

    def stop(self):
        if self._process:
            stop(self._process, seconds=15)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def status(self):
        """As Nagios.status()."""
        return read_status(os.path.join(self.folder, "status.dat"))
