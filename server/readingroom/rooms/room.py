"""A room as a value: what the log makes of it, entry by entry. Pure; no clock, no store, no random."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from readingroom.protocol import (
    LOG_VERSION,
    Annotation,
    AnnotationCreated,
    AnnotationDelete,
    AnnotationHide,
    AnnotationReverted,
    AnnotationUpdated,
    ChatMessage,
    ChatSay,
    Hand,
    HandLower,
    HandRaise,
    KeyImage,
    KeyImageAdd,
    KeyImageRemove,
    Lead,
    LeadAsk,
    LeadGive,
    LeadTake,
    LogEntry,
    OpenSeries,
    Person,
    PersonJoined,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    RoomContinued,
    RoomEnd,
    RoomReopen,
    SeriesClose,
    SeriesOpened,
    Snapshot,
    StageGather,
)
from readingroom.rooms import canonical, roles
from readingroom.rooms.view import View

GENESIS = ""
"""The head of a room without entries."""
CHAT_KEPT = 500
"""Messages in the document; the log keeps all (R16)."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The document at one revision. People, series, hands and chat in the order they came."""

    epoch: str = ""
    revision: int = 0
    head: str = GENESIS
    ended: bool = False
    gathered: int = 0
    lead: Lead = field(default_factory=lambda: Lead(holder=None, fence=0))
    people: tuple[Person, ...] = ()
    series: tuple[OpenSeries, ...] = ()
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    hands: tuple[Hand, ...] = ()
    chat: tuple[ChatMessage, ...] = ()
    key_images: Mapping[str, KeyImage] = field(default_factory=dict)


def apply(state: RoomState, entry: LogEntry) -> RoomState:
    """The state after one more accepted change; ValueError if it is not the next one (R10, R15)."""
    if entry.revision != state.revision + 1:
        raise ValueError(f"revision {entry.revision} does not follow {state.revision}")
    after = replace(state, revision=entry.revision, head=entry.head)
    command, by, revision = entry.command, entry.by, entry.revision
    match command:
        case AnnotationCreated():
            return _with_mark(after, Annotation(id=command.id, by=by, revision=revision, mark=command.mark))
        case AnnotationUpdated():
            return _changed(after, command.id, revision=revision, mark=command.mark)
        case AnnotationDelete():
            return _changed(after, command.id, revision=revision, mark=None, deleted=True, hidden=False)
        case AnnotationHide():
            return _changed(after, command.id, revision=revision, hidden=command.hidden)
        case AnnotationReverted(mark=mark):
            return _changed(
                after, command.id, revision=revision, mark=mark, deleted=mark is None, hidden=command.hidden
            )
        case QuestionAnswer():
            return _changed(after, command.id, revision=revision, answered=command.answered)
        case LeadTake():
            return _led_by(after, by, entry.fence)
        case LeadGive():
            return _led_by(after, command.to, entry.fence)
        case LeadAsk():
            return _asking(after, by, command.asking)
        case StageGather():
            return replace(after, gathered=revision)
        case SeriesOpened():
            opened = OpenSeries(series=command.series, other_patient=command.other_patient)
            return replace(after, series=(*_without_series(state, command.series), opened))
        case SeriesClose():
            return replace(after, series=_without_series(state, command.series))
        case KeyImageAdd():
            kept = KeyImage(id=command.id, by=by, revision=revision, view=command.view, note=command.note)
            return replace(after, key_images={**state.key_images, kept.id: kept})
        case KeyImageRemove():
            rest = {id: image for id, image in state.key_images.items() if id != command.id}
            return replace(after, key_images=rest)
        case ChatSay():
            said = ChatMessage(revision=revision, at_ms=entry.at_ms, by=by, text=command.text)
            return replace(after, chat=(*state.chat, said)[-CHAT_KEPT:])
        case HandRaise():
            up = any(hand.principal == by for hand in state.hands)
            if command.raised and not up:
                return replace(after, hands=(*state.hands, Hand(principal=by, revision=revision)))
            return after if command.raised else _hand_down(after, by)
        case HandLower():
            return _hand_down(after, command.principal)
        case PersonJoined():
            person = Person(principal=by, name=command.name, role=command.role)
            return replace(after, people=_with_person(state.people, person))
        case PersonRemove():
            gone = _person_with(after, command.principal, removed=True)
            return _without_lead(_hand_down(gone, command.principal), command.principal, entry)
        case PersonRole():
            changed = _person_with(after, command.principal, role=command.role)
            may_lead = roles.may_lead(command.role)
            return changed if may_lead else _without_lead(changed, command.principal, entry)
        case RoomEnd():
            return replace(after, ended=True)
        case RoomReopen():
            return replace(after, ended=False)
        case RoomContinued():
            return replace(after, epoch=command.epoch)
        case _:
            assert_never(command)


