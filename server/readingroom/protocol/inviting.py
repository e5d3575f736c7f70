"""Invitations as the hosts of a room make, see and revoke them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from readingroom.protocol.base import Counter, DisplayName, Id, Role, Wire

SHORTEST_S, LONGEST_S = 60, 24 * 3600
FIRST_USE_S = 15 * 60
"""How long a link waits for its first use, unless the host says otherwise."""


class InvitationRequest(Wire):
    """`POST /api/rooms/{room}/invitations`: a link for one person, called `name` unless he says another."""

    role: Role
    name: DisplayName | None = None
    expires_in_s: Annotated[int, Field(strict=True, ge=SHORTEST_S, le=LONGEST_S)] = FIRST_USE_S


class QrCode(Wire):
    """Dark squares as an SVG path over `size` by `size` units, its quiet margin included."""

    size: Counter
    path: str


class InvitationInfo(Wire):
    """One invitation, without its secret. `expires_in_s`: until its first use."""

    invitation: Id
    role: Role
    name: str
    expires_in_s: Counter
    used: bool


class InvitationMade(Wire):
    """The only time that the link is told."""

    invitation: InvitationInfo
    link: str
    qr: QrCode


class InvitationList(Wire):
    """`GET /api/rooms/{room}/invitations`: those that can still be used, and those that were."""

    invitations: list[InvitationInfo]


class InvitationRevoked(Wire):
    """`DELETE /api/rooms/{room}/invitations/{invitation}`: its link opens nothing any more."""

    invitation: Id
