"""Writes an initramfs: a cpio archive of the `newc` form (110 bytes of hexadecimal header, name, data,
each padded to four bytes)."""
import gzip
import os
import stat
from pathlib import Path


def _padded(data):
    return data + b"\0" * (-len(data) % 4)


class Initramfs:
    def __init__(self):
        self._parts = []

    def _add(self, name, mode, data=b"", device=(0, 0)):
        fields = (len(self._parts) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        header = b"070701" + b"".join(b"%08x" % field for field in fields)
        self._parts.append(_padded(header + name.encode() + b"\0") + _padded(data))

    def folder(self, name):
        self._add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self._add(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor, mode=0o600):
        self._add(name, stat.S_IFCHR | mode, device=(major, minor))

    def copy(self, name, path):
        """A file or a link as it is on disk; a folder with all that is in it."""
        path = Path(path)
        if path.is_symlink():
            self.link(name, os.readlink(path))
        elif path.is_dir():
            self.folder(name)
            for entry in sorted(path.iterdir()):
                self.copy(f"{name}/{entry.name}", entry)
        else:
            self.file(name, path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)

    def plain(self):
        self._add("TRAILER!!!", 0)
        return b"".join(self._parts)

    def packed(self):
        return gzip.compress(self.plain(), compresslevel=6)
