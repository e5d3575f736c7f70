"""The house while processes die, lines break and guests lie: `python -m tests.chaos` and `.mutants`."""

import os
from pathlib import Path

# Before numba is imported: one cache for this process and all it starts, whatever their data folders.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[2] / ".pytest_cache" / "kernels"))
