"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import web

from readingroom.imaging.transfer_syntaxes import decodable
from readingroom.rooms.rooms import Rooms


class Health:
    """`GET /healthz` (the process answers; its codecs) and `GET /readyz` (its store answers too)."""

    def __init__(self, *, rooms: Rooms, process: str, version: str) -> None:
        self._rooms = rooms
        self._process = process
        self._version = version

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _request: web.Request) -> web.Response:
        codecs = [syntax.name for syntax in decodable()]
        body = {"status": "ok", "version": self._version, "process": self._process, "codecs": codecs}
        return _json(200, body)

    async def _ready(self, _request: web.Request) -> web.Response:
        ready = await self._rooms.ready()
        return _json(200 if ready else 503, {"status": "ready" if ready else "the store cannot be reached"})


def _json(status: int, body: Mapping[str, object]) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
