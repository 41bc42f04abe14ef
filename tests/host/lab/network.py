"""A network namespace with taps. Its addresses are static, its neighbours known and IPv6 off, so a tap
carries a guest's own packets and nothing else."""
import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from .process import CLONE_NEWNET, setns, unshare

_COLUMNS = ("rx_bytes", "rx_packets", "rx_errors", "rx_drops", None, None, None, None,
            "tx_bytes", "tx_packets", "tx_errors", "tx_drops")


def _in_thread(work):
    """Runs work() in a thread, so that the namespace it enters is left with it."""
    result = []

    def guarded():
        try:
            result.append((work(), None))
        except OSError as error:
            result.append((None, error))

    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    value, error = result[0]
    if error:
        raise error
    return value


@dataclass(frozen=True)
class Tap:
    network: "Network"
    name: str
    mac: str         # of the host's end
    guest_mac: str
    address: str     # of the host's end
    guest_address: str

    def counters(self):
        """As the host counts: rx is what the guest sent."""
        return self.network.counters(self.name)


class Network:
    """own=False: the namespace we run in, as most hosts do it."""

    def __init__(self, own=True):
        self.taps = []
        self.fd = _in_thread(self._make) if own else None
        if own:
            self.ip("link", "set", "lo", "up")

    @staticmethod
    def _make():
        unshare(CLONE_NEWNET)
        for scope in ("all", "default"):
            try:
                with open(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6", "w") as switch:
                    switch.write("1")
            except FileNotFoundError:  # a kernel without IPv6
                pass
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def _enter(self):
        if self.fd is not None:
            setns(self.fd)

    def inside(self, work):
        """work() in this namespace."""
        def entered():
            self._enter()
            return work()
        return _in_thread(entered)

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True, preexec_fn=self._enter)

    def tap(self):
        number = len(self.taps) + 1
        tap = Tap(network=self, name=f"vsl{os.getpid() % 1000000}x{number}",
                  mac=f"52:54:77:01:{number >> 8:02x}:{number & 255:02x}",
                  guest_mac=f"52:54:77:02:{number >> 8:02x}:{number & 255:02x}",
                  address=f"10.77.{number}.1", guest_address=f"10.77.{number}.2")
        self.ip("tuntap", "add", tap.name, "mode", "tap")
        self.taps.append(tap)
        self.ip("link", "set", tap.name, "address", tap.mac, "up")
        self.ip("addr", "add", f"{tap.address}/24", "dev", tap.name)
        self.ip("neigh", "add", tap.guest_address, "lladdr", tap.guest_mac, "dev", tap.name, "nud", "permanent")
        return tap

    def counters(self, name):
        if self.fd is None:
            return self._sysfs_counters(name)
        for line in self.inside(Path("/proc/thread-self/net/dev").read_text).splitlines():
            device, _, numbers = line.partition(":")
            if device.strip() == name:
                return {key: int(text) for key, text in zip(_COLUMNS, numbers.split()) if key}
        raise KeyError(name)

    @staticmethod
    def _sysfs_counters(name):
        def read(key):
            return int(Path(f"/sys/class/net/{name}/statistics/{key.replace('drops', 'dropped')}").read_text())
        return {key: read(key) for key in _COLUMNS if key}

    def close(self):
        if self.fd is not None:
            os.close(self.fd)  # the last one to leave takes the taps along
            return
        for tap in self.taps:
            subprocess.run(["ip", "link", "del", tap.name], stderr=subprocess.DEVNULL)
        self.taps = []
