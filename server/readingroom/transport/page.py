"""The web page and its assets, read once, compressed once."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
from aiohttp import web

from readingroom.errors import NotFound
from readingroom.imaging.encode import Encoding
from readingroom.transport.encodings import negotiate

FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the built page in every encoding we give."""

    content_type: str
    cache_control: str
    bodies: dict[Encoding, bytes]


class Page:
    """`GET /` and `GET /assets/...`. Files under `assets/` carry a hash of their content in their names.

    Make it in a thread: it reads and compresses the whole page.
    """

    def __init__(self, folder: Path) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _asset(path, path.parent.name == "assets")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".map"
        }

    @property
    def built(self) -> bool:
        return "index.html" in self._assets

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self._index), web.get("/{path:assets/.*|favicon\\.svg}", self._file)]

    async def _index(self, request: web.Request) -> web.Response:
        return self._answer(request, "index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return self._answer(request, request.match_info["path"])

    def _answer(self, request: web.Request, name: str) -> web.Response:
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound(path="this address")
        encoding = negotiate(request.headers.get("Accept-Encoding", ""), ("br", "gzip"))
        headers = {"Cache-Control": asset.cache_control, "Vary": "Accept-Encoding"}
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return web.Response(body=asset.bodies[encoding], headers=headers, content_type=asset.content_type)


def _asset(path: Path, hashed: bool) -> Asset:
    body = path.read_bytes()
    return Asset(
        content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        cache_control=FOREVER if hashed else "no-cache",
        bodies={
            "identity": body,
            "br": brotli.compress(body, quality=9),
            "gzip": gzip.compress(body, 9, mtime=0),
        },
    )
