"""A room as a value: what the log makes of it, entry by entry. Pure; no clock, no store, no random."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from readingroom.protocol import (
    Annotation,
    AnnotationCreate,
    AnnotationDelete,
    AnnotationUpdate,
    Lead,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogEntry,
    PaneView,
    Person,
    PersonJoined,
    SeriesOpened,
    Snapshot,
    ViewChange,
)
from readingroom.rooms import canonical

GENESIS = ""
"""The head of a room without entries."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The document at one revision. People and series in the order they came."""

    revision: int = 0
    head: str = GENESIS
    lead: Lead = field(default_factory=lambda: Lead(holder=None, fence=0))
    people: tuple[Person, ...] = ()
    series: tuple[str, ...] = ()
    annotations: Mapping[str, Annotation] = field(default_factory=dict)


def apply(state: RoomState, entry: LogEntry) -> RoomState:
    """The state after one more accepted change; ValueError if it is not the next one (R10, R15)."""
    if entry.revision != state.revision + 1:
        raise ValueError(f"revision {entry.revision} does not follow {state.revision}")
    after = replace(state, revision=entry.revision, head=entry.head)
    command = entry.command
    match command:
        case AnnotationCreate():
            mark = Annotation(id=command.id, by=entry.by, revision=entry.revision, mark=command.mark)
            return _with_mark(after, mark)
        case AnnotationUpdate():
            author = state.annotations[command.id].by
            mark = Annotation(id=command.id, by=author, revision=entry.revision, mark=command.mark)
            return _with_mark(after, mark)
        case AnnotationDelete():
            author = state.annotations[command.id].by
            mark = Annotation(id=command.id, by=author, revision=entry.revision, deleted=True)
            return _with_mark(after, mark)
        case LeadTake():
            return replace(after, lead=Lead(holder=entry.by, fence=entry.fence))
        case LeadGive():
            return replace(after, lead=Lead(holder=command.to, fence=entry.fence))
        case LeadAsk():
            asking = [one for one in state.lead.asking if one != entry.by]
            asking += [entry.by] if command.asking else []
            return replace(after, lead=state.lead.model_copy(update={"asking": asking}))
        case PersonJoined():
            person = Person(principal=entry.by, name=command.name, role=command.role)
            return replace(after, people=_with_person(state.people, person))
        case SeriesOpened():
            return replace(after, series=(*state.series, command.series))
        case _:
            assert_never(command)


def replay(entries: Iterable[LogEntry], state: RoomState | None = None) -> RoomState:
    """The state a log makes, from an empty room or from `state`."""
    state = state or RoomState()
    for entry in entries:
        state = apply(state, entry)
    return state


def head_after(head: str, entry: LogEntry) -> str:
    """What the entry's head must be, given the head before it (R11)."""
    command = canonical.dumps(entry.command)
    front = (head, entry.version, entry.revision, entry.at_ms, entry.by, entry.op_id, entry.fence)
    lines = b"".join(f"{part}\n".encode() for part in front)
    return hashlib.sha1(lines + command, usedforsecurity=False).hexdigest()


def merge(panes: Mapping[str, PaneView], change: ViewChange) -> dict[str, PaneView]:
    """The panes after one view change: the fields it carries, and the others as they were (R40)."""
    pane = str(change.pane)
    before = panes.get(pane, PaneView())
    carried = {
        name: value for name in PaneView.model_fields if (value := getattr(change.change, name)) is not None
    }
    return {**panes, pane: before.model_copy(update=carried)}


def snapshot(state: RoomState, *, epoch: str, view_revision: int, panes: Mapping[str, PaneView]) -> Snapshot:
    """The room as a fresh joiner gets it; marks sorted by id."""
    return Snapshot(
        epoch=epoch,
        revision=state.revision,
        view_revision=view_revision,
        head=state.head,
        lead=state.lead,
        people=list(state.people),
        series=list(state.series),
        annotations=[state.annotations[id] for id in sorted(state.annotations)],
        panes=dict(sorted(panes.items())),
    )


def _with_mark(state: RoomState, mark: Annotation) -> RoomState:
    return replace(state, annotations={**state.annotations, mark.id: mark})


def _with_person(people: tuple[Person, ...], person: Person) -> tuple[Person, ...]:
    if any(one.principal == person.principal for one in people):
        return tuple(person if one.principal == person.principal else one for one in people)
    return (*people, person)
