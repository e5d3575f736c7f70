"""Who is connected to this process: sockets by their id and by their person."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from readingroom.protocol import Role
from readingroom.rooms.invitations import Member
from readingroom.transport.buckets import TokenBucket
from readingroom.transport.websocket import Websocket
from readingroom.values import ConnectionId, PrincipalId, RoomId

RATES: Final[dict[str, tuple[float, float]]] = {
    "op": (10, 40),
    "view": (60, 120),
    "presence": (30, 60),
    "sync": (2, 20),
}
"""Messages a second and at once, of one person on this process, whatever his sockets."""
KEPT_S: Final = max(burst / rate for rate, burst in RATES.values())


@dataclass(slots=True)
class Visit:
    """One person in one room, with all his sockets here, the oldest first."""

    sids: list[str] = field(default_factory=list)
    last_view: asyncio.Future[None] | None = None
    """Done once the last view command he sent has its place among the others."""
    buckets: dict[str, TokenBucket] = field(
        default_factory=lambda: {event: TokenBucket(rate=r, burst=b) for event, (r, b) in RATES.items()}
    )


@dataclass(slots=True)
class Connection:
    """One socket of one person."""

    id: ConnectionId
    member: Member
    websocket: Websocket
    visit: Visit
    synced: bool = False
    views: set[asyncio.Task[None]] = field(default_factory=set)
    """Its view commands that are being answered."""
    gone: bool = False


class Connections:
    """All sockets that Socket.IO has admitted."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}
        self._visits: dict[tuple[RoomId, PrincipalId], Visit] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._by_sid))

    def __len__(self) -> int:
        return len(self._by_sid)

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def add(self, sid: str, id: ConnectionId, member: Member, websocket: Websocket) -> Connection:
        """A socket has come."""
        visit = self._visits.get((member.room, member.principal))
        if visit is None:
            visit = self._visits[member.room, member.principal] = Visit()
        visit.sids.append(sid)
        connection = self._by_sid[sid] = Connection(id, member, websocket, visit)
        return connection

    def pop(self, sid: str) -> Connection | None:
        """A socket has gone; None if it is not here any more."""
        connection = self._by_sid.pop(sid, None)
        if connection is None:
            return None
        visit = connection.visit
        if sid in visit.sids:
            visit.sids.remove(sid)
        if not visit.sids:  # kept until its buckets are full again: going and coming back fills none
            key = (connection.member.room, connection.member.principal)
            asyncio.get_running_loop().call_later(KEPT_S, self._forget, key, visit)
        return connection

    def _forget(self, key: tuple[RoomId, PrincipalId], visit: Visit) -> None:
        if not visit.sids and self._visits.get(key) is visit:
            del self._visits[key]

    def sid_of(self, connection: Connection) -> str | None:
        """Socket.IO's name of it; None if it is not here any more."""
        return next((sid for sid in connection.visit.sids if self._by_sid.get(sid) is connection), None)

    def of_person(self, room: RoomId, principal: str) -> list[str]:
        """The sockets of one person."""
        visit = self._visits.get((room, PrincipalId(principal)))
        return [sid for sid in visit.sids if sid in self._by_sid] if visit is not None else []

    def of_room(self, room: RoomId) -> list[tuple[str, Connection]]:
        """The sockets of one room."""
        return [(sid, one) for sid, one in self._by_sid.items() if one.member.room == room]

    def change_role(self, room: RoomId, principal: str, role: Role) -> None:
        """A person has another role from now on."""
        for sid in self.of_person(room, principal):
            connection = self._by_sid[sid]
            connection.member = replace(connection.member, role=role)
