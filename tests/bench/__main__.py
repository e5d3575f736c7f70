"""`make bench`: prints figures and ratios, writes bench.json, fails nothing."""

from __future__ import annotations

import json
import platform
from pathlib import Path

from tests.bench import loading

OUT = Path("bench.json")


def main() -> None:
    figures = {"python": platform.python_version(), "loading": loading.report()}
    OUT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {OUT}")


if __name__ == "__main__":
    main()
