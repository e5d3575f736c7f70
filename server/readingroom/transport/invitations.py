"""Invitations as hosts of a room make, see and revoke them; a link's secret is told once."""

from __future__ import annotations

import asyncio
import re
from typing import Final

import segno
from aiohttp import web

from readingroom.errors import Forbidden, NoSuchInvitation
from readingroom.protocol import (
    InvitationInfo,
    InvitationList,
    InvitationMade,
    InvitationRequest,
    InvitationRevoked,
    QrCode,
)
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.transport import bodies
from readingroom.transport.auth import Door, member
from readingroom.values import GrantId

QUIET: Final = 4
"""Modules of margin. Source: ISO/IEC 18004 (a QR code's quiet zone)."""
_GRANT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Invitations:
    """`POST` and `GET /api/rooms/{room}/invitations`, `DELETE .../invitations/{invitation}`."""

    def __init__(self, *, rooms: Rooms, door: Door) -> None:
        self._rooms = rooms
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/rooms/{room}/invitations", self._make),
            web.get("/api/rooms/{room}/invitations", self._list),
            web.delete("/api/rooms/{room}/invitations/{invitation}", self._revoke),
        ]

    async def _make(self, request: web.Request) -> web.Response:
        self._door.check_change(request)
        host = await self._host(request)
        asked = await bodies.read(request, InvitationRequest)
        made = await self._rooms.invite(
            host.room, asked.role, lifetime_s=asked.expires_in_s, name=asked.name, by=host
        )
        link = f"{self._door.address}/#{made.room}.{made.secret}"
        info = InvitationInfo(
            invitation=made.grant,
            role=made.role,
            name=made.name,
            expires_in_s=asked.expires_in_s,
            used=False,
        )
        return bodies.answer(
            InvitationMade(invitation=info, link=link, qr=await asyncio.to_thread(qr_code, link))
        )

    async def _list(self, request: web.Request) -> web.Response:
        host = await self._host(request)
        grants, now_ms = await self._rooms.invitations(host.room)
        infos = [
            InvitationInfo(
                invitation=id,
                role=grant.role,
                name=grant.name,
                expires_in_s=max(0, grant.expires_ms - now_ms) // 1000,
                used=grant.used,
            )
            for id, grant in grants.items()
            if not grant.expired(now_ms)
        ]
        infos.sort(key=lambda info: (info.used, info.expires_in_s, info.invitation))
        return bodies.answer(InvitationList(invitations=infos))

    async def _revoke(self, request: web.Request) -> web.Response:
        self._door.check_change(request, body=None)
        host = await self._host(request)
        invitation = request.match_info["invitation"]
        if not _GRANT.fullmatch(invitation):
            raise NoSuchInvitation()
        await self._rooms.revoke(host.room, GrantId(invitation), by=host)
        return bodies.answer(InvitationRevoked(invitation=invitation))

    async def _host(self, request: web.Request) -> Member:
        """Raises Forbidden for everybody else in the room, and what `member` raises."""
        asker = await member(request, self._rooms, self._door)
        if asker.role != "host":
            raise Forbidden()
        return asker


def qr_code(text: str) -> QrCode:
    """`text` as dark squares: a row at a time, runs of them as one rectangle."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = (
        f"M{run.start() + QUIET} {y + QUIET}h{run.end() - run.start()}v1h-{run.end() - run.start()}z"
        for y, row in enumerate(rows)
        for run in re.finditer(rb"\x01+", row)
    )
    return QrCode(size=len(rows) + 2 * QUIET, path="".join(runs))
