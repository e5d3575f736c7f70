"""Bodies in and out: strict JSON parsed by the protocol, and the protocol's messages as JSON."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

from aiohttp import web

from readingroom.errors import BadRequest, TooLarge
from readingroom.protocol import Wire
from readingroom.transport import strict_json

LARGEST_BODY: Final = 64 * 1024
READ_S: Final = 10.0
M = TypeVar("M", bound=Wire)


async def read(request: web.Request, kind: type[M]) -> M:
    """The request's body as a message. Raises TooLarge, BadRequest, pydantic.ValidationError."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLarge(what="The request", limit=f"{LARGEST_BODY // 1024} KiB")
    try:
        async with asyncio.timeout(READ_S):
            body = await request.read()
    except (TimeoutError, ConnectionError):
        raise BadRequest(reason="its body did not come") from None
    try:
        data = strict_json.loads(body)
    except ValueError:
        raise BadRequest(reason="the body is not JSON") from None
    return kind.model_validate(data)


def answer(message: Wire) -> web.Response:
    """A message as the response; compressed when the browser takes it."""
    response = web.Response(body=message.model_dump_json().encode(), content_type="application/json")
    response.enable_compression()
    return response
