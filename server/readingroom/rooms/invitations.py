"""Links and what they give: invitations, grants, memberships. Redis sees only SHA-256 of their secrets."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from readingroom.protocol import Role
from readingroom.rooms.roles import ROLES
from readingroom.values import GrantId, PrincipalId, RoomId


@dataclass(frozen=True, slots=True)
class Member:
    """One admitted person. `epoch` is of the admission: a removal or a move to another device changes it."""

    room: RoomId
    principal: PrincipalId
    role: Role
    name: str
    grant: GrantId
    epoch: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link just made. `secret` is 43 characters and is never seen again."""

    room: RoomId
    grant: GrantId
    role: Role
    secret: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """A member, and the token that proves it; the token is the cookie's value."""

    member: Member
    token: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant's row: what a link gives, and the SHA-256 of the token it was bound to at its first use."""

    role: Role
    principal: PrincipalId
    expires_ms: int
    token_sha: str
    name: str = ""
    """Whom the link is for; what he is called unless he says another name."""

    @classmethod
    def parse(cls, row: bytes) -> Grant:
        """The row `role principal expires token name` of door.lua; rows of before have no name."""
        role, principal, expires, token, *name = row.decode().split(" ", 4)
        return cls(_role(role), PrincipalId(principal), int(expires), token, "".join(name))

    @property
    def used(self) -> bool:
        """Whether somebody came in with it."""
        return self.token_sha != "-"

    def expired(self, now_ms: int) -> bool:
        """Whether it was never used and is too late now."""
        return not self.used and self.expires_ms <= now_ms

    def proven_by(self, token: str) -> bool:
        """Whether this token is the one the grant is bound to; in constant time."""
        return secrets.compare_digest(self.token_sha, sha(token))


@dataclass(frozen=True, slots=True)
class Admitted:
    """A principal's acl row: role, grant, epoch. The script compares it with the sender's (R1)."""

    role: Role
    grant: str
    epoch: int

    @classmethod
    def parse(cls, row: bytes) -> Admitted:
        role, grant, epoch = row.decode().split(" ")
        return cls(_role(role), grant, int(epoch))

    def admits(self, member: Member) -> bool:
        """Whether it is the admission this membership came from."""
        return (self.grant, self.epoch) == (member.grant, member.epoch)


DEFAULT_NAMES: dict[Role, str] = {
    "host": "Doctor",
    "clinician": "Colleague",
    "patient": "Patient",
    "observer": "Observer",
}


def _role(word: str) -> Role:
    return next(role for role in ROLES if role == word)


def new_secret() -> str:
    """256 random bits as 43 base64url characters."""
    return secrets.token_urlsafe(32)


def opaque() -> str:
    """128 random bits as 22 base64url characters: a room, a grant, a principal, an epoch."""
    return secrets.token_urlsafe(16)


def sha(text: str) -> str:
    """SHA-256 of a secret; what Redis keeps. Secrets are random: no salt and no slow hash are needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
