"""The log of a room: what was accepted, as it is kept and told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Counter, DisplayName, Flag, Id, OpId, Role, Wire
from readingroom.protocol.commands import (
    AnnotationDelete,
    AnnotationHide,
    ChatSay,
    HandLower,
    HandRaise,
    KeyImageAdd,
    KeyImageRemove,
    LeadAsk,
    LeadGive,
    LeadTake,
    PersonRemove,
    PersonRole,
    QuestionAnswer,
    RoomEnd,
    RoomReopen,
    SeriesClose,
    StageGather,
)
from readingroom.protocol.marks import KeptMark

LOG_VERSION: Literal[2] = 2
"""What is written now. Entries of version 1 stay readable."""


class AnnotationCreated(Wire):
    """A new mark with what the server measured."""

    kind: Literal["annotation.create"] = "annotation.create"
    id: OpId
    mark: KeptMark


class AnnotationUpdated(Wire):
    """A mark drawn anew by its author, measured anew."""

    kind: Literal["annotation.update"] = "annotation.update"
    id: OpId
    mark: KeptMark


class AnnotationReverted(Wire):
    """What an undo or redo made of a mark; without a mark it is removed."""

    kind: Literal["annotation.reverted"] = "annotation.reverted"
    id: OpId
    how: Literal["undo", "redo"]
    hidden: Flag
    mark: KeptMark | None = None


class PersonJoined(Wire):
    """Written by the server when an invitation is exchanged."""

    kind: Literal["person.joined"] = "person.joined"
    name: DisplayName
    role: Role


class SeriesOpened(Wire):
    """Written by the server when a series is put into the room."""

    kind: Literal["series.opened"] = "series.opened"
    series: Id
    other_patient: Flag = False


class RoomContinued(Wire):
    """A host went on after STATE_LOST; `epoch` is the new one."""

    kind: Literal["room.continued"] = "room.continued"
    epoch: Id


LogCommand = Annotated[
    AnnotationCreated
    | AnnotationUpdated
    | AnnotationDelete
    | AnnotationHide
    | AnnotationReverted
    | QuestionAnswer
    | LeadTake
    | LeadAsk
    | LeadGive
    | StageGather
    | SeriesOpened
    | SeriesClose
    | KeyImageAdd
    | KeyImageRemove
    | ChatSay
    | HandRaise
    | HandLower
    | PersonJoined
    | PersonRemove
    | PersonRole
    | RoomEnd
    | RoomReopen
    | RoomContinued,
    Field(discriminator="kind"),
]


class LogEntry(Wire):
    """One accepted change. Author, time, fence and head are the server's."""

    version: Literal[1, 2] = LOG_VERSION
    revision: Counter
    at_ms: Counter
    by: Id
    op_id: str
    command: LogCommand
    fence: Counter
    head: str


class Entries(Wire):
    """Event `entries`: consecutive accepted changes."""

    entries: list[LogEntry]
