"""What a run found: outcomes by transfer syntax, and every promise that was broken."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from readingroom.errors import FileChanged, FileRefused
from tests.fuzz.mutants import Mutant

SHOWN: Final = "SHOWN"
ANSWER_LIMIT_S: Final = 20.0
SLACK_S: Final = 2.0
"""To end a process that took all its time, and to start the next."""
NOBODY_REFUSED: Final = ("reading it failed (", "its header makes no sense", "gave no sensible answer")
"""How refusals begin that stand for an error none of us foresaw."""


@dataclass(slots=True)
class Report:
    """The tally of one run."""

    seed: int
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    besieged: list[float] = field(default_factory=list)
    slowest: float = 0.0
    late: int = 0
    imports: int = 0
    deaths: int = 0
    memory: str = ""

    def outcome(self, mutant: Mutant, refused: FileRefused | None, *, decoded: bool) -> None:
        """One file tried: shown, or refused while its header was read or its pixels were decoded."""
        self.outcomes[(mutant.syntax, SHOWN if refused is None else refused.code)] += 1
        if refused is None:
            return
        reason = str(refused.details.get("reason", ""))
        if any(word in reason for word in NOBODY_REFUSED) or (decoded and isinstance(refused, FileChanged)):
            self.breaks(f"{name(mutant)}: {refused}")

    def answered(self, seconds: float, what: str) -> None:
        """How long somebody waited."""
        self.slowest = max(self.slowest, seconds)
        if seconds > ANSWER_LIMIT_S + SLACK_S:
            self.late += 1
            self.breaks(f"{what}: answered after {seconds:.1f} s")

    def breaks(self, what: str) -> None:
        """A promise is broken; told at the end."""
        self.broken.append(what)

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {sum(self.outcomes.values())} files tried, {self.imports} imports"]
        for syntax in sorted({syntax for syntax, _ in self.outcomes}):
            codes = {code: count for (of, code), count in self.outcomes.items() if of == syntax}
            told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
            lines.append(f"  {syntax}: {sum(codes.values())} ({told})")
        lines += [
            "answers over HTTP: " + ", ".join(f"{code} {n}" for code, n in sorted(self.answers.items())),
            f"server deaths: {self.deaths}",
            f"answers after more than {ANSWER_LIMIT_S:g} s: {self.late} (slowest {self.slowest:.2f} s)",
            f"memory of a decode process: {self.memory}",
            f"tiles of somebody else: p99 {p99(self.besieged):.0f} ms during the run ({len(self.besieged)}), "
            f"{p99(self.alone):.0f} ms before ({len(self.alone)})",
            f"promises broken: {len(self.broken)}",
        ]
        return "\n".join([*lines, *(f"  {what}" for what in self.broken)])


def name(mutant: Mutant) -> str:
    """Enough to make it again."""
    return f"mutant {mutant.number} ({mutant.seed}, {mutant.harm})"


def p99(seconds: list[float]) -> float:
    """Milliseconds that 99 of 100 stay below; NaN of nothing."""
    if not seconds:
        return math.nan
    return sorted(seconds)[min(len(seconds) - 1, int(0.99 * len(seconds)))] * 1000
