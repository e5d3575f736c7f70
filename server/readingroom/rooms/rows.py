"""What lies in Redis, turned into our values: log entries, the document, the view, memberships."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from readingroom.protocol import (
    Annotation,
    ChatMessage,
    Hand,
    KeptMark,
    KeyImage,
    KeyImageAdd,
    Layout,
    Lead,
    LogCommand,
    LogEntry,
    OpenSeries,
    PaneView,
    Person,
    ViewChange,
)
from readingroom.rooms.room import RoomState
from readingroom.rooms.view import FIRST_LAYOUT, View
from readingroom.values import RoomId, SeriesKey, SeriesRef, StudyId

T = TypeVar("T")
Hash = Mapping[bytes, bytes]

OTHER_PATIENT = " other"
"""What a series' row ends with that is not of the room's patient."""

_log_command: TypeAdapter[LogCommand] = TypeAdapter(LogCommand)
_layout: TypeAdapter[Layout] = TypeAdapter(Layout)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a room stands: what a tailer, a page and a lead are measured by."""

    epoch: str
    revision: int
    view_revision: int
    head: str
    fence: int
    holder: str | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A room as an operator sees it. Moments are the store's, in ms since 1970."""

    room: RoomId
    created_ms: int
    touched_ms: int
    ended: bool
    people: int
    revision: int
    series: tuple[SeriesRef, ...]


def facts(room: RoomId, meta: Hash, people: int, series: Iterable[bytes]) -> RoomFacts:
    """From the meta hash, the number of people admitted, and the rows of its open series."""
    created = int(meta.get(b"created", 0))
    return RoomFacts(
        room=room,
        created_ms=created,
        touched_ms=int(meta.get(b"touched", created)),
        ended=meta.get(b"ended") == b"1",
        people=people,
        revision=int(meta[b"revision"]),
        series=tuple(series_ref(row) for row in series),
    )


def standing(meta: Hash) -> Standing:
    """Where the room of this meta hash stands."""
    return Standing(
        epoch=meta[b"epoch"].decode(),
        revision=int(meta[b"revision"]),
        view_revision=int(meta[b"view_revision"]),
        head=meta[b"head"].decode(),
        fence=int(meta[b"fence"]),
        holder=meta[b"holder"].decode() or None,
        frozen=meta.get(b"frozen") == b"1",
    )


def number_of(stream_id: bytes) -> int:
    """The revision in a stream id `0-<revision>`."""
    return int(stream_id.partition(b"-")[2])


def log_command(data: bytes) -> LogCommand:
    """A command as the log keeps it."""
    return _log_command.validate_json(data)


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
    return ViewChange.model_validate(
        {
            "fence": int(fields[b"fence"]),
            "view_revision": number_of(stream_id),
            "by": fields[b"by"].decode(),
            "pane": int(fields[b"pane"]),
            "change": json.loads(fields[b"change"]),
            "layout": fields.get(b"layout", b"").decode() or None,
        }
    )


def view(meta: Hash, fields: Hash) -> View:
    """The view hash: `layout`, and `<pane>.<field>` -> canonical bytes."""
    panes: dict[str, dict[str, object]] = {}
    layout: object = FIRST_LAYOUT
    for key, value in fields.items():
        pane, dot, name = key.decode().partition(".")
        if dot:
            panes.setdefault(pane, {})[name] = json.loads(value)
        else:
            layout = value.decode()
    found = {pane: PaneView.model_validate(fields) for pane, fields in sorted(panes.items())}
    return View(int(meta[b"view_revision"]), _layout.validate_python(layout), found)


def state(meta: Hash, doc: Hash) -> RoomState:
    """The document hash as the state a replay of the log would give (R15)."""
    at = standing(meta)
    people: list[tuple[int, Person]] = []
    series: list[tuple[int, OpenSeries]] = []
    hands: list[tuple[int, Hand]] = []
    chat: list[tuple[int, ChatMessage]] = []
    annotations: dict[str, Annotation] = {}
    key_images: dict[str, KeyImage] = {}
    for key, row in doc.items():
        kind, _, name = key.decode().partition(":")
        match kind:
            case "a":
                annotations[name] = _annotation(name, row)
            case "p":
                people.append(_person(name, row, removed=f"x:{name}".encode() in doc))
            case "s":
                revision, _, other = row.decode().partition(" ")
                series.append((int(revision), OpenSeries(series=name, other_patient=bool(other))))
            case "h":
                hands.append((int(row), Hand(principal=name, revision=int(row))))
            case "c":
                chat.append((int(name), _message(int(name), row)))
            case "k":
                key_images[name] = _key_image(name, row)
    return RoomState(
        epoch=at.epoch,
        revision=at.revision,
        head=at.head,
        ended=meta.get(b"ended") == b"1",
        gathered=int(meta.get(b"gathered", 0)),
        lead=Lead(holder=at.holder, fence=at.fence, asking=meta[b"asking"].decode().split()),
        people=_in_order(people),
        series=_in_order(series),
        annotations=annotations,
        hands=_in_order(hands),
        chat=_in_order(chat),
        key_images=key_images,
    )


def name_of(person: bytes) -> str:
    """The name in a person's row `<revision> <role> <name>`."""
    return person.split(b" ", 2)[2].decode()


def series(rows: Hash) -> dict[SeriesKey, SeriesRef]:
    """The open series of a room, `<study> <number>` each."""
    return {SeriesKey(key.decode()): series_ref(row) for key, row in rows.items()}


def series_ref(row: bytes) -> SeriesRef:
    """The series a row `<study> <number>` names."""
    study, _, number = row.decode().rpartition(" ")
    return SeriesRef(StudyId(study), int(number))


def _annotation(id: str, row: bytes) -> Annotation:
    """A row `author revision flags mark` (lua/marks.lua)."""
    author, revision, flags, mark = row.split(b" ", 3)
    live = flags.startswith(b"1")
    return Annotation(
        id=id,
        by=author.decode(),
        revision=int(revision),
        deleted=not live,
        hidden=b"h" in flags,
        answered=b"a" in flags,
        mark=KeptMark.model_validate_json(mark) if live else None,
    )


def _person(principal: str, row: bytes, *, removed: bool) -> tuple[int, Person]:
    since, role, name = row.split(b" ", 2)
    return int(since), Person.model_validate(
        {"principal": principal, "role": role.decode(), "name": name.decode(), "removed": removed}
    )


def _message(revision: int, row: bytes) -> ChatMessage:
    at, by, text = row.split(b" ", 2)
    return ChatMessage(revision=revision, at_ms=int(at), by=by.decode(), text=text.decode())


def _key_image(id: str, row: bytes) -> KeyImage:
    by, revision, command = row.split(b" ", 2)
    added = KeyImageAdd.model_validate_json(command)
    return KeyImage(id=id, by=by.decode(), revision=int(revision), view=added.view, note=added.note)


def _in_order(numbered: Iterable[tuple[int, T]]) -> tuple[T, ...]:
    return tuple(value for _, value in sorted(numbered, key=lambda pair: pair[0]))
