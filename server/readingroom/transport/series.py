"""The series open in a room: their index and their thumbnails."""

from __future__ import annotations

from aiohttp import web

from readingroom.imaging.renderer import Renderer
from readingroom.protocol import SeriesIndex
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.numbers import natural
from readingroom.transport.shelf import Shelf


class SeriesRoutes:
    """`GET /api/rooms/{room}/series` and `.../series/{series}/{stack}/thumbnail`."""

    def __init__(self, *, rooms: Rooms, door: Door, shelf: Shelf, renderer: Renderer) -> None:
        self._rooms = rooms
        self._door = door
        self._shelf = shelf
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/rooms/{room}/series", self._index),
            web.get("/api/rooms/{room}/series/{series}/{stack}/thumbnail", self._thumbnail),
        ]

    async def _index(self, request: web.Request) -> web.Response:
        asker = await member(request, self._rooms, self._door)
        series = await self._rooms.series(asker.room)
        infos = [
            await self._shelf.series(key, ref, identity=asker.role == "host") for key, ref in series.items()
        ]
        return bodies.answer(SeriesIndex(series=infos))

    async def _thumbnail(self, request: web.Request) -> web.Response:
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        stack = natural(request.match_info["stack"])
        return web.Response(body=await self._renderer.thumbnail(ref, stack), content_type="image/jpeg")
