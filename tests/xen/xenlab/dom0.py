"""Domain-0's file system: a small Debian with Xen's tools, /bin and /lib being those of /usr. No udev, no syslog, no systemd;
/bin/sh is busybox."""
from .packages import XEN, find

_LIBRARIES = "lib/x86_64-linux-gnu"
_PROGRAMS = ("usr/bin/bash", "usr/bin/flock", "usr/bin/ip", "usr/bin/strace")
_FILES = {"etc/passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/tmp:/bin/bash\n",
          "etc/group": "root:x:0:\nnogroup:x:65534:\n",
          "etc/hostname": "xenlab\n",
          "etc/hosts": "127.0.0.1 localhost\n",
          "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n"}


def busybox(root):
    return find(root, "bin/busybox", "usr/bin/busybox")


def _programs(root):
    """Path in Domain-0 -> file."""
    chosen = {f"usr/{kind}/{path.name}": path for kind in ("bin", "sbin")
              for path in (root / "usr" / kind).iterdir() if path.name.startswith(("xen", "xl"))}
    return chosen | {name: find(root, name, name.removeprefix("usr/")) for name in _PROGRAMS}


def libraries(root):
    """Name -> file of every shared library that Domain-0 has."""
    return {path.name: path for top in (_LIBRARIES, f"usr/{_LIBRARIES}") for path in (root / top).iterdir()
            if ".so" in path.name and not path.is_dir()}


def fill(archive, root):
    for name in ("usr", "usr/bin", "usr/sbin", "usr/lib", f"usr/{_LIBRARIES}", "usr/lib64", "usr/share", "etc", "etc/ld.so.conf.d",
                 "var", "var/log", "var/log/xen", "var/log/xen/console", "var/lib", "var/lib/xen", "var/lib/xen/dump",
                 "var/lib/xenstored", "var/lock", "root", "inject", "inject/bin", "out", f"usr/lib/xen-{XEN}"):
        archive.folder(name)
    for name in ("bin", "sbin", "lib", "lib64"):
        archive.link(name, f"usr/{name}")
    archive.link("var/run", "/run")
    for name, path in (_programs(root) | {f"usr/{_LIBRARIES}/{name}": path for name, path in libraries(root).items()}).items():
        archive.copy(name, path)
    archive.link("usr/lib64/ld-linux-x86-64.so.2", f"/{_LIBRARIES}/ld-linux-x86-64.so.2")
    for name in (f"usr/lib/xen-{XEN}/bin", "usr/lib/xen-common", "etc/xen", "etc/iproute2"):
        archive.copy(name, root / name)
    archive.copy("usr/share/terminfo", find(root, "lib/terminfo", "usr/share/terminfo"))
    archive.copy("usr/bin/busybox", busybox(root))
    archive.link("usr/bin/sh", "busybox")
    for name, text in _FILES.items():
        archive.file(name, text.encode())
