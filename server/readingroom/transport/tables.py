"""What lies beside the tiles over HTTP: VOI LUTs, palettes and overlays, to those who may see pictures."""

from __future__ import annotations

from aiohttp import web

from readingroom.imaging.renderer import Renderer
from readingroom.rooms.rooms import Rooms
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.encodings import negotiated, packed
from readingroom.transport.numbers import natural
from readingroom.transport.tiles import STACK
from readingroom.values import SeriesRef


class Tables:
    """`GET .../voi-lut/{lut}`, `.../palette` and `.../overlay/{index}` of a stack."""

    def __init__(self, *, rooms: Rooms, door: Door, renderer: Renderer) -> None:
        self._rooms = rooms
        self._door = door
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{STACK}/voi-lut/{{lut}}", self._voi_lut),
            web.get(f"{STACK}/palette", self._palette),
            web.get(f"{STACK}/overlay/{{index}}", self._overlay),
        ]

    async def _voi_lut(self, request: web.Request) -> web.Response:
        ref, stack = await self._stack(request)
        encoding = negotiated(request)
        lut = natural(request.match_info["lut"])
        return packed(await self._renderer.voi_lut(ref, stack, lut, encoding), encoding)

    async def _palette(self, request: web.Request) -> web.Response:
        ref, stack = await self._stack(request)
        encoding = negotiated(request)
        return packed(await self._renderer.palette(ref, stack, encoding), encoding)

    async def _overlay(self, request: web.Request) -> web.Response:
        ref, stack = await self._stack(request)
        encoding = negotiated(request)
        index = natural(request.match_info["index"])
        return packed(await self._renderer.overlay(ref, stack, index, encoding), encoding)

    async def _stack(self, request: web.Request) -> tuple[SeriesRef, int]:
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        return ref, natural(request.match_info["stack"])
