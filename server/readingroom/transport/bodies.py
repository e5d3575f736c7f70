"""Bodies in and out: strict JSON parsed by the protocol, and the protocol's messages as JSON."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web

from readingroom.errors import BadRequest
from readingroom.protocol import Wire
from readingroom.transport import strict_json

M = TypeVar("M", bound=Wire)


async def read(request: web.Request, kind: type[M]) -> M:
    """The request's body as a message. Raises BadRequest, pydantic.ValidationError."""
    try:
        data = strict_json.loads(await request.read())
    except ValueError:
        raise BadRequest(reason="the body is not JSON") from None
    return kind.model_validate(data)


def answer(message: Wire) -> web.Response:
    """A message as the response; compressed when the browser takes it."""
    response = web.Response(body=message.model_dump_json().encode(), content_type="application/json")
    response.enable_compression()
    return response
