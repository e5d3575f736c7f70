"""What documents weigh in a process: they are made anew in one that holds nothing else."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from readingroom.rooms.room import RoomState


def weight_mb(states: Mapping[str, RoomState]) -> float:
    """Resident memory these documents take, in MB (Linux). Blocks for as long as making them takes."""
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=pickle.dumps(dict(states)), capture_output=True, check=True
    )
    return float(done.stdout)


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))


def _main() -> None:
    pickled = sys.stdin.buffer.read()
    pickle.loads(pickle.dumps(RoomState()))  # what making any of them needs is there now
    before = _resident_kb()
    states = pickle.loads(pickled)
    print((_resident_kb() - before) / 1000 if states else 0.0)


if __name__ == "__main__":
    _main()
