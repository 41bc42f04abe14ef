"""Nagios Core as a test's own: configuration, state and pipe in a folder, the daemon a child of ours."""
import os
import re
import subprocess

from .agent import program
from .needs import need_program
from .process import spawn, stop

_CONTACTS = """
define contact {
    contact_name                   nobody
    host_notification_period       virt-always
    service_notification_period    virt-always
    host_notification_commands     tell-nobody
    service_notification_commands  tell-nobody
}
define contactgroup {
    contactgroup_name  admins
    members            nobody
}
define command {
    command_name  tell-nobody
    command_line  /bin/true
}
"""

_SETTINGS = """
cfg_dir={folder}/objects
resource_file={folder}/resource.cfg
log_file={folder}/log
object_cache_file={folder}/objects.cache
precached_object_file={folder}/objects.precache
status_file={folder}/status.dat
temp_file={folder}/temp
temp_path={folder}
check_result_path={folder}/spool
command_file={folder}/nagios.cmd
lock_file={folder}/lock
query_socket={folder}/query
nagios_user=root
nagios_group=root
interval_length=1
status_update_interval=1
check_external_commands=1
check_service_freshness=1
service_freshness_check_interval=1
additional_freshness_latency=0
retain_state_information=0
service_check_timeout=30
host_check_timeout=30
service_inter_check_delay_method=n
host_inter_check_delay_method=n
service_interleave_factor=1
cached_host_check_horizon=0
enable_notifications=0
illegal_object_name_chars=`~!$%^&*|'"<>?,()=
illegal_macro_output_chars=`~$&|'"<>
"""


def read_status(path):
    """("host", "") and ("host", "service") -> what status.dat says; nothing before it is written."""
    try:
        with open(path, errors="replace") as file:
            text = file.read()
    except FileNotFoundError:
        return {}
    found = {}
    for kind, body in re.findall(r"^(host|service)status \{\n(.*?)^\t\}", text, re.M | re.S):
        entry = dict(line.strip().split("=", 1) for line in body.splitlines() if "=" in line)
        found[entry["host_name"], entry.get("service_description", "")] = entry
    return found


class Nagios:
    """The folder of objects is `objects`; `contacts` has the group `admins`."""

    def __init__(self, folder, plugins=None):
        need_program("nagios4", "nagios4-core")
        self.folder = folder
        self.objects = os.path.join(folder, "objects")
        for path in (self.objects, os.path.join(folder, "spool")):
            os.makedirs(path)
        self._write("objects/contacts.cfg", _CONTACTS)
        self._write("resource.cfg", f"$USER1$={plugins or os.path.dirname(program('check_virt'))}\n")
        self._write("nagios.cfg", _SETTINGS.format(folder=folder))
        self._process = None

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def configure(self, ring, *options):
        """virtscope nagios-config; answers what it said."""
        got = subprocess.run([program("virtscope"), "nagios-config", "--ring", ring, "--output", self.objects,
                              "--contact-group", "admins", *options], capture_output=True, text=True)
        assert got.returncode == 0, got.stderr
        return got.stdout

    def verify(self):
        """nagios4 -v: its exit code, errors and warnings, everything."""
        got = subprocess.run(["nagios4", "-v", os.path.join(self.folder, "nagios.cfg")], capture_output=True)
        text = got.stdout.decode(errors="replace")
        counts = [int(re.search(rf"Total {what}: *(\d+)", text).group(1)) for what in ("Errors", "Warnings")
                  if f"Total {what}" in text]
        return got.returncode, counts, text

    def edit(self, name, old, new):
        """In a file of objects."""
        with open(os.path.join(self.objects, name)) as file:
            text = file.read()
        assert old in text, f"{name} has no {old}"
        with open(os.path.join(self.objects, name), "w") as file:
            file.write(text.replace(old, new))

    def read_objects(self, kind):
        """As Nagios has read them: a dictionary an object."""
        subprocess.run(["nagios4", "-pv", os.path.join(self.folder, "nagios.cfg")], capture_output=True, check=True)
        with open(os.path.join(self.folder, "objects.precache"), encoding="utf-8") as file:
            bodies = re.findall(rf"^define {kind} {{\n(.*?)^\t}}", file.read(), re.M | re.S)
        return [dict(line.strip().split("\t", 1) for line in body.splitlines() if "\t" in line.strip()) for body in bodies]

    def start(self):
        with open(os.path.join(self.folder, "said"), "ab") as said:
            self._process = spawn(["nagios4", os.path.join(self.folder, "nagios.cfg")], stdout=said, stderr=said)
        return self

    def stop(self):
        if self._process:
            stop(self._process)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def status(self):
        """See read_status()."""
        return read_status(os.path.join(self.folder, "status.dat"))

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()
