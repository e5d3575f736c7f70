"""What a chaos run saw: the store's own record, and all that each person asked, heard and held."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from readingroom.protocol import LogEntry, ViewChange

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, and by what it is known."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it lies in the log, seen at `at`, ms. What has a lower `read` was there before it."""

    entry: LogEntry
    raw: bytes
    read: int
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Moved:
    """A change as it lies in the view's stream."""

    change: ViewChange
    read: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something one person's page saw or did; `at` in ms of the one monotonic clock."""

    at: float
    name: str
    about: Json


@dataclass(slots=True)
class Seat:
    """One stay of one person's page, from its making to its closing. `made`: changes its person made."""

    number: int
    person: str
    principal: str
    room: str
    made: int = 0
    closed: bool = False
    events: list[Event] = field(default_factory=list)

    def way(self, start: float, end: float = math.inf, *, since: float = 0.0, steps: int = 40) -> str:
        """What this page went through from `start` to `end`, ms, told in ms since `since`."""
        told = []
        for event in self.events:
            about = event.about
            what = about.get("is") or about.get("count") or about.get("revision") or about.get("what", "")
            told_often = event.name == "heard" and what in ("presence", "view")
            if not start <= event.at <= end or told_often or event.name in ("shared", "leads"):
                continue
            answer = about.get("answer") or {}
            more = answer.get("code") or about.get("data", "")
            if event.name == "heard" and what == "entries":
                more = [revision for revision, _ in about["entries"]]
            told.append(f"{event.at - since:.0f} {event.name} {what} {more}".strip())
        return f"({self.person}: {'; '.join(told[:steps])})"


@dataclass(frozen=True, slots=True)
class Attack:
    """One try of somebody who may not. `answer` None: it was cut or lost; `allowed`: codes it may get."""

    name: str
    principal: str
    room: str
    allowed: frozenset[str]
    answer: Json | None
    op_id: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which something was harmed, from `start` to `end`, ms.

    `unsaved`: in which nothing could be made durable.
    """

    start: float
    end: float
    why: str
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody held when all was quiet, as canonical bytes."""

    who: str
    document: bytes
    view: bytes


@dataclass(frozen=True, slots=True)
class Quiet:
    """One moment of quiet: who held what, and how long after the last fault the last one was there.

    `converged_s` None: somebody never was; `missing` says who and what he had.
    """

    room: str
    truth: tuple[Held, ...]
    held: tuple[Held, ...]
    converged_s: float | None
    missing: str = ""
    after: str = ""


@dataclass(slots=True)
class RoomRecord:
    """The store's record of one room, from its first entry on."""

    log: list[Written] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    invited: dict[str, str] = field(default_factory=dict)
    """The role each principal was invited as."""
    first_view_revision: int = 0


@dataclass(slots=True)
class History:
    """Everything the checker is told."""

    rooms: dict[str, RoomRecord] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    attacks: list[Attack] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    quiets: list[Quiet] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What processes of the house logged as an error of their own."""
