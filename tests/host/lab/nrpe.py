"""An NRPE daemon of a test's own on a free port of loopback, and the plugin that asks it."""
import os
import re
import shutil
import socket
import subprocess

from .agent import program
from .kernel import REPOSITORY
from .needs import need_program, need
from .process import spawn, stop
from .wait import until

_ASK = "/usr/lib/nagios/plugins/check_nrpe"

_SETTINGS = """
server_address=127.0.0.1
server_port={port}
nrpe_user=nagios
nrpe_group=nagios
pid_file={folder}/nrpe.pid
log_file={folder}/nrpe.log
allowed_hosts=127.0.0.1
dont_blame_nrpe=0
command_timeout=30
include={folder}/virtscope.cfg
"""


_INSTALLED = "/usr/lib/nagios/plugins/check_virt"


class Nrpe:
    """`ring`: what check_virt reads; `more`: further lines of configuration. The daemon refuses to be root, so its user
    is let see the folder, the ring and a copy of check_virt."""

    def __init__(self, folder, ring, more=""):
        need_program("nrpe", "nagios-nrpe-server")
        need(os.access(_ASK, os.X_OK), f"{_ASK} is missing (package nagios-nrpe-plugin)")
        os.makedirs(folder)
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        plugin = shutil.copy(program("check_virt"), folder)
        ours = (REPOSITORY / "plugins" / "config" / "nrpe" / "virtscope.cfg").read_text() + more
        for name, text in (("nrpe.cfg", _SETTINGS.format(folder=folder, port=self.port)),
                           ("virtscope.cfg", re.sub(rf"={_INSTALLED} (.*)", rf"={plugin} \1 --ring {ring}", ours))):
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        shutil.chown(folder, "nagios")
        os.chmod(os.path.dirname(folder), 0o755)
        os.chmod(ring, 0o644)
        self._process = None

    def __enter__(self):
        with open(os.path.join(self.folder, "said"), "ab") as said:
            self._process = spawn(["nrpe", "-c", os.path.join(self.folder, "nrpe.cfg"), "-f"], stdout=said, stderr=said)
        until(self._answers, why="nrpe")
        return self

    def __exit__(self, *_):
        stop(self._process)

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def ask(self, command, *options):
        """Exit code and output, as the monitor gets them."""
        got = subprocess.run([_ASK, "-H", "127.0.0.1", "-p", str(self.port), "-t", "30", *options, "-c", command],
                             capture_output=True)
        return got.returncode, got.stdout
