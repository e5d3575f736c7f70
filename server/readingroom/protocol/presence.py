"""Who is here: pointers and what they look at. Droppable."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Counter, Flag, Id, Wire
from readingroom.protocol.places import Place


class Pointer(Wire):
    pane: Annotated[int, Field(strict=True, ge=0, le=3)] = 0
    place: Place


class PresenceUpdate(Wire):
    """Event `presence`, at most 30 a second; also the heartbeat, at least one in 2 seconds."""

    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Literal["none", "preview", "full"] = "none"


class PersonPresent(Wire):
    connection: Id
    principal: Id
    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Literal["none", "preview", "full"] = "none"


class PresenceFrame(Wire):
    """Event `presence`: who changed since the last frame. `full` replaces everything known."""

    full: bool = False
    people: list[PersonPresent] = []
    gone: list[Id] = []
