"""Which Content-Encoding a browser gets (RFC 9110 12.5.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from readingroom.imaging.encode import Encoding

PREFERENCE: Final[tuple[Encoding, ...]] = ("zstd", "br", "gzip")


def negotiate(accepted: str, offers: Sequence[Encoding] = PREFERENCE) -> Encoding:
    """The first of our offers that an Accept-Encoding takes, else `identity`; a quality of 0 refuses one."""
    taken = set()
    for item in accepted[:1000].lower().split(","):
        name, _, quality = item.partition(";")
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return next((encoding for encoding in offers if encoding in taken), "identity")


def negotiated(request: web.Request) -> Encoding:
    """The Content-Encoding for the answer to a request."""
    return negotiate(request.headers.get("Accept-Encoding", ""))


def packed(body: bytes, encoding: Encoding) -> web.Response:
    """The answer with a body of ours that is already under its Content-Encoding."""
    headers = {"Vary": "Accept-Encoding"}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)
