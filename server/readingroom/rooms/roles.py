"""Who may do what: one table, role by kind of command. The script gets a row of it as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from readingroom.protocol import Role

Right = Literal["any", "own", "no"]
"""`own`: a mark by its author, the lead by its holder (or while it is free), the view by the holder."""

ROLES: tuple[Role, ...] = ("host", "clinician", "patient", "observer")


def _row(host: Right, clinician: Right, patient: Right, observer: Right) -> Mapping[Role, Right]:
    return dict(zip(ROLES, (host, clinician, patient, observer), strict=True))


RIGHTS: Mapping[str, Mapping[Role, Right]] = {
    #                           host   clinician patient observer
    "annotation.create": _row("any", "any", "any", "no"),
    "annotation.update": _row("own", "own", "own", "no"),
    "annotation.delete": _row("own", "own", "own", "no"),
    "annotation.hide": _row("any", "no", "no", "no"),
    "annotation.undo": _row("own", "own", "own", "no"),
    "annotation.redo": _row("own", "own", "own", "no"),
    "question.answer": _row("any", "any", "no", "no"),
    "lead.take": _row("any", "own", "own", "no"),
    "lead.ask": _row("any", "any", "any", "no"),
    "lead.give": _row("any", "own", "own", "no"),
    "stage.gather": _row("any", "own", "own", "no"),
    "view": _row("own", "own", "own", "no"),
    "series.open": _row("any", "no", "no", "no"),
    "series.close": _row("any", "no", "no", "no"),
    "key_image.add": _row("any", "any", "no", "no"),
    "key_image.remove": _row("any", "own", "no", "no"),
    "chat.say": _row("any", "any", "any", "no"),
    "hand.raise": _row("any", "any", "any", "any"),
    "hand.lower": _row("any", "no", "no", "no"),
    "person.remove": _row("any", "no", "no", "no"),
    "person.role": _row("any", "no", "no", "no"),
    "room.end": _row("any", "no", "no", "no"),
    "room.reopen": _row("any", "no", "no", "no"),
    "room.go_on": _row("any", "no", "no", "no"),
}
"""Kinds that only the server writes (person.joined, series.opened, ...) have no row: nobody may send them."""


def row(kind: str) -> str:
    """The rights for one kind as the script reads them: `host=any patient=own`. Unknown kinds: nobody."""
    rights = RIGHTS.get(kind, {})
    return " ".join(f"{role}={right}" for role, right in rights.items())


def may_lead(role: Role) -> bool:
    """Whether somebody of this role can hold the lead."""
    return RIGHTS["view"][role] != "no"


def may_hide(role: Role) -> bool:
    """Whether somebody of this role can hide others' marks."""
    return RIGHTS["annotation.hide"][role] == "any"
