"""Who may do what: one table, role by kind of command. The script gets a row of it as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Role = Literal["host", "patient"]
Right = Literal["any", "own", "no"]
"""`own`: a mark by its author, the lead by its holder (or while it is free), the view by the holder."""

RIGHTS: Mapping[str, Mapping[Role, Right]] = {
    "annotation.create": {"host": "any", "patient": "any"},
    "annotation.update": {"host": "own", "patient": "own"},
    "annotation.delete": {"host": "any", "patient": "own"},
    "lead.take": {"host": "any", "patient": "own"},
    "lead.ask": {"host": "any", "patient": "any"},
    "lead.give": {"host": "any", "patient": "own"},
    "view": {"host": "own", "patient": "own"},
    "person.joined": {"host": "no", "patient": "no"},
    "series.opened": {"host": "no", "patient": "no"},
}


def row(kind: str) -> str:
    """The rights for one kind as the script reads them: `host=any patient=own`. Unknown kinds: nobody."""
    rights = RIGHTS.get(kind, {})
    return " ".join(f"{role}={right}" for role, right in rights.items())