def replay(entries: Iterable[LogEntry], state: RoomState | None = None) -> RoomState:
    """The state a log makes, from an empty room or from `state`."""
    state = state or RoomState()
    for entry in entries:
        state = apply(state, entry)
    return state


def head_after(head: str, entry: LogEntry) -> str:
    """What the entry's head must be, given the head before it (R11).

    An entry of an older version must come from the store: what its command did not say then is left out.
    """
    command = canonical.dumps(entry.command, as_said=entry.version < LOG_VERSION)
    front = (head, entry.version, entry.revision, entry.at_ms, entry.by, entry.op_id, entry.fence)
    lines = b"".join(f"{part}\n".encode() for part in front)
    return hashlib.sha1(lines + command, usedforsecurity=False).hexdigest()


def snapshot(state: RoomState, view: View) -> Snapshot:
    """The room as a fresh joiner gets it; marks and key images sorted by id."""
    return Snapshot(
        epoch=state.epoch,
        revision=state.revision,
        view_revision=view.revision,
        head=state.head,
        ended=state.ended,
        gathered=state.gathered,
        lead=state.lead,
        people=list(state.people),
        series=list(state.series),
        annotations=[state.annotations[id] for id in sorted(state.annotations)],
        hands=list(state.hands),
        chat=list(state.chat),
        key_images=[state.key_images[id] for id in sorted(state.key_images)],
        layout=view.layout,
        panes=dict(sorted(view.panes.items())),
    )


# --- parts ------------------------------------------------------------------------------------------------
def _with_mark(state: RoomState, mark: Annotation) -> RoomState:
    return replace(state, annotations={**state.annotations, mark.id: mark})


def _changed(state: RoomState, id: str, **fields: Any) -> RoomState:
    return _with_mark(state, state.annotations[id].model_copy(update=fields))


def _led_by(state: RoomState, holder: str, fence: int) -> RoomState:
    return replace(state, lead=Lead(holder=holder, fence=fence))


def _asking(state: RoomState, principal: str, asking: bool) -> RoomState:
    askers = [one for one in state.lead.asking if one != principal]
    askers += [principal] if asking else []
    return replace(state, lead=state.lead.model_copy(update={"asking": askers}))


def _without_lead(state: RoomState, principal: str, entry: LogEntry) -> RoomState:
    """He neither leads nor asks; a lead he held is the remover's (R26)."""
    if state.lead.holder == principal:
        return _led_by(state, entry.by, entry.fence)
    return _asking(state, principal, False)


def _hand_down(state: RoomState, principal: str) -> RoomState:
    return replace(state, hands=tuple(hand for hand in state.hands if hand.principal != principal))


def _without_series(state: RoomState, key: str) -> tuple[OpenSeries, ...]:
    return tuple(one for one in state.series if one.series != key)


def _person_with(state: RoomState, principal: str, **fields: Any) -> RoomState:
    people = tuple(
        person.model_copy(update=fields) if person.principal == principal else person
        for person in state.people
    )
    return replace(state, people=people)


def _with_person(people: tuple[Person, ...], person: Person) -> tuple[Person, ...]:
    if any(one.principal == person.principal for one in people):
        return tuple(person if one.principal == person.principal else one for one in people)
    return (*people, person)
