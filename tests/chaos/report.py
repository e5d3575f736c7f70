"""The figures of a chaos run, for people and as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from readingroom.protocol import PersonRemove
from tests.chaos import checker
from tests.chaos.run import Outcome


def summary(outcome: Outcome) -> dict[str, Any]:
    """Counts, and times in ms."""
    history = outcome.history
    broken = Counter(one.rule for one in outcome.violations)
    acknowledged = checker.acknowledged_within_ms(history.seats)
    back = checker.returned_within_ms(history.seats)
    converged = [quiet.converged_s for quiet in history.quiets if quiet.converged_s is not None]
    return {
        "seconds": round(outcome.seconds),
        "ops acknowledged": len(acknowledged),
        "changes in the log": sum(len(record.log) for record in history.rooms.values()),
        "view changes": sum(len(record.moves) for record in history.rooms.values()),
        "attacks answered": sum(attack.answer is not None for attack in history.attacks),
        "faults": sum(outcome.faults.values()),
        "faults by kind": dict(sorted(outcome.faults.items())),
        "lost": broken["I1"] + broken["I12"],
        "duplicates": broken["I4"],
        "stale views": broken["I5"],
        "forged": broken["I6"] + broken["I7"] + broken["I8"],
        "removed": removals(outcome),
        "divergences": broken["I2"] + broken["I11"],
        "quiet moments": len(history.quiets),
        "worst convergence, ms": round(max(converged, default=0.0) * 1000),
        "median convergence, ms": round(percentile(converged, 50) * 1000),
        "ack p50, ms": round(percentile(acknowledged, 50), 1),
        "ack p99, ms": round(percentile(acknowledged, 99), 1),
        "reconnects": len(back),
        "reconnect p50, ms": round(percentile(back, 50)),
        "reconnect p99, ms": round(percentile(back, 99)),
        "violations by rule": dict(sorted(broken.items())),
    }


def removals(outcome: Outcome) -> int:
    """How many people were sent out."""
    logs = [record.log for record in outcome.history.rooms.values()]
    return sum(isinstance(written.entry.command, PersonRemove) for log in logs for written in log)


def lines(figures: dict[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in figures.items()]


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
