"""Through the door: the secret of a link for a cookie."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from readingroom.errors import TooFast
from readingroom.protocol import JoinAnswer, JoinRequest
from readingroom.rooms.invitations import Admission
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door
from readingroom.transport.buckets import Buckets
from readingroom.transport.shelf import Shelf
from readingroom.values import RoomId

RATE: Final = 0.5
BURST: Final = 20
"""Uses of one link, a second and at once: its page is loaded again, not a thousand times."""


class Join:
    """`POST /api/join`."""

    def __init__(self, *, rooms: Rooms, door: Door, shelf: Shelf) -> None:
        self._rooms = rooms
        self._door = door
        self._shelf = shelf
        self._buckets = Buckets(rate=RATE, burst=BURST)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/join", self._join)]

    async def _join(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        asked = await bodies.read(request, JoinRequest)
        room = RoomId(asked.room)
        grant = await self._rooms.invitation(room, asked.secret)
        if not self._buckets.take(grant):
            raise TooFast()
        token = request.cookies.get(self._door.cookie_name(grant))
        # All that may fail comes first: once the link is used, its cookie must reach the browser.
        opened, panes = await asyncio.gather(self._rooms.series(room), self._rooms.shown(room))
        first_picture = await self._shelf.first_picture(room, opened, panes.get("0"))
        admission = await self._rooms.admit(room, asked.secret, asked.name, token)
        return enter(self._door, admission, first_picture)


def enter(door: Door, admission: Admission, first_picture: str | None) -> web.Response:
    """What somebody who is let in is answered, with the cookie that proves it from now on."""
    member = admission.member
    response = bodies.answer(
        JoinAnswer(
            room=member.room,
            grant=member.grant,
            principal=member.principal,
            role=member.role,
            name=member.name,
            first_picture=first_picture,
        )
    )
    door.set_cookie(response, member.grant, admission.token)
    return response
