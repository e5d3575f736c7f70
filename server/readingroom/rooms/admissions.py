"""Coming in: links made, used once, used again by the same browser, and who a cookie is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from readingroom.errors import LinkExpired, LinkUnknown, NotSaved, RoleChanged
from readingroom.protocol import LeadTake, LogCommand, LogEntry, PersonJoined, Role
from readingroom.rooms import script, texts
from readingroom.rooms.arguments import Argument
from readingroom.rooms.invitations import (
    DEFAULT_NAMES,
    Admission,
    Admitted,
    Invitation,
    Member,
    new_secret,
    opaque,
    sha,
)
from readingroom.rooms.recent import Recent
from readingroom.rooms.saving import Saving
from readingroom.rooms.store import RoomStore
from readingroom.values import GrantId, PrincipalId, RoomId

JOIN_TRIES, JOIN_WAIT_S = 3, 2.0

Write = Callable[[RoomId, Sequence[Argument]], Awaitable[list[object]]]


class Admissions:
    """Links and memberships of all rooms; `write` runs the script."""

    def __init__(self, store: RoomStore, saving: Saving, write: Write) -> None:
        self._store = store
        self._saving = saving
        self._write = write
        self._members: Recent[tuple[RoomId, GrantId, str], Member] = Recent()

    async def invite(
        self, room: RoomId, role: Role, lifetime_s: int, name: str | None = None, by: Member | None = None
    ) -> Invitation:
        """A new link for one person (R20)."""
        called = texts.name(name) if name else ""
        made = Invitation(room=room, grant=GrantId(opaque()), role=role, secret=new_secret(), name=called)
        asked = script.invite(made.grant, sha(made.secret), role, opaque(), lifetime_s, called, by)
        await self._write(room, asked)
        return made

    async def revoke(self, room: RoomId, grant: GrantId, by: Member) -> None:
        """Take back a link that nobody has used (R27). NoSuchInvitation, InvitationUsed."""
        await self._write(room, script.revoke(grant, by))

    async def invitation(self, room: RoomId, secret: str) -> GrantId:
        """The grant a link's secret belongs to. LinkUnknown, LinkExpired."""
        found = await self._store.grant_of(room, sha(secret))
        if found is None:
            raise LinkUnknown()
        grant_id, grant, now_ms = found
        if grant.expired(now_ms):
            raise LinkExpired()
        return grant_id

    async def admit(
        self, room: RoomId, secret: str, name: str | None, token: str | None
    ) -> tuple[Admission, list[LogEntry]]:
        """Use a link (R21-R24); the admission and what was written to the log."""
        for _ in range(JOIN_TRIES - 1):
            try:
                return await self._admit(room, secret, name, token)
            except RoleChanged:  # between our reading it and the script's
                continue
        return await self._admit(room, secret, name, token)

    async def _admit(
        self, room: RoomId, secret: str, name: str | None, token: str | None
    ) -> tuple[Admission, list[LogEntry]]:
        found = await self._store.grant_of(room, sha(secret))
        if found is None:
            raise LinkUnknown()
        _, grant, _ = found
        joined = PersonJoined(
            name=texts.name(name) if name else grant.name or DEFAULT_NAMES[grant.role], role=grant.role
        )
        fresh, join_id = new_secret(), f"join-{opaque()}"
        arguments = script.admit(
            sha(secret),
            sha(token) if token else "",
            sha(fresh),
            joined,
            named=bool(name),
            join_id=join_id,
            took=LeadTake(),
        )
        answer = await self._insist(room, arguments)
        grant_id, principal, whose, called, allowed = (script.bytes_of(part) for part in answer[:5])
        by = PrincipalId(principal.decode())
        may_be_written: list[tuple[str, LogCommand]] = [(join_id, joined), (f"{join_id}-lead", LeadTake())]
        entries = [
            script.written(part, by, op_id, command)
            for part, (op_id, command) in zip(answer[5:], may_be_written, strict=False)
        ]
        admitted = Admitted.parse(allowed)
        member = Member(room, by, admitted.role, called.decode(), GrantId(grant_id.decode()), admitted.epoch)
        return Admission(member, token if token and whose == b"same" else fresh), entries

    async def member(self, room: RoomId, grant: GrantId, token: str) -> Member:
        """Who this grant and token are, at most 1 s old (R25). Denied, NoSuchRoom."""
        key = (room, grant, sha(token))
        return await self._members.get(key, lambda: self._store.member(room, grant, token))

    def forget(self, room: RoomId) -> None:
        """Somebody's membership of this room may have changed."""
        self._members.forget(lambda key: key[0] == room)

    async def _insist(self, room: RoomId, arguments: Sequence[Argument]) -> list[object]:
        """A lost answer is asked for again here, with the same new token: the browser never learned it."""
        for _ in range(JOIN_TRIES - 1):
            try:
                return await self._write(room, arguments)
            except NotSaved:
                await self._saving.again(JOIN_WAIT_S)
        return await self._write(room, arguments)
