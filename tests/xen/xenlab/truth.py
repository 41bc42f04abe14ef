"""What Xen's own tools said in Domain-0 (scripts/truth.sh), as numbers in the units of our catalogue."""
import re

_MIB, _KIB, _SECTOR = 1 << 20, 1 << 10, 512
_DISK = {"read_ops": ("rd_req", 1), "write_ops": ("wr_req", 1), "flush_ops": ("f_req", 1), "discard_ops": ("ds_req", 1),
         "read_bytes": ("rd_sect", _SECTOR), "write_bytes": ("wr_sect", _SECTOR), "queue_full": ("oo_req", 1)}
# The backend receives what the guest sends.
_NIC = {f"{ours}_{what}": f"{theirs}_{kind}" for ours, theirs in (("rx", "tx"), ("tx", "rx"))
        for what, kind in (("bytes", "bytes"), ("packets", "packets"), ("errors", "errors"), ("drops", "dropped"))}


def _columns(text):
    """Rows of a table whose cells have no blanks, by their heading."""
    heading, *rows = [line.split() for line in text.splitlines() if line.strip()]
    return [dict(zip(heading, row)) for row in rows]


class Truth:
    """One reading. `begin` and `end`: seconds of the monotonic clock, cut to hundredths."""

    def __init__(self, folder):
        self._folder = folder
        self.begin, self.end = (float(self._text(name)) for name in ("begin", "end"))
        self.listed = {row["Name"]: row for row in _columns(self._text("list"))}
        self.domids = {name: int(row["ID"]) for name, row in self.listed.items()}
        self.xentop = self._xentop()
        self._counters = {}
        for line in self._text("statistics").splitlines():
            path, value = line.rsplit(":", 1)
            self._counters["/".join(path.split("/")[-3:])] = int(value)

    def _text(self, name):
        return (self._folder / name).read_text()

    def _xentop(self):
        """Name -> column -> cell; xentop's details (Net…, VBD…) are lines of their own."""
        lines = self._text("xentop").splitlines()
        heading = lines[0].split()
        rows = [dict(zip(heading, line.split())) for line in lines[1:] if not re.match(r"Net\d|VBD |VCPUs", line)]
        return {row["NAME"]: row for row in rows}

    def cpu_seconds(self, name):
        """In tenths, rounded."""
        return float(self.listed[name]["Time(s)"])

    def vcpu_seconds(self, name):
        rows = [line.split() for line in self._text("vcpus").splitlines()[1:]]
        # Name ID VCPU CPU State Time(s) Affinity…
        return {row[2]: float(row[5]) for row in rows if row[0] == name}

    def state(self, name):
        return self.listed[name]["State"]

    def disks(self, name):
        """Device number -> metric -> value."""
        pattern = re.compile(rf"vbd-{self.domids[name]}-(\d+)/")
        found = {match.group(1) for match in map(pattern.match, self._counters) if match}
        return {device: {ours: self._counters[f"vbd-{self.domids[name]}-{device}/statistics/{theirs}"] * unit
                         for ours, (theirs, unit) in _DISK.items()} for device in found}

    def nics(self, name):
        """Interface in Domain-0 -> metric -> value, as the guest sees it."""
        found = {key.split("/")[0] for key in self._counters if key.startswith(f"vif{self.domids[name]}.")}
        return {nic: {ours: self._counters[f"{nic}/statistics/{theirs}"] for ours, theirs in _NIC.items()} for nic in found}

    def host_memory(self):
        """Total and free, in bytes; Xen's tool cuts to MiB."""
        info = dict(re.findall(r"^(\w+) *: (.*)$", self._text("info"), re.MULTILINE))
        return int(info["total_memory"]) * _MIB, int(info["free_memory"]) * _MIB

    def memory(self, name):
        """What it has and what it may have, in bytes; None: no limit."""
        row = self.xentop[name]
        limit = row["MAXMEM(k)"]
        return int(row["MEM(k)"]) * _KIB, int(limit) * _KIB if limit.isdigit() else None


def device_name(number):
    """51712 -> xvda: major 202, sixteen minors a disk."""
    return "xvd" + chr(ord("a") + (int(number) & 0xFF) // 16)
