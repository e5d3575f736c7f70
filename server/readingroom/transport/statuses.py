"""Codes into HTTP statuses, once. Everything that is refused leaves through here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from pydantic import ValidationError

from readingroom.errors import BadRequest, ReadingRoomError
from readingroom.protocol import HttpError, Refused

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATUSES: Final[dict[str, int]] = {
    "BAD_REQUEST": 400,
    "BAD_WINDOW": 400,
    "NO_SUCH_TILE": 400,
    "SLICE_OUT_OF_RANGE": 400,
    "NOT_A_VOLUME": 400,
    "NOT_MEASURABLE": 400,
    "OLD_PROTOCOL": 400,
    "DENIED": 401,
    "NOT_SIGNED_IN": 401,
    "FORBIDDEN": 403,
    "WRONG_ORIGIN": 403,
    "NO_SUCH_ROOM": 404,
    "NO_SUCH_SERIES": 404,
    "NO_SUCH_STUDY": 404,
    "NOT_FOUND": 404,
    "SLICE_DAMAGED": 404,
    "LINK_UNKNOWN": 404,
    "LINK_USED": 409,
    "LINK_EXPIRED": 410,
    "HOST_LINK_UNKNOWN": 404,
    "HOST_LINK_USED": 409,
    "HOST_LINK_EXPIRED": 410,
    "NO_SUCH_INVITATION": 404,
    "INVITATION_USED": 409,
    "OTHER_PATIENT": 409,
    "ROOM_ENDED": 410,
    "ROLE_CHANGED": 409,
    "STATE_LOST": 409,
    "LIMIT": 409,
    "TOO_LARGE": 413,
    "NOTHING_TO_SHOW": 422,
    "TOO_FAST": 429,
    "NOT_SAVED": 503,
    "STORE_UNREACHABLE": 503,
    "SLICE_NOT_READY": 503,
    "DISK_FULL": 507,
}
"""Codes that can reach HTTP. A code that is not here is our mistake and answers 500."""

RETRY_AFTER_S: Final[dict[str, str]] = {
    "SLICE_NOT_READY": "1",
    "NOT_SAVED": "1",
    "STORE_UNREACHABLE": "1",
    "TOO_FAST": "1",
}

_AIOHTTP_CODES: Final[dict[int, tuple[str, str]]] = {
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("BAD_REQUEST", "This address does not take such a request."),
    413: ("TOO_LARGE", "The request is too large."),
}


def refusal(error: ReadingRoomError) -> Refused:
    """What crosses the wire of a refusal."""
    return Refused(code=error.code, message=str(error))


def from_validation(error: ValidationError) -> BadRequest:
    """The first thing wrong with a message, by place and kind; never its value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][:6])[:100] or "the message"
    return BadRequest(reason=f"{place}: {first['type']}")


def http_error(error: ReadingRoomError) -> web.Response:
    """The HTTP answer to a refusal."""
    headers = {"Retry-After": RETRY_AFTER_S[error.code]} if error.code in RETRY_AFTER_S else None
    body = HttpError(error=refusal(error)).model_dump_json().encode()
    return web.Response(
        status=STATUSES.get(error.code, 500), body=body, content_type="application/json", headers=headers
    )


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what is raised below into an answer; the last resort logs and says 'internal'."""
    try:
        return await handler(request)
    except ReadingRoomError as error:
        return http_error(error)
    except ValidationError as error:
        return http_error(from_validation(error))
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        code, message = _AIOHTTP_CODES.get(
            answer.status, ("BAD_REQUEST", "The request could not be understood.")
        )
        body = HttpError(error=Refused(code=code, message=message)).model_dump_json().encode()
        return web.Response(status=answer.status, body=body, content_type="application/json")
    except Exception:
        log.exception("request failed", extra={"route": _route(request)})
        return http_error(ReadingRoomError())


def _route(request: web.Request) -> str:
    """The pattern of the route, which holds no ids."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"
