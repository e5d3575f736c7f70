"""The document of a room: its commands, its log, its marks and people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from readingroom.protocol.base import Counter, DisplayName, Flag, Id, Index, OpId, PlainText, Wire
from readingroom.protocol.places import PaneView, Place


class Arrow(Wire):
    """An arrow from `tail` to `head`; the head touches what is meant."""

    kind: Literal["arrow"] = "arrow"
    tail: Place
    head: Place
    label: Annotated[str, StringConstraints(max_length=120)] = ""


class Text(Wire):
    """Words beside a point."""

    kind: Literal["text"] = "text"
    at: Place
    text: PlainText


Shape = Annotated[Arrow | Text, Field(discriminator="kind")]


class Mark(Wire):
    """What an annotation is about: the stack it lies on, and its shape."""

    series: Id
    stack: Index = 0
    shape: Shape


class AnnotationCreate(Wire):
    kind: Literal["annotation.create"] = "annotation.create"
    id: OpId
    mark: Mark


class AnnotationUpdate(Wire):
    kind: Literal["annotation.update"] = "annotation.update"
    id: OpId
    mark: Mark


class AnnotationDelete(Wire):
    kind: Literal["annotation.delete"] = "annotation.delete"
    id: OpId


class LeadTake(Wire):
    """Take the lead: allowed when nobody holds it, when its lease ran out, and always for a host."""

    kind: Literal["lead.take"] = "lead.take"


class LeadAsk(Wire):
    """Ask the holder for the lead; shown to everyone until the lead moves or the asker withdraws."""

    kind: Literal["lead.ask"] = "lead.ask"
    asking: Flag = True


class LeadGive(Wire):
    """Give the lead to somebody: allowed to its holder, and always to a host."""

    kind: Literal["lead.give"] = "lead.give"
    to: Id


Command = Annotated[
    AnnotationCreate | AnnotationUpdate | AnnotationDelete | LeadTake | LeadAsk | LeadGive,
    Field(discriminator="kind"),
]


class Op(Wire):
    """Event `op`: one change of the document. Sent again with the same op_id until it is answered."""

    op_id: OpId
    command: Command


class OpAccepted(Wire):
    """The change is on disk."""

    ok: Literal[True] = True
    revision: Counter


class Refused(Wire):
    """The answer to anything that is not done: a code for the page, a sentence for the person."""

    ok: Literal[False] = False
    code: str
    message: str


class PersonJoined(Wire):
    """Written by the server when an invitation is exchanged."""

    kind: Literal["person.joined"] = "person.joined"
    name: DisplayName
    role: Literal["host", "patient"]


class SeriesOpened(Wire):
    """Written by the server when a series is put into the room."""

    kind: Literal["series.opened"] = "series.opened"
    series: Id


LogCommand = Annotated[
    AnnotationCreate
    | AnnotationUpdate
    | AnnotationDelete
    | LeadTake
    | LeadAsk
    | LeadGive
    | PersonJoined
    | SeriesOpened,
    Field(discriminator="kind"),
]


class LogEntry(Wire):
    """One accepted change. Author, time, fence and head are the server's."""

    version: Literal[1] = 1
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


class Annotation(Wire):
    """A mark in the document. `deleted` ones are tombstones and carry no mark."""

    id: str
    by: Id
    revision: Counter
    deleted: bool = False
    mark: Mark | None = None


class Person(Wire):
    principal: Id
    name: DisplayName
    role: Literal["host", "patient"]


class Lead(Wire):
    """Who steers. `fence` grows each time the lead moves; view commands carry it."""

    holder: Id | None
    fence: Counter
    asking: list[Id] = []


class Snapshot(Wire):
    """`GET /api/rooms/{room}/snapshot`: the whole document and view at one revision."""

    epoch: str
    revision: Counter
    view_revision: Counter
    head: str
    lead: Lead
    people: list[Person]
    series: list[Id]
    annotations: list[Annotation]
    panes: dict[str, PaneView]
