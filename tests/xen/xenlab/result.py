"""What a script in Domain-0 left behind."""
import json
from dataclasses import dataclass
from pathlib import Path

from .console import LabError


@dataclass
class Result:
    folder: Path  # /out as it was; with lab/: logs of the machine and consoles of the guests

    def text(self, name):
        return (self.folder / name).read_text(errors="replace")

    def json(self, name):
        return json.loads(self.text(name))

    def has(self, name):
        return (self.folder / name).exists()

    @property
    def rc(self):
        """The script's exit code, 124 if it took too long. LabError if it was never run."""
        said = self.text("lab/rc").strip() if self.has("lab/rc") else "lab: no exit code"
        if said.startswith("lab:"):
            raise LabError(said)
        return int(said)

    @property
    def stdout(self):
        return self.text("stdout.txt")

    @property
    def stderr(self):
        return self.text("stderr.txt")

    def guest_console(self, name):
        """Everything a guest has said."""
        return self.text(f"lab/log/console/guest-{name}.log").replace("\r", "")
