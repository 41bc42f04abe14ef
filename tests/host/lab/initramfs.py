"""Writes an initramfs: a cpio archive of the `newc` form (110 bytes of hexadecimal header, name, data,
each padded to four bytes)."""
import gzip
import stat


def _padded(data):
    return data + b"\0" * (-len(data) % 4)


class Initramfs:
    def __init__(self):
        self._parts = []

    def _add(self, name, mode, data=b""):
        fields = (len(self._parts) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        header = b"070701" + b"".join(b"%08x" % field for field in fields)
        self._parts.append(_padded(header + name.encode() + b"\0") + _padded(data))

    def folder(self, name):
        self._add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self._add(name, stat.S_IFREG | mode, data)

    def packed(self):
        self._add("TRAILER!!!", 0)
        return gzip.compress(b"".join(self._parts), compresslevel=6)
