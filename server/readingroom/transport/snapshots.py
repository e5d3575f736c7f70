"""The whole room at one revision, over HTTP, where it is compressed and does not hold up the socket."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from readingroom.errors import TooFast
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member
from readingroom.transport.buckets import Buckets
from readingroom.transport.turns import Turns

RATE: Final = 2.0
BURST: Final = 20
"""Snapshots of one person in one room, a second and at once."""
AT_ONCE: Final = 2
MOST_OF_ONE: Final = 4


class Snapshots:
    """`GET /api/rooms/{room}/snapshot`."""

    def __init__(self, *, rooms: Rooms, door: Door) -> None:
        self._rooms = rooms
        self._door = door
        self._buckets = Buckets(rate=RATE, burst=BURST)
        self._turns = Turns(at_once=AT_ONCE, of_one=MOST_OF_ONE)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/rooms/{room}/snapshot", self._snapshot)]

    async def _snapshot(self, request: web.Request) -> web.Response:
        asker = await member(request, self._rooms, self._door)
        person = f"{asker.room} {asker.principal}"
        if not self._buckets.take(person):
            raise TooFast()
        async with self._turns.turn(person):
            return bodies.answer(await self._rooms.snapshot(asker.room))
