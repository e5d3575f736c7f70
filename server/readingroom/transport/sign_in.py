"""Signing in and out: the secret of a host link for a cookie, and back."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from readingroom.errors import HostLinkExpired, HostLinkUnknown, HostLinkUsed, TooFast
from readingroom.protocol import SignedIn, SignedOut, SignInRequest, SignOutRequest
from readingroom.rooms.hosts import Hosts
from readingroom.transport import bodies
from readingroom.transport.auth import Door
from readingroom.transport.buckets import Buckets
from readingroom.transport.reception import HOST, Reception

RATE: Final = 0.2
BURST: Final = 20
"""Failures of one address, a second and at once, that are told apart."""


class SignIn:
    """`POST /api/sign-in` and `POST /api/sign-out`.

    Only failures are counted, and a right secret opens whatever others at the same address have tried: behind
    a proxy a whole hospital is one address, and 256 bits are not guessed.
    """

    def __init__(self, *, hosts: Hosts, door: Door, reception: Reception) -> None:
        self._hosts = hosts
        self._door = door
        self._reception = reception
        self._failures = Buckets(rate=RATE, burst=BURST)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/sign-in", self._sign_in), web.post("/api/sign-out", self._sign_out)]

    async def _sign_in(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        asked = await bodies.read(request, SignInRequest)
        try:
            session = await self._hosts.sign_in(asked.secret, self._reception.session(request))
        except (HostLinkUnknown, HostLinkUsed, HostLinkExpired):
            if not self._failures.take(request.remote or ""):
                raise TooFast() from None
            raise
        response = bodies.answer(SignedIn(expires_in_s=session.lives_s))
        self._door.set_cookie(response, HOST, session.token, session.lives_s)
        return response

    async def _sign_out(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        await bodies.read(request, SignOutRequest)
        token = self._reception.session(request)
        if token is not None:
            await self._hosts.sign_out(token)
        response = bodies.answer(SignedOut())
        self._door.set_cookie(response, HOST, "", 0)
        return response
