"""What passes between a test and Domain-0: a disk with the script and the files, and a disk with what it leaves in /out.

Domain-0 looks at the first block of the first disk until it has a header, so that a saved machine takes any job."""
import io
import os
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

from .closure import closure
from .console import LabError

_BLOCK = 64 << 10
JOB_SIZE = 256 << 20  # of the disks; they are sparse
OUT_SIZE = 256 << 20


def blank(path, size):
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def _anonymous(member):
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _executable(member):
    member.mode = 0o755
    return _anonymous(member)


def _add_text(tar, name, text):
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(text.encode()), 0o755, int(time.time())
    tar.addfile(member, io.BytesIO(text.encode()))


def _add_stripped(tar, name, path):
    """Without what only a debugger needs, which is nine tenths of a program of ours: Domain-0's files are in its memory."""
    with tempfile.NamedTemporaryFile() as stripped:
        done = subprocess.run(["strip", "-o", stripped.name, path], stderr=subprocess.DEVNULL)
        source = path if done.returncode else stripped.name  # a script, say
        tar.add(os.path.realpath(source), arcname=name, filter=_executable)


def write(path, script, seconds, programs, files, has):
    """`programs`: paths, which come to /inject/bin with their libraries, less those that Domain-0 `has` (names).
    `files`: name below /inject -> path of a file or folder."""
    with open(path, "wb") as disk:
        disk.seek(_BLOCK)
        with tarfile.open(fileobj=disk, mode="w") as tar:
            _add_text(tar, "job/seconds", f"{seconds}\n")
            _add_text(tar, "job/script", script + "\n")
            libraries = {}
            for program in programs:
                _add_stripped(tar, f"inject/bin/{Path(program).name}", program)
                libraries |= closure(program)
            for name in sorted(libraries.keys() - has):
                tar.add(os.path.realpath(libraries[name]), arcname=f"usr/lib/x86_64-linux-gnu/{name}", filter=_anonymous)
            for name, source in files.items():
                tar.add(os.path.realpath(source), arcname=f"inject/{name}", filter=_anonymous)
        blocks = -(-disk.tell() // _BLOCK) - 1
        if disk.tell() > JOB_SIZE:
            raise LabError(f"a job of {disk.tell() >> 20} MiB is more than its disk has")
        disk.truncate(JOB_SIZE)
        disk.seek(0)
        disk.write(f"XENLAB-JOB {int(time.time())} {blocks}\n".encode())
    return path


def _harmless(member):
    """A plain file or folder below where it is unpacked: a guest is not trusted with more."""
    return (member.isreg() or member.isdir()) and not member.name.startswith("/") and ".." not in member.name.split("/")


def unpack(disk, folder):
    try:
        with tarfile.open(disk, "r:") as tar:
            tar.extractall(folder, filter(_harmless, tar))
    except tarfile.TarError as error:
        raise LabError(f"Domain-0 sent nothing back: {error}") from error
