"""Coming in and catching up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Counter, DisplayName, Id, Role, Secret, Wire
from readingroom.protocol.log import LogEntry
from readingroom.protocol.places import Layout, PaneView


class JoinRequest(Wire):
    """`POST /api/join`: the secret of a link for a cookie. An absent name keeps the one given before."""

    room: Id
    secret: Secret
    name: DisplayName | None = None


class JoinAnswer(Wire):
    """The cookie `rr-<grant>` is set beside this. `first_picture` is the address of a display tile."""

    room: Id
    grant: Id
    principal: Id
    role: Role
    name: DisplayName
    first_picture: str | None


class Hello(Wire):
    """The `auth` of the Socket.IO handshake."""

    protocol: Annotated[int, Field(strict=True)]
    room: Id
    grant: Id


class Welcome(Wire):
    """Event `welcome`: the first thing a socket hears. Then the page asks `sync`."""

    protocol: int
    process: str
    connection: Id
    principal: Id
    role: Role
    server_ms: Counter
    weak_durability: bool


class SyncRequest(Wire):
    """Event `sync`: what the page has. Nulls: nothing yet."""

    epoch: str | None = None
    revision: Counter = 0
    head: str = ""


class SyncTail(Wire):
    """The entries the page lacks, and the whole view, which is of this fence."""

    ok: Literal[True] = True
    kind: Literal["tail"] = "tail"
    entries: list[LogEntry]
    fence: Counter
    view_revision: Counter
    layout: Layout
    panes: dict[str, PaneView]


class SyncSnapshot(Wire):
    """The page fetches the snapshot by HTTP; entries after it are already on their way."""

    ok: Literal[True] = True
    kind: Literal["snapshot"] = "snapshot"
    revision: Counter


class SyncLost(Wire):
    """Another epoch, another head, or a page that knows more than the server.

    `frozen`: the server itself saw that the room's history is lost; nothing is changed in it until a host
    goes on (`room.go_on`).
    """

    ok: Literal[True] = True
    kind: Literal["state_lost"] = "state_lost"
    revision: Counter
    frozen: bool = False


class StoreState(Wire):
    """Event `store`: whether changes can be saved now."""

    saving: bool


class Farewell(Wire):
    """Event `farewell`: why the server is about to close this socket."""

    code: str
    message: str
