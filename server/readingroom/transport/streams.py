"""Many pictures in one answer: the preview of a stack, and ranges of frames, to those who may see them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from aiohttp import web

from readingroom.errors import BadRequest, ReadingRoomError
from readingroom.imaging.tile_streams import Listed, TileStreams
from readingroom.rooms.rooms import Rooms
from readingroom.transport.auth import Door, member, open_series
from readingroom.transport.encodings import negotiated
from readingroom.transport.numbers import natural
from readingroom.transport.tiles import STACK
from readingroom.transport.turns import Turns
from readingroom.values import SeriesRef

log = logging.getLogger(__name__)

AT_ONCE: Final = 256
"""Answers under way. Each holds a piece of its body, and waits for its reader most of the time."""
MOST_OF_ONE: Final = 8
"""Answers of one person under way or waiting; a pane of a page has two."""
PIECES_AT_ONCE: Final = 2
"""Pieces being made: as many as threads draw, so that single tiles get in between."""
STALLED_S: Final = 30.0
"""A reader that takes nothing for so long is given up; it asks again for what it lacks."""
MOST_RUNS: Final = 64
_RUN: Final = re.compile(r"([0-9]{1,9})-([0-9]{1,9})", re.ASCII)


class Streams:
    """`GET .../preview?from=&of=` and `.../values-range/{level}?frames=`."""

    def __init__(self, *, rooms: Rooms, door: Door, streams: TileStreams) -> None:
        self._rooms = rooms
        self._door = door
        self._streams = streams
        self._answers = Turns(at_once=AT_ONCE, of_one=MOST_OF_ONE)
        self._pieces = Turns(at_once=PIECES_AT_ONCE, of_one=MOST_OF_ONE)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{STACK}/preview", self._preview),
            web.get(f"{STACK}/values-range/{{level}}", self._range),
        ]

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        person, ref = await self._series(request)
        stack, query = natural(request.match_info["stack"]), request.query
        around = None if "from" not in query else natural(query["from"])
        wanted = runs(query["of"]) if "of" in query else []
        listed = await self._streams.preview(ref, stack, around, wanted)
        return await self._answer(request, person, listed)

    async def _range(self, request: web.Request) -> web.StreamResponse:
        person, ref = await self._series(request)
        stack, level = natural(request.match_info["stack"]), natural(request.match_info["level"])
        wanted = run(request.query.get("frames", ""))
        return await self._answer(request, person, await self._streams.range(ref, stack, level, wanted))

    async def _answer(self, request: web.Request, person: str, listed: Listed) -> web.StreamResponse:
        """Piece after piece, as fast as the reader takes them."""
        encoding = negotiated(request)
        response = web.StreamResponse(headers={"Vary": "Accept-Encoding"})
        response.content_type = "application/octet-stream"
        if encoding != "identity":
            response.headers["Content-Encoding"] = encoding
        async with self._answers.turn(person), aclosing(self._streams.body(listed, encoding)) as body:
            await response.prepare(request)
            try:
                while (piece := await self._piece(person, body)) is not None:
                    await self._series(request)  # whoever was sent away meanwhile gets nothing more
                    async with asyncio.timeout(STALLED_S):
                        await response.write(piece)
            except (ReadingRoomError, ConnectionError, TimeoutError) as ended:
                # The status has been sent; the reader sees that the last record is missing.
                log.info("stream cut short", extra={"reason": type(ended).__name__})
                if request.transport is not None:
                    request.transport.abort()
        return response

    async def _piece(self, person: str, body: AsyncGenerator[bytes, None]) -> bytes | None:
        async with self._pieces.turn(person):
            return await anext(body, None)

    async def _series(self, request: web.Request) -> tuple[str, SeriesRef]:
        """Who asks, and for what."""
        asker = await member(request, self._rooms, self._door)
        ref = await open_series(self._rooms, asker, request.match_info["series"])
        return f"{asker.room}/{asker.principal}", ref


def runs(text: str) -> list[range]:
    """`0-17,80-91` as ranges. Raises BadRequest."""
    parts = text.split(",", MOST_RUNS)
    if len(parts) > MOST_RUNS:
        raise BadRequest(reason=f"at most {MOST_RUNS} ranges are taken")
    return [run(part) for part in parts]


def run(text: str) -> range:
    """`80-91` or, the other way round, `91-80`. Raises BadRequest."""
    found = _RUN.fullmatch(text)
    if found is None:
        raise BadRequest(reason="frames are given as first-last")
    first, last = int(found[1]), int(found[2])
    step = 1 if last >= first else -1
    return range(first, last + step, step)
