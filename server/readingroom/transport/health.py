"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web

from readingroom.imaging.reading.transfer_syntaxes import decodable
from readingroom.imaging.volumes import Ingesting
from readingroom.rooms.rooms import Rooms


class Health:
    """`GET /healthz` (the process answers) and `GET /readyz` (its store answers too).

    `codecs`: which one decodes each transfer syntax. A decode process starts only when all of them load.
    `decode_protections`: what holds those processes in, by name; null until the first of them has started.
    Nothing here tells what is open or how much: anybody may ask.
    """

    def __init__(self, *, rooms: Rooms, ingest: Ingesting, process: str, version: str) -> None:
        self._rooms = rooms
        self._ingest = ingest
        self._process = process
        self._version = version
        self._leaving = False

    def leave(self) -> None:
        """This process is about to end: a proxy should send nobody here any more."""
        self._leaving = True

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _request: web.Request) -> web.Response:
        body = {
            "status": "ok",
            "version": self._version,
            "process": self._process,
            "codecs": {syntax.name: syntax.codec for syntax in decodable()},
            "decode_protections": await self._ingest.protections() or None,
        }
        return _json(200, body)

    async def _ready(self, _request: web.Request) -> web.Response:
        if self._leaving:
            return _json(503, {"status": "ending"})
        ready = await self._rooms.ready()
        return _json(200 if ready else 503, {"status": "ready" if ready else "the store cannot be reached"})


def _json(status: int, body: Mapping[str, object]) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
