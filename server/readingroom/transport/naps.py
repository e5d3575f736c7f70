"""An answer made before this process slept is not given before the asker is known again (R55)."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Middleware

from readingroom.rooms.rooms import Rooms
from readingroom.transport.auth import Door, member
from readingroom.transport.statuses import Handler


def known_after_a_nap(rooms: Rooms, door: Door) -> Middleware:
    """For everything inside a room: whoever was removed while this process slept gets nothing more."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        naps = rooms.naps
        response = await handler(request)
        if (rooms.asleep() or rooms.naps != naps) and "room" in request.match_info:
            await member(request, rooms, door)
        return response

    return check
