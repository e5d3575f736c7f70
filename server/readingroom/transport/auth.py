"""Who asks: the grant a request names, the cookie that proves it, and the origin it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from readingroom.errors import BadRequest, Denied, NoSuchSeries, WrongOrigin
from readingroom.protocol import Id
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.values import GrantId, RoomId, SeriesKey, SeriesRef

GRANT_HEADER: Final = "X-ReadingRoom-Grant"
CLIENT_HEADER: Final = "X-ReadingRoom"
COOKIE_LIFETIME_S: Final = 12 * 3600

_id = TypeAdapter(Id)


@dataclass(frozen=True, slots=True)
class Door:
    """The origins whose pages may speak to us, and whether they come by https."""

    origins: frozenset[str]
    https: bool
    address: str = ""
    """What links begin with that are given to people."""

    def cookie_name(self, grant: GrantId) -> str:
        """One cookie per grant, so that two tabs of one browser can be two people.

        `__Host-` needs https; plain http is for loopback, and for who asked for it (`--insecure`).
        """
        return f"__Host-rr-{grant}" if self.https else f"rr-{grant}"

    def set_cookie(
        self, response: web.StreamResponse, grant: GrantId, token: str, lives_s: int = COOKIE_LIFETIME_S
    ) -> None:
        """A `lives_s` of 0 takes it away."""
        response.set_cookie(
            self.cookie_name(grant),
            token,
            max_age=lives_s,
            path="/",
            httponly=True,
            secure=self.https,
            samesite="Strict",
        )

    def check_change(self, request: web.Request, body: str | None = "application/json") -> None:
        """A request that changes something: from our own page, by our own code, with such a body or none.

        Raises WrongOrigin, BadRequest.
        """
        self.check_origin(request)
        if CLIENT_HEADER not in request.headers:
            raise BadRequest(reason=f"the header {CLIENT_HEADER} is missing")
        if body is not None and request.content_type != body:
            raise BadRequest(reason=f"the body must be {body}")
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise BadRequest(reason="a compressed body is not taken")

    def check_origin(self, request: web.Request) -> None:
        """Raises WrongOrigin also when no Origin is given: a browser always gives one here."""
        if request.headers.get("Origin") not in self.origins:
            raise WrongOrigin()
        self.check_fetch_site(request)

    def check_fetch_site(self, request: web.Request) -> None:
        """Raises WrongOrigin when the browser says that another site asks."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise WrongOrigin()


async def member(request: web.Request, rooms: Rooms, door: Door) -> Member:
    """The person behind a request to `/api/rooms/{room}/...`. Raises Denied, NoSuchRoom, WrongOrigin."""
    door.check_fetch_site(request)
    grant = request.headers.get(GRANT_HEADER)
    if grant is None:
        raise Denied()
    return await member_by_cookie(request, rooms, door, request.match_info["room"], grant)


async def open_series(rooms: Rooms, asker: Member, series: str) -> SeriesRef:
    """A series that is open in the asker's room. Raises NoSuchSeries."""
    ref = (await rooms.series(asker.room)).get(SeriesKey(series))
    if ref is None:
        raise NoSuchSeries()
    return ref


async def member_by_cookie(request: web.Request, rooms: Rooms, door: Door, room: str, grant: str) -> Member:
    """The person whose cookie for `grant` lies beside this request. Raises Denied, NoSuchRoom."""
    try:
        room_id, grant_id = RoomId(_id.validate_python(room)), GrantId(_id.validate_python(grant))
    except ValidationError:
        raise Denied() from None
    token = request.cookies.get(door.cookie_name(grant_id))
    if token is None:
        raise Denied()
    return await rooms.member(room_id, grant_id, token)
