"""`python -m tests.chaos.mutants`: plants one bug at a time and says which the harness caught, and by what.

Exit code 1 when one survives, or when the house without a bug does not pass under the same trouble.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.chaos.mutant_table import CALM, CUTS, MUTANTS, STORE, Edit, Mutant
from tests.chaos.nodes import DidNotServe
from tests.chaos.run import run
from tests.chaos.scene import Plan
from tests.chaos.startup import starting_faults

ROOT: Final = Path(__file__).resolve().parents[2]
SERVER, WEB = ROOT / "server" / "readingroom", ROOT / "web"
SECONDS, ROUND_S, WITH_STRANGERS_S = 24.0, 4.0, 7.0
LIMIT_S: Final = 120.0
WITHIN_S, PATIENCE_S = 4.0, 8.0
"""Slower than the rule says, for a machine that does other things too: only what never comes counts."""
SEEDS: Final = ("1", "2", "3")
"""Tried one after the other until the bug shows."""
CONTROLS: Final = (
    Mutant("control: calm", "server", ()),
    Mutant("control: people cut", "server", (), CUTS),
    Mutant("control: store", "server", (), STORE),
    Mutant("control: views", "server", (), ("people held", "node stopped", "store held", "store late")),
    Mutant("control: strangers", "server", (), CALM, strangers=True),
    Mutant("control: start", "server", (), startup=True),
)


class Copy:
    """A copy of the server and of the page, in which a bug can be planted.

    It always lies at the same place, so that numba's cache is of use again.
    """

    def __init__(self, folder: Path) -> None:
        self.server = folder / "server"
        self.web = folder / "web"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SERVER, self.server / "readingroom", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(WEB / "src", self.web / "src")
        shutil.copytree(WEB / "chaos", self.web / "chaos")
        shutil.copy2(WEB / "tsconfig.json", self.web)
        (self.web / "node_modules").symlink_to(WEB / "node_modules")

    @contextmanager
    def planted(self, mutant: Mutant) -> Iterator[None]:
        """LookupError when some old text does not stand in its file exactly once."""
        base = self.web / "src" if mutant.layer == "client" else self.server / "readingroom"
        touched = {edit.file: (base / edit.file).read_text() for edit in mutant.edits}
        try:
            for edit in mutant.edits:
                _plant(base / edit.file, edit)
            yield
        finally:
            for file, text in touched.items():
                (base / file).write_text(text)


def _plant(file: Path, edit: Edit) -> None:
    text = file.read_text()
    if text.count(edit.old) != 1:
        raise LookupError(f"{edit.file} holds {text.count(edit.old)} times: {edit.old}")
    file.write_text(text.replace(edit.old, edit.new))


def caught_by(copy: Copy, mutant: Mutant, seeds: Sequence[str]) -> tuple[str, str]:
    """Which rules were broken, and one sentence of it; two empty texts when nothing was."""
    environment = {"PYTHONPATH": str(copy.server)}
    with copy.planted(mutant):
        if mutant.startup:
            faults = asyncio.run(starting_faults(environment))
            return ("R70", faults[0]) if faults else ("", "")
        for seed in seeds:
            plan = Plan(
                seconds=SECONDS,
                seed=seed,
                clients=9,
                round_s=WITH_STRANGERS_S if mutant.strangers else ROUND_S,
                fault_every_s=0.5,
                pace_s=mutant.pace_s,
                kinds=mutant.kinds,
                stop_at_first=True,
                within_s=WITHIN_S,
                patience_s=PATIENCE_S,
                strangers=mutant.strangers,
                environment=environment,
                web=copy.web,
            )
            try:
                outcome = asyncio.run(asyncio.wait_for(run(plan, lambda _: None), LIMIT_S))
            except (DidNotServe, RuntimeError, TimeoutError) as error:
                return "no house", (str(error) or type(error).__name__)[-300:]
            if outcome.violations:
                rules = Counter(one.rule for one in outcome.violations)
                return " ".join(sorted(rules)), str(outcome.violations[0])[:300]
    return "", ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names; without any, all bugs and the house itself")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    names = options.names
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever ends us, all we started ends too

    def wanted(mutant: Mutant) -> bool:
        return not names or any(name in f"{mutant.layer} {mutant.name}" for name in names)

    chosen = [mutant for mutant in MUTANTS if wanted(mutant)]
    found: list[dict[str, object]] = []
    copy = Copy(ROOT / ".pytest_cache" / "chaos-mutants")
    for mutant in (*(control for control in CONTROLS if wanted(control)), *chosen):
        began = time.monotonic()
        rules, what = caught_by(copy, mutant, SEEDS if mutant.edits else SEEDS[:1])
        took = time.monotonic() - began
        word = ("caught" if rules else "SURVIVED") if mutant.edits else ("BROKEN" if rules else "passed")
        print(f"{word}: {mutant.layer}: {mutant.name} [{rules}] {took:.0f} s; {what[:200]}", flush=True)
        found.append({"name": mutant.name, "layer": mutant.layer, "rules": rules, "what": what, "word": word})
    caught = sum(one["word"] == "caught" for one in found)
    print(f"caught {caught} of {len(chosen)}")
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if all(one["word"] in ("caught", "passed") for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
