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
from readingroom.transport.turns import Turns
from readingroom.values import Plane, SeriesRef, TileAddress, VoiFunction, VoiWindow

STACK: Final = "/api/rooms/{room}/series/{series}/{stack}"
_TILE: Final = "{index}/{level}/{column}/{row}"
AT_ONCE: Final = 16
"""Tiles being made: more than threads draw, so that none of them waits, and few enough to wait for."""
MOST_OF_ONE: Final = 256
"""Tiles of one person being made or waiting; a page asks for six."""


class Tiles:
    """`GET .../values/...` and `GET .../display/...`."""

    def __init__(self, *, rooms: Rooms, door: Door, renderer: Renderer) -> None:
        self._rooms = rooms
        self._door = door
        self._renderer = renderer
        self._turns = Turns(at_once=AT_ONCE, of_one=MOST_OF_ONE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{STACK}/values/{_TILE}", self._values),
            web.get(f"{STACK}/display/{_TILE}", self._display),
        ]

    async def _values(self, request: web.Request) -> web.Response:
        person, ref = await self._series(request)
        at, encoding = address(request), negotiated(request)
        async with self._turns.turn(person):
            body = await self._renderer.values_tile(ref, at, encoding)
        return packed(body, encoding)

    async def _display(self, request: web.Request) -> web.Response:
        person, ref = await self._series(request)
        at, voi = address(request), window(request)
        async with self._turns.turn(person):
            body = await self._renderer.display_tile(ref, at, voi)
        return web.Response(body=body, content_type="image/jpeg")

    async def _series(self, request: web.Request) -> tuple[str, SeriesRef]:
        """Who asks, and for what."""
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        return f"{asker.room}/{asker.principal}", ref


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
