"""`python -m tests.chaos`: a chaos run of so many seconds; exit code 1 when any invariant was broken."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from tests.chaos import checker
from tests.chaos.report import lines, summary
from tests.chaos.run import run
from tests.chaos.scene import Plan


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--seed", default="1")
    parser.add_argument(
        "--round", type=float, default=12, help="seconds of trouble between two moments of quiet"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--browser", action="store_true", help="a real browser takes part")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever ends us, all we started ends too
    plan = Plan(
        seconds=options.seconds,
        seed=options.seed,
        nodes=options.nodes,
        clients=options.clients,
        browser=options.browser,
        round_s=options.round,
    )
    outcome = asyncio.run(run(plan, lambda line: print(line, flush=True)))
    figures = summary(outcome)
    print("\n".join(lines(figures)))
    print("\n".join(checker.told(outcome.violations)))
    if options.json is not None:
        violated = [str(one) for one in outcome.violations]
        options.json.write_text(json.dumps({**figures, "violations": violated}, indent=2) + "\n")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
