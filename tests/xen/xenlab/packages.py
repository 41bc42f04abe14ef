"""Debian's packages that the lab is made of: downloaded by name into the cache and unpacked there."""
import re
import shutil
import subprocess

from lab.needs import need, need_program

from . import cache

XEN = "4.17"
_KERNEL = "linux-image-amd64"  # the cloud kernel cannot be Domain-0
_NAMES = f"""
    xen-hypervisor-{XEN}-amd64 xen-utils-{XEN} xen-utils-common xenstore-utils libxenmisc{XEN}
    libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenstore4
    libxentoollog1 libxentoolcore1 libyajl2 libncurses6 libtinfo6 ncurses-base liblzma5 libzstd1 zlib1g libuuid1
    libc6 libgcc-s1 libstdc++6 bash util-linux busybox-static strace libunwind8
    iproute2 libbpf1 libelf1 libmnl0 libbsd0 libmd0 libcap2
""".split()


def _name(archive):
    return archive.name.split("_")[0]


def _archives():
    return sorted((cache.folder() / "packages").glob("*.deb"))


def _kernel():
    """linux-image-6.1.0-NN-amd64: the one that is here, else what the metapackage depends on."""
    here = [_name(archive) for archive in _archives() if _name(archive).startswith("linux-image-")]
    if here:
        return here[-1]
    asked = subprocess.run(["apt-cache", "depends", _KERNEL], capture_output=True, text=True)
    found = re.search(r"Depends: (linux-image-[0-9]\S+)", asked.stdout)
    need(found, f"apt knows no {_KERNEL} (apt-get update)")
    return found.group(1)


def download(names, target):
    target.mkdir(exist_ok=True)
    # apt would download as a user of its own, who may not write here.
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", *names]
    got = subprocess.run(command, cwd=target, capture_output=True, text=True)
    need(got.returncode == 0, f"packages for the Xen lab cannot be downloaded: {got.stderr.strip()[-300:]}")


def fetch():
    """The folder with everything unpacked. Packages that are there are not fetched again: delete the cache for newer ones."""
    need_program("dpkg-deb", "dpkg")
    need_program("apt-get", "apt")
    missing = {*_NAMES, _kernel()} - {_name(archive) for archive in _archives()}
    if missing:
        download(sorted(missing), cache.folder() / "packages")
    root, listing = cache.folder() / "root", "\n".join(archive.name for archive in _archives())
    contents = cache.folder() / "root.packages"
    if not contents.exists() or contents.read_text() != listing:
        shutil.rmtree(root, ignore_errors=True)
        for archive in _archives():
            subprocess.run(["dpkg-deb", "-x", archive, root], check=True)
        contents.write_text(listing)
    return root


def find(root, *paths):
    """The first of these that is there: in Debian 12 some packages still have /bin and /lib apart from /usr."""
    return next(root / path for path in paths if (root / path).exists())
