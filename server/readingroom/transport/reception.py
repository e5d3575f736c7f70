"""Which host asks: by the session of somebody signed in, or as a host of the room he is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from readingroom.errors import Denied, Forbidden, NotSignedIn
from readingroom.rooms.hosts import Hosts
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.transport.auth import GRANT_HEADER, Door, member_by_cookie
from readingroom.values import GrantId, HostId

ROOM_HEADER: Final = "X-ReadingRoom-Room"
HOST: Final = GrantId("host")
"""Names the cookie of who is signed in; no grant is called so."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Knows hosts by what their requests carry."""

    rooms: Rooms
    hosts: Hosts
    door: Door

    async def host(self, request: web.Request) -> HostId | Member:
        """A host of the room the request names, where it names one, else whoever is signed in.

        Raises WrongOrigin, NotSignedIn, StoreUnreachable; Denied, Forbidden, NoSuchRoom, RoomEnded.
        """
        if GRANT_HEADER not in request.headers:
            return await self.signed_in(request)
        self.door.check_fetch_site(request)
        room = request.headers.get(ROOM_HEADER)
        if room is None:
            raise Denied()
        member = await member_by_cookie(request, self.rooms, self.door, room, request.headers[GRANT_HEADER])
        if member.role != "host":
            raise Forbidden()
        return member

    async def signed_in(self, request: web.Request) -> HostId:
        """Raises WrongOrigin, NotSignedIn, StoreUnreachable."""
        self.door.check_fetch_site(request)
        token = self.session(request)
        if token is None:
            raise NotSignedIn()
        return await self.hosts.signed_in(token)

    def session(self, request: web.Request) -> str | None:
        """The token of the browser's session, if it has one."""
        return request.cookies.get(self.door.cookie_name(HOST))
