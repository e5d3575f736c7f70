"""Who is signed in here: one-time host links, and the sessions they are exchanged for.

A link is 32 random bytes, good for one use within 15 minutes; a session ends eight hours after it began,
however busy it is. Redis sees only SHA-256 of either. Other ways to sign in will make the same sessions.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any

from readingroom.errors import (
    HostLinkExpired,
    HostLinkUnknown,
    HostLinkUsed,
    NotSignedIn,
    ReadingRoomError,
)
from readingroom.rooms import keys, line
from readingroom.rooms.invitations import new_secret, opaque, sha
from readingroom.values import HostId

LINK_S = 15 * 60
REMEMBERED_S = 24 * 3600
"""So long a link is known after it was made, to say of it that it was used or has expired."""
SESSION_S = 8 * 3600

_SCRIPT = resources.files(__package__).joinpath("lua", "hosts.lua").read_text(encoding="utf-8")
_REFUSALS: dict[str, type[ReadingRoomError]] = {
    kind.code: kind for kind in (HostLinkUnknown, HostLinkUsed, HostLinkExpired)
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just begun, or found again; `token` is the cookie's value."""

    token: str
    lives_s: int


class Hosts:
    """Links and sessions of one store."""

    def __init__(self, redis_url: str) -> None:
        self._client = line.client(redis_url)

    @classmethod
    @asynccontextmanager
    async def open(cls, redis_url: str) -> AsyncIterator[Hosts]:
        hosts = cls(redis_url)
        try:
            yield hosts
        finally:
            await hosts._client.aclose()

    async def link(self) -> str:
        """The secret of a new link, which is never seen again. StoreUnreachable."""
        secret = new_secret()
        key = keys.host_link(sha(secret))
        with line.reaching(_unheard):
            seconds, _ = await self._client.time()
            until = (int(seconds) + LINK_S) * 1000
            await self._client.set(key, str(until), px=REMEMBERED_S * 1000)
        return secret

    async def stand_at(self, address: str) -> None:
        """Keep where people reach the server, for whoever makes links beside it. StoreUnreachable."""
        with line.reaching(_unheard):
            await self._client.set(keys.ADDRESS, address)

    async def address(self) -> str | None:
        """Where people reach the server, if one has ever said so. StoreUnreachable."""
        with line.reaching(_unheard):
            address: Any = await self._client.get(keys.ADDRESS)
        return None if address is None else str(address, "utf-8")

    async def sign_in(self, secret: str, presented: str | None) -> SignedIn:
        """Use a link; `presented` is the session this browser has, if any, which a new one replaces.

        The browser that used it gets the same session again. HostLinkUnknown, HostLinkUsed, HostLinkExpired,
        StoreUnreachable.
        """
        fresh, had = new_secret(), sha(presented) if presented else ""
        asked = (keys.host_link(sha(secret)), keys.host_session(sha(fresh)), keys.host_session(had))
        with line.reaching(_unheard):
            made = (sha(fresh), had, opaque(), str(SESSION_S * 1000))
            answer: Any = await self._client.eval(_SCRIPT, len(asked), *asked, *made)
        code, *rest = (part.decode() for part in answer)
        if code != "OK":
            raise _REFUSALS[code]()
        which, lives_ms = rest
        return SignedIn(presented if presented and which == "same" else fresh, int(lives_ms) // 1000)

    async def signed_in(self, token: str) -> HostId:
        """Whose session this is. NotSignedIn, StoreUnreachable."""
        with line.reaching(_unheard):
            host: Any = await self._client.get(keys.host_session(sha(token)))
        if host is None:
            raise NotSignedIn()
        return HostId(str(host, "utf-8"))

    async def sign_out(self, token: str) -> None:
        """End a session, on every device that has its cookie. StoreUnreachable."""
        with line.reaching(_unheard):
            await self._client.delete(keys.host_session(sha(token)))


def _unheard(_when: float) -> None:
    """Whether rooms can be saved is watched by the rooms themselves."""
