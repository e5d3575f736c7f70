"""The whole room at one revision, over HTTP, where it is compressed and does not hold up the socket."""

from __future__ import annotations

from aiohttp import web

from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member


class Snapshots:
    """`GET /api/rooms/{room}/snapshot`."""

    def __init__(self, *, rooms: Rooms, door: Door) -> None:
        self._rooms = rooms
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/rooms/{room}/snapshot", self._snapshot)]

    async def _snapshot(self, request: web.Request) -> web.Response:
        asker = await member(request, self._rooms, self._door)
        return bodies.answer(await self._rooms.snapshot(asker.room))
