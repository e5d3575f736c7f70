"""Runs the checks and tests stage by stage: `python -m scripts.stages check`, or `test`.

Every stage runs even after one failed; a table of times and pytest's closing line come last. Exits 1 when any
stage failed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hatch_build import node_environment, node_files

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WEB = ROOT / "web"
MODULES = WEB / "node_modules"


@dataclass(frozen=True)
class Stage:
    name: str
    command: Sequence[str]
    folder: Path = ROOT


@dataclass(frozen=True)
class Outcome:
    stage: Stage
    code: int
    seconds: float
    output: str


def python(name: str, *words: str) -> Stage:
    return Stage(name, [str(BIN / words[0]), *words[1:]])


def node(name: str, program: str, *words: str) -> Stage:
    return Stage(name, [str(node_files()[0]), str(MODULES / program), *words], WEB)


def checks() -> list[Stage]:
    """The slowest first, so that two at a time end together."""
    return [
        python("mypy", "mypy"),
        python("ruff check", "ruff", "check", "."),
        python("ruff format", "ruff", "format", "--check", "."),
        python("lint-imports", "lint-imports"),
        node("tsc", "typescript/bin/tsc"),
        node("tsc of web/chaos", "typescript/bin/tsc", "--project", "chaos"),
        node("biome", "@biomejs/biome/bin/biome", "ci", "--colors=off"),
        node("vitest", "vitest/vitest.mjs", "run", "--color=false"),
    ]


QUICK = ("-q", "-m", "not browser", "--ignore=tests/e2e", "--ignore=tests/deploy", "--ignore=tests/chaos")


def main(words: list[str]) -> int:
    match words:
        case ["check"]:
            tests = Stage("pytest", [sys.executable, "-m", "pytest", *QUICK])
        case ["test"]:
            tests = Stage("pytest", [sys.executable, "-m", "pytest", "--durations=15"])
        case _:
            raise SystemExit("Say which: check, or test.")
    return run(checks(), tests)


def run(first: Sequence[Stage], last: Stage) -> int:
    """`first` two at a time and quietly, then `last` aloud and alone; 1 when any failed, else 0."""
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = []
        for outcome in pool.map(quietly, first):
            show(outcome)
            outcomes.append(outcome)
    outcomes.append(aloud(last))
    return close(outcomes, time.monotonic() - started)


def quietly(stage: Stage) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        stage.command, cwd=stage.folder, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
    )  # fmt: skip
    return Outcome(stage, done.returncode, time.monotonic() - started, done.stdout)


def aloud(stage: Stage) -> Outcome:
    """Runs a long stage with its output shown as it comes, and kept."""
    print(f"· {stage.name}", flush=True)
    started = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        stage.command, cwd=stage.folder, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", bufsize=1,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return Outcome(stage, running.returncode, time.monotonic() - started, "".join(lines))


def environment() -> dict[str, str]:
    return {**node_environment(os.environ), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}


def show(outcome: Outcome) -> None:
    print(f"{mark(outcome)} {outcome.stage.name} ({outcome.seconds:.1f} s)", flush=True)
    if outcome.code:
        print(outcome.output, flush=True)


def close(outcomes: Sequence[Outcome], seconds: float) -> int:
    print("\nstage            seconds")
    for outcome in outcomes:
        print(f"{outcome.stage.name:<16} {outcome.seconds:7.1f}  {mark(outcome)}")
    failed = [outcome.stage.name for outcome in outcomes if outcome.code]
    print(f"{'all':<16} {seconds:7.1f}  {'FAILED: ' + ', '.join(failed) if failed else 'ok'}")
    closing = outcomes[-1].output.strip().splitlines()
    print(closing[-1] if closing else "pytest said nothing", flush=True)
    return 1 if failed else 0


def mark(outcome: Outcome) -> str:
    return "FAILED" if outcome.code else "ok"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
