"""What check_virt can do, from its own help."""
import subprocess

from .agent import program


def modes():
    said = subprocess.run([program("check_virt"), "--help"], capture_output=True, text=True).stdout
    lines = said[said.index("Modes:\n"):].split("\n\n")[0].splitlines()[1:]
    return [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
