"""What lies in Redis, turned into our values: log entries, the document, the view, memberships."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from readingroom.protocol import Annotation, Lead, LogEntry, Mark, PaneView, Person, ViewChange
from readingroom.rooms.room import RoomState
from readingroom.values import SeriesKey, SeriesRef, StudyId

T = TypeVar("T")
Hash = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a room stands: what a tailer, a page and a lead are measured by."""

    epoch: str
    revision: int
    view_revision: int
    head: str
    fence: int
    holder: str | None


def standing(meta: Hash) -> Standing:
    """Where the room of this meta hash stands."""
    return Standing(
        epoch=meta[b"epoch"].decode(),
        revision=int(meta[b"revision"]),
        view_revision=int(meta[b"view_revision"]),
        head=meta[b"head"].decode(),
        fence=int(meta[b"fence"]),
        holder=meta[b"holder"].decode() or None,
    )


def number_of(stream_id: bytes) -> int:
    """The revision in a stream id `0-<revision>`."""
    return int(stream_id.partition(b"-")[2])


def entry(stream_id: bytes, fields: Hash) -> LogEntry:
    """One entry of a room's log."""
    return LogEntry.model_validate(
        {
            "version": int(fields[b"version"]),
            "revision": number_of(stream_id),
            "at_ms": int(fields[b"at"]),
            "by": fields[b"by"].decode(),
            "op_id": fields[b"op"].decode(),
            "command": json.loads(fields[b"command"]),
            "fence": int(fields[b"fence"]),
            "head": fields[b"head"].decode(),
        }
    )


def view_change(stream_id: bytes, fields: Hash) -> ViewChange:
    """One entry of a room's view stream."""
    return ViewChange(
        fence=int(fields[b"fence"]),
        view_revision=number_of(stream_id),
        by=fields[b"by"].decode(),
        pane=int(fields[b"pane"]),
        change=PaneView.model_validate_json(fields[b"change"]),
    )


def panes(view: Hash) -> dict[str, PaneView]:
    """The view hash, `<pane>.<field>` → canonical bytes."""
    found: dict[str, dict[str, object]] = {}
    for key, value in view.items():
        pane, _, name = key.decode().partition(".")
        found.setdefault(pane, {})[name] = json.loads(value)
    return {pane: PaneView.model_validate(fields) for pane, fields in sorted(found.items())}


def state(meta: Hash, doc: Hash) -> RoomState:
    """The document hash as the state a replay of the log would give (R15)."""
    at = standing(meta)
    people: list[tuple[int, Person]] = []
    series: list[tuple[int, str]] = []
    annotations: dict[str, Annotation] = {}
    for key, row in doc.items():
        kind, _, name = key.decode().partition(":")
        match kind:
            case "a":
                annotations[name] = _annotation(name, row)
            case "p":
                people.append(_person(name, row))
            case "s":
                series.append((int(row), name))
    return RoomState(
        revision=at.revision,
        head=at.head,
        lead=Lead(holder=at.holder, fence=at.fence, asking=meta[b"asking"].decode().split()),
        people=tuple(person for _, person in _in_order(people)),
        series=tuple(key for _, key in _in_order(series)),
        annotations=annotations,
    )


def name_of(person: bytes) -> str:
    """The name in a person's row `<revision> <role> <name>`."""
    return person.split(b" ", 2)[2].decode()


def series(rows: Hash) -> dict[SeriesKey, SeriesRef]:
    """The open series of a room, `<study> <number>` each."""
    refs: dict[SeriesKey, SeriesRef] = {}
    for key, row in rows.items():
        study, _, number = row.decode().rpartition(" ")
        refs[SeriesKey(key.decode())] = SeriesRef(StudyId(study), int(number))
    return refs


def _annotation(id: str, row: bytes) -> Annotation:
    author, revision, live, mark = row.split(b" ", 3)
    return Annotation(
        id=id,
        by=author.decode(),
        revision=int(revision),
        deleted=live == b"0",
        mark=Mark.model_validate_json(mark) if live == b"1" else None,
    )


def _person(principal: str, row: bytes) -> tuple[int, Person]:
    since, role, name = row.split(b" ", 2)
    return int(since), Person.model_validate(
        {"principal": principal, "role": role.decode(), "name": name.decode()}
    )


def _in_order(numbered: Iterable[tuple[int, T]]) -> list[tuple[int, T]]:
    return sorted(numbered, key=lambda pair: pair[0])
