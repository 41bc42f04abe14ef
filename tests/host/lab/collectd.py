"""collectd of the test's own: its folder, its pid file, its plugins; what it wrote is read back from its csv plugin."""
import os
import re
import shutil
from pathlib import Path

from .agent import program
from .kernel import REPOSITORY
from .needs import need
from .process import spawn, stop
from .wait import until

_DISTRIBUTION = "/usr/lib/collectd"
_TYPES = REPOSITORY / "exporters" / "collectd" / "virtscope.types.db"
_CONF = """Hostname "{hostname}"
FQDNLookup false
Interval {interval}
BaseDir "{folder}"
PIDFile "{folder}/pid"
TypesDB "/usr/share/collectd/types.db"
TypesDB "{types}"
PluginDir "{distribution}"
LoadPlugin logfile
<Plugin logfile>
  File "{folder}/log"
  LogLevel info
</Plugin>
{more}
"""
_CSV = """LoadPlugin csv
<Plugin csv>
  DataDir "{folder}/csv"
</Plugin>
"""
_OURS = """PluginDir "{lib}"
LoadPlugin virtscope
<Plugin virtscope>
  Ring "{ring}"
{options}
</Plugin>
"""
_DATED = re.compile(r"-\d{4}-\d\d-\d\d$")


def collectd_program():
    found = shutil.which("collectd") or ("/usr/sbin/collectd" if os.path.exists("/usr/sbin/collectd") else None)
    need(found, "needs collectd (Debian: collectd-core)")
    return found


def plugin_folder():
    """Where our plugin is built."""
    folder = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "lib")
    need(os.path.exists(f"{folder}/virtscope.so"), f"{folder}/virtscope.so is not built (Debian: collectd-dev)")
    return folder


def ours(ring, *options):
    """The part of collectd.conf that loads our plugin."""
    return _OURS.format(lib=plugin_folder(), ring=ring, options="\n".join(f"  {option}" for option in options))


class Collectd:
    """Stopped until start(); may be started again and goes on where it was. Without `csv` values go nowhere."""

    def __init__(self, folder, more, interval=1, hostname="collecting", name="collectd", csv=True):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        self.conf = f"{self.folder}/conf"
        self._process = None
        written = _CSV.format(folder=self.folder) if csv else ""
        with open(self.conf, "w") as file:
            file.write(_CONF.format(hostname=hostname, interval=interval, folder=self.folder, types=_TYPES,
                                    distribution=_DISTRIBUTION, more=written + more))

    def start(self):
        before = self.said().count("Initialization complete")
        with open(f"{self.folder}/out", "ab") as out:
            self._process = spawn([collectd_program(), "-f", "-C", self.conf], stdout=out, stderr=out)
        until(lambda: self._process.poll() is not None or self.said().count("Initialization complete") > before, 20,
              why="collectd runs")
        assert self._process.poll() is None, self.said()
        return self

    def stop(self):
        if self._process:
            stop(self._process, 20)
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self._process.pid

    def said(self):
        text = ""
        for name in ("log", "out"):
            if os.path.exists(f"{self.folder}/{name}"):
                with open(f"{self.folder}/{name}", errors="replace") as file:
                    text += file.read()
        return text

    def notifications(self):
        """Severity and message of each, in order."""
        return re.findall(r"Notification: severity = (\w+),.*? message = (.*)", self.said())

    def series(self, plugin=None):
        """{(host, "type-instance"): [(time, [value…])…]} of `plugin` (with its instance; None: any)."""
        found = {}
        root = Path(self.folder) / "csv"
        for path in sorted(root.glob("*/*/*")):
            if plugin and path.parent.name != plugin:
                continue
            rows = found.setdefault((path.parent.parent.name, _DATED.sub("", path.name)), [])
            for line in path.read_text().splitlines()[1:]:
                time, *values = line.split(",")
                rows.append((float(time), [float(value) for value in values]))
        return found
