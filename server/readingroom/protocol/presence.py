"""Who is here: pointers and what they look at. Droppable."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Counter, Flag, Id, Index, Wire
from readingroom.protocol.places import PaneNumber, Place

Quality = Literal["none", "preview", "full"]


class Pointer(Wire):
    """Where somebody points. `laser`: on purpose, with a light that leaves a trail."""

    pane: PaneNumber = 0
    place: Place
    laser: Flag = False


class DrawnPane(Wire):
    """What one pane really shows. `place` is null where nothing is drawn."""

    pane: PaneNumber
    series: Id
    stack: Index
    place: Place | None = None
    quality: Quality


class Drawn(Wire):
    """The newest state whose picture is really on the screen, at most 4 times a second.

    `fence` and `view_revision` are of the shared view; null while somebody looks on his own.
    """

    fence: Counter | None = None
    view_revision: Counter | None = None
    revision: Counter
    panes: Annotated[list[DrawnPane], Field(max_length=4)]


class PresenceUpdate(Wire):
    """Event `presence`, at most 30 a second; also the heartbeat, at least one in 2 seconds.

    `round_trip_ms` is the page's own measure of its connection.
    """

    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Quality = "none"
    typing: Flag = False
    round_trip_ms: Annotated[int, Field(strict=True, ge=0, le=60_000)] | None = None
    drawn: Drawn | None = None


class PersonPresent(Wire):
    connection: Id
    principal: Id
    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Quality = "none"
    typing: Flag = False
    round_trip_ms: Annotated[int, Field(strict=True, ge=0, le=60_000)] | None = None
    drawn: Drawn | None = None


class PresenceFrame(Wire):
    """Event `presence`: who changed since the last frame. `full` replaces everything known."""

    full: bool = False
    people: list[PersonPresent] = []
    gone: list[Id] = []
