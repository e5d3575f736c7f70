"""The invariants of a room, asked of a history. Pure: the same history gives the same violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tests.chaos import log_rules, page_rules
from tests.chaos.history import History, Quiet, Seat, Violation

CONVERGED_WITHIN_S: Final = 1.0
SHOWN: Final = 5
"""So many violations of one rule are told; the rest are counted."""


def violations(history: History, *, within_s: float = CONVERGED_WITHIN_S) -> list[Violation]:
    """All of them, in the order of the rules."""
    found: list[Violation] = []
    for name, record in history.rooms.items():
        for rule in (log_rules.chain, log_rules.people, log_rules.marks, log_rules.view):
            found += rule(name[:4], record)
    for seat in history.seats:
        record = history.rooms[seat.room]
        log = {written.entry.revision: written.entry for written in record.log}
        found += page_rules.answers(seat, log)
        found += page_rules.view_answers(seat, record)
        found += page_rules.held(seat, log)
        found += page_rules.heard(seat, record, log)
        found += page_rules.durable(seat, history)
        found += page_rules.removed(seat, record, history.gaps)
    found += _attacks(history)
    for quiet in history.quiets:
        found += _quiet(quiet, within_s)
    found += [Violation("errors", complaint) for complaint in history.complaints]
    return sorted(found, key=lambda one: one.rule)


def told(found: list[Violation]) -> list[str]:
    """For people: the first few of each rule."""
    lines: list[str] = []
    shown: Counter[str] = Counter()
    for one in found:
        shown[one.rule] += 1
        if shown[one.rule] <= SHOWN:
            lines.append(str(one))
    return lines + [f"{rule}: and {count - SHOWN} more" for rule, count in shown.items() if count > SHOWN]


def _attacks(history: History) -> Iterator[Violation]:
    for attack in history.attacks:
        answer = attack.answer
        if answer is None:
            continue
        if answer.get("ok"):
            if "OK" not in attack.allowed:
                yield Violation(_rule(attack.name), f"attack '{attack.name}' succeeded")
            elif attack.op_id is not None:
                entries = {one.entry.revision: one.entry for one in history.rooms[attack.room].log}
                entry = entries.get(answer["revision"])
                if entry is None or (entry.by, entry.op_id) != (attack.principal, attack.op_id):
                    yield Violation("I4", f"attack '{attack.name}' was told another's revision")
        elif answer.get("code") not in attack.allowed | page_rules.MAY_PASS - {"INTERNAL"}:
            yield Violation(_rule(attack.name), f"attack '{attack.name}' was answered {answer.get('code')}")


def _rule(attack: str) -> str:
    """An attack's name begins with what it is against."""
    return attack.split(" ", 1)[0]


def _quiet(quiet: Quiet, within_s: float) -> Iterator[Violation]:
    after = f"after {quiet.after}"
    if quiet.converged_s is None:
        yield Violation("I13", f"{after}: {quiet.missing}")
    elif quiet.converged_s > within_s:
        yield Violation("I13", f"{after}: {quiet.converged_s:.2f} s until all had all {quiet.missing}")
    for held in (*quiet.truth[1:], *quiet.held):
        first = quiet.truth[0]
        if held.document != first.document:
            yield Violation("I2", f"{after}: the document of {held.who} is not that of {first.who}")
        if held.view != first.view:
            yield Violation("I2", f"{after}: the view of {held.who} is not that of {first.who}")


def acknowledged_within_ms(seats: list[Seat]) -> list[float]:
    """Of each acknowledged op, from its last sending to its answer."""
    found = []
    for seat in seats:
        begun: dict[int, float] = {}
        for event in seat.events:
            if event.about.get("what") != "op":
                continue
            if event.name == "asked":
                begun[event.about["question"]] = event.at
            elif event.name == "answered" and event.about["answer"]["ok"]:
                found.append(event.at - begun[event.about["question"]])
    return found


def returned_within_ms(seats: list[Seat]) -> list[float]:
    """Of each way back, from noticing a cut to being live again; the fault's own time included."""
    found = []
    for seat in seats:
        noticed: float | None = None
        for event in seat.events:
            if event.name != "connection":
                continue
            if event.about["is"] == "reconnecting":
                noticed = event.at
            elif event.about["is"] == "live" and noticed is not None:
                found.append(event.at - noticed)
                noticed = None
    return found
