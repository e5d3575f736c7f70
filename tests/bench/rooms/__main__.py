"""`python -m tests.bench.rooms [--full]`."""

import sys

from tests.bench.rooms.report import main

sys.exit(main(sys.argv[1:]))
