"""Frames of a ring that came back from Domain-0, as tests/tools/ring_frames prints them."""
import json
import os
import subprocess

from lab.agent import program


def frames(ring, *metrics):
    tool = os.path.join(os.path.dirname(os.path.dirname(program("virtscope"))), "tests", "ring_frames")
    told = subprocess.run([tool, ring, "0", *metrics], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in told.stdout.splitlines()]
