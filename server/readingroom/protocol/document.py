"""The document of a room at one revision, and the answers to what people ask of it."""

from __future__ import annotations

from typing import Literal

from readingroom.protocol.base import Counter, DisplayName, Id, Role, Wire
from readingroom.protocol.marks import Annotation
from readingroom.protocol.places import Layout, PaneView


class OpAccepted(Wire):
    """The change is on disk."""

    ok: Literal[True] = True
    revision: Counter


class Refused(Wire):
    """The answer to anything that is not done: a code for the page, a sentence for the person."""

    ok: Literal[False] = False
    code: str
    message: str


class Person(Wire):
    """Somebody who is or was admitted. `removed`: a host sent him out; his marks keep his name."""

    principal: Id
    name: DisplayName
    role: Role
    removed: bool = False


class Lead(Wire):
    """Who steers. `fence` grows each time the lead moves; view commands carry it."""

    holder: Id | None
    fence: Counter
    asking: list[Id] = []


class OpenSeries(Wire):
    """A series in the room. `other_patient`: it is not of the patient this room is for."""

    series: Id
    other_patient: bool = False


class Hand(Wire):
    """A raised hand, since a revision."""

    principal: Id
    revision: Counter


class ChatMessage(Wire):
    revision: Counter
    at_ms: Counter
    by: Id
    text: str


class KeyImage(Wire):
    """A view worth coming back to."""

    id: str
    by: Id
    revision: Counter
    view: PaneView
    note: str


class Snapshot(Wire):
    """`GET /api/rooms/{room}/snapshot`: the whole document and view at one revision.

    `gathered` is the revision at which everyone was last brought to the shared view. Chat is the newest 500
    messages. Marks and key images are in the order of their ids, the others in that of their revisions.
    """

    epoch: str
    revision: Counter
    view_revision: Counter
    head: str
    ended: bool
    gathered: Counter
    lead: Lead
    people: list[Person]
    series: list[OpenSeries]
    annotations: list[Annotation]
    hands: list[Hand]
    chat: list[ChatMessage]
    key_images: list[KeyImage]
    layout: Layout
    panes: dict[str, PaneView]
