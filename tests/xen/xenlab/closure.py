"""The shared libraries of a program, for systems that lack them."""
import re
import subprocess

from .console import LabError



def closure(program):
    """Name -> path of every library that a program needs, the C library and its loader included."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True)
    missing = re.findall(r"(\S+) => not found", told.stdout)
    if told.returncode or missing:
        raise LabError(f"ldd {program}: {' '.join(missing) or told.stderr.strip()} not found")
    paths = re.findall(r"(/\S+) \(0x", told.stdout)
    return {path.rsplit("/", 1)[1]: path for path in paths}
