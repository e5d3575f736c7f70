"""Tiles over HTTP: the pixels a screen asks for, to those who may see them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from readingroom.errors import BadRequest
from readingroom.imaging.renderer import Renderer
from readingroom.rooms.rooms import Rooms
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.encodings import negotiated, packed
from readingroom.transport.numbers import finite, natural
from readingroom.values import Plane, SeriesRef, TileAddress, VoiFunction, VoiWindow

STACK: Final = "/api/rooms/{room}/series/{series}/{stack}"
_TILE: Final = "{index}/{level}/{column}/{row}"


class Tiles:
    """`GET .../values/...` and `GET .../display/...`."""

    def __init__(self, *, rooms: Rooms, door: Door, renderer: Renderer) -> None:
        self._rooms = rooms
        self._door = door
        self._renderer = renderer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{STACK}/values/{_TILE}", self._values),
            web.get(f"{STACK}/display/{_TILE}", self._display),
        ]

    async def _values(self, request: web.Request) -> web.Response:
        ref = await self._series(request)
        encoding = negotiated(request)
        return packed(await self._renderer.values_tile(ref, address(request), encoding), encoding)

    async def _display(self, request: web.Request) -> web.Response:
        ref = await self._series(request)
        body = await self._renderer.display_tile(ref, address(request), window(request))
        return web.Response(body=body, content_type="image/jpeg")

    async def _series(self, request: web.Request) -> SeriesRef:
        asker = await member(request, self._rooms, self._door)
        return await open_series(self._rooms, asker, request.match_info["series"])


def address(request: web.Request) -> TileAddress:
    """The tile a request names. Raises NoSuchTile."""
    match = request.match_info
    return TileAddress(
        stack=natural(match["stack"]),
        plane=Plane.ACQUISITION,
        index=natural(match["index"]),
        level=natural(match["level"]),
        column=natural(match["column"]),
        row=natural(match["row"]),
    )


def window(request: web.Request) -> VoiWindow | None:
    """The window a display tile is asked in, from `c`, `w`, `f` and `lut`; None where it says none (color).

    Raises BadRequest, BadWindow, NoSuchTile.
    """
    if not request.query.keys() & {"c", "w", "f", "lut"}:
        return None
    try:
        function = VoiFunction(request.query.get("f", VoiFunction.LINEAR))
    except ValueError:
        raise BadRequest(reason="f must be LINEAR, LINEAR_EXACT or SIGMOID") from None
    lut = request.query.get("lut")
    return VoiWindow(
        finite("c", request.query.get("c")),
        finite("w", request.query.get("w")),
        function,
        None if lut is None else natural(lut),
    )
