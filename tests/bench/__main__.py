"""`make bench`: prints figures and ratios, writes bench.json, fails nothing."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from tests.bench import codecs, consultation, loading, memory, reslice
from tests.bench.rooms import report as rooms

OUT = Path("bench.json")
PARTS = {
    "loading": loading.report,
    "codecs": codecs.report,
    "memory": memory.report,
    "reslice": reslice.report,
    "rooms": rooms.report,
    "consultation": consultation.report,
}


def main() -> None:
    figures: dict[str, Any] = {"python": platform.python_version()}
    figures |= {name: report() for name, report in PARTS.items()}
    OUT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {OUT}")


if __name__ == "__main__":
    main()
