"""The Redis keys of one room, all under one hash tag, so that one script sees them all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from readingroom.errors import NoSuchRoom
from readingroom.values import RoomId

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class RoomKeys:
    """Names of what is kept of one room.

    meta: epoch, revision, view_revision, head, fence, holder, lead_until, asking, live, created, touched,
    patient, key_images, gathered, ended, ended_at, frozen, sampled, unsampled, mark_bytes, epochs (those
    before), `steered:<pane>` and `steered:layout` (page and number of the newest view command).
    view: `layout`, `<pane>.<field>`.
    doc: `a:<mark>`, `p:<principal>`, `x:<removed principal>`, `s:<series>`, `h:<principal>`, `c:<revision>`,
    `k:<key image>`. log, views, replay: streams. seen: `<principal> <op_id>`.
    acl: principal → role, grant, epoch. series: key → study and number. grants: grant → its row.
    links: SHA-256 of a link's secret → grant. steps: `<steps>:<principal>` and `<steps>:<principal>:redo`,
    what can be taken back and done again. chat: revisions of the messages kept. presence: a pub/sub channel.
    """

    meta: str
    view: str
    doc: str
    log: str
    views: str
    seen: str
    acl: str
    series: str
    grants: str
    links: str
    steps: str
    chat: str
    replay: str
    presence: str

    @classmethod
    def of(cls, room: RoomId) -> RoomKeys:
        """The keys of a room; NoSuchRoom for what cannot be a room's name."""
        if not _ID.fullmatch(room):
            raise NoSuchRoom()
        tag = f"{{{room}}}:"
        names = "m v doc log view dd acl series grants links undo chat replay presence"
        return cls(*(tag + name for name in names.split()))

    def for_script(self) -> tuple[str, ...]:
        """KEYS of ground.lua, in its order."""
        return (
            self.meta,
            self.view,
            self.doc,
            self.log,
            self.views,
            self.seen,
            self.acl,
            self.series,
            self.grants,
            self.links,
            self.steps,
            self.chat,
            self.replay,
        )


EVERY_ROOM = "{*}:m"
"""The pattern of all rooms' meta keys."""
SWEEPER = "rr:sweeper"
"""Held by the one process that looks after rooms nobody uses any more."""


def room_of(meta: str) -> RoomId:
    """The room whose meta key this is."""
    return RoomId(meta[1 : meta.index("}")])


def wake(process: str) -> str:
    """The stream that ends a tailer's blocking read."""
    return f"rr:wake:{process}"


def alive(process: str) -> str:
    """What a process writes to learn whether the store can write."""
    return f"rr:alive:{process}"


def host_link(secret_sha: str) -> str:
    """A one-time link by which a host signs in."""
    return f"rr:host-link:{secret_sha}"


ADDRESS = "rr:address"
"""Where the server of this store is reached, as the last one that started has said."""


def host_session(token_sha: str) -> str:
    """A host who is signed in; holds his opaque name."""
    return f"rr:host:{token_sha}"


def chorus(process: str) -> str:
    """The pub/sub channel of one process alone; keeps its subscription open while no room is watched."""
    return f"rr:presence:{process}"
