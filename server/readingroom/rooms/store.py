"""What rooms read from Redis, each in one step. Writes: writer.py."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from redis.exceptions import ResponseError

from readingroom.errors import Denied, NoSuchRoom, RoomEnded, StoreUnreachable
from readingroom.protocol import LogEntry
from readingroom.rooms import durability, keys, line, rows, script
from readingroom.rooms.invitations import Admitted, Grant, Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rows import Hash, RoomFacts, Standing
from readingroom.rooms.view import View
from readingroom.values import GrantId, RoomId, SeriesKey, SeriesRef

PAGE = 1_000
TAIL_BYTES = 1 << 20
"""Of the commands in a tail: more than this is better fetched as a whole."""


class RoomStore:
    """Reads of rooms. `failed` is told, on the event loop, each time the store could not serve."""

    def __init__(self, url: str, failed: line.Failed) -> None:
        self._client = line.client(url)
        self.failed = failed

    async def close(self) -> None:
        await self._client.aclose()

    async def settings(self) -> Mapping[str, str]:
        """The settings durability asks for; those that cannot be read are absent."""
        try:
            (found,) = await self._together(("CONFIG GET", *durability.REQUIRED))
        except ResponseError:
            return {}
        return {_text(name): _text(value) for name, value in found.items()}

    async def ping(self) -> None:
        """StoreUnreachable unless it answers."""
        await self._together(("PING",))

    async def load_script(self) -> None:
        """Put the script into the store's cache."""
        await self._together(("SCRIPT LOAD", script.SOURCE))

    async def write_something(self, process: str) -> None:
        """A small write that is as durable as all others."""
        await self._together(("SET", keys.alive(process), "1", "PX", 60_000))

    async def wake(self, stream: str) -> None:
        """End the blocking read of the tailer that listens to this stream."""
        await self._together(("XADD", stream, "MAXLEN", 1, "*", "w", "1"), ("PEXPIRE", stream, 60_000))

    async def exists(self, room_id: RoomId) -> bool:
        (exists,) = await self._together(("EXISTS", RoomKeys.of(room_id).meta))
        return bool(exists)

    async def standing(self, room_id: RoomId) -> Standing:
        """Where the room stands; NoSuchRoom."""
        (meta,) = await self._together(("HGETALL", RoomKeys.of(room_id).meta))
        return rows.standing(_existing(meta))

    async def view(self, room_id: RoomId) -> tuple[Standing, View]:
        """The whole view and where the room stands, of one moment."""
        names = RoomKeys.of(room_id)
        meta, view = await self._together(("HGETALL", names.meta), ("HGETALL", names.view))
        return rows.standing(_existing(meta)), rows.view(meta, view)

    async def patient(self, room_id: RoomId) -> str:
        """The opaque name of the patient a room is for; empty where it was never said. NoSuchRoom."""
        (meta,) = await self._together(("HMGET", RoomKeys.of(room_id).meta, "epoch", "patient"))
        if meta[0] is None:
            raise NoSuchRoom()
        return _text(meta[1] or b"")

    async def series(self, room_id: RoomId) -> dict[SeriesKey, SeriesRef]:
        """The series open in the room; NoSuchRoom."""
        names = RoomKeys.of(room_id)
        exists, series = await self._together(("EXISTS", names.meta), ("HGETALL", names.series))
        if not exists:
            raise NoSuchRoom()
        return rows.series(series)

    async def grant_of(self, room_id: RoomId, secret_sha: str) -> tuple[GrantId, Grant, int] | None:
        """The grant a link's secret belongs to, if any, with the store's time in ms."""
        names = RoomKeys.of(room_id)
        (grant,) = await self._together(("HGET", names.links, secret_sha))
        if not grant:
            return None
        row, (seconds, micros) = await self._together(("HGET", names.grants, grant), ("TIME",))
        if row is None:  # revoked
            return None
        return GrantId(_text(grant)), Grant.parse(row), int(seconds) * 1000 + int(micros) // 1000

    async def grants(self, room_id: RoomId) -> tuple[dict[GrantId, Grant], int]:
        """Every grant of the room, with the store's time in ms; NoSuchRoom."""
        names = RoomKeys.of(room_id)
        exists, found, (seconds, micros) = await self._together(
            ("EXISTS", names.meta), ("HGETALL", names.grants), ("TIME",)
        )
        if not exists:
            raise NoSuchRoom()
        grants = {GrantId(_text(grant)): Grant.parse(row) for grant, row in found.items()}
        return grants, int(seconds) * 1000 + int(micros) // 1000

    async def member(self, room_id: RoomId, grant: GrantId, token: str) -> Member:
        """The person a grant's token proves. NoSuchRoom; Denied for anything that does not match (R1).

        RoomEnded for all but hosts in a room that has ended (R18).
        """
        names = RoomKeys.of(room_id)
        meta, row = await self._together(
            ("HMGET", names.meta, "epoch", "ended"), ("HGET", names.grants, grant)
        )
        if meta[0] is None:
            raise NoSuchRoom()
        found = Grant.parse(row) if row else None
        if found is None or not found.proven_by(token):
            raise Denied()
        allowed, person = await self._together(
            ("HGET", names.acl, found.principal), ("HGET", names.doc, f"p:{found.principal}")
        )
        if not allowed or not person:
            raise Denied()
        admitted = Admitted.parse(allowed)
        if admitted.grant != grant:
            raise Denied()
        if meta[1] == b"1" and admitted.role != "host":
            raise RoomEnded()
        name = rows.name_of(person)
        return Member(room_id, found.principal, admitted.role, name, grant, admitted.epoch)

    async def done(self, room_id: RoomId, principal: str, op_id: str) -> tuple[str, int] | None:
        """The payload hash and the revision of an op that was done; None if it was not."""
        (row,) = await self._together(("HGET", RoomKeys.of(room_id).seen, f"{principal} {op_id}"))
        if not row:
            return None
        payload_hash, _, revision = _text(row).partition(" ")
        return payload_hash, int(revision)

    async def whole(self, room_id: RoomId) -> tuple[Standing, RoomState, View]:
        """The whole room of one moment; NoSuchRoom."""
        names = RoomKeys.of(room_id)
        meta, doc, view = await self._together(
            ("HGETALL", names.meta), ("HGETALL", names.doc), ("HGETALL", names.view)
        )
        return rows.standing(_existing(meta)), rows.state(meta, doc), rows.view(meta, view)

    async def admitted(self, member: Member) -> Admitted:
        """What the acl says of somebody now. Denied where it names another admission, or none.

        RoomEnded for all but hosts in a room that has ended (R18).
        """
        names = RoomKeys.of(member.room)
        meta, allowed = await self._together(
            ("HMGET", names.meta, "epoch", "ended"), ("HGET", names.acl, member.principal)
        )
        if meta[0] is None:
            raise NoSuchRoom()
        return _admitted(member, allowed, ended=meta[1] == b"1")

    async def tail(
        self, room_id: RoomId, since: int, limit: int, *, reader: Member | None = None
    ) -> tuple[Standing, list[LogEntry], View]:
        """At most `limit` entries from revision `since` on, itself included, with the view of that moment.

        Past TAIL_BYTES the rest is left out.
        Denied when there is a `reader` who is not admitted at that moment, RoomEnded when he is no host of a
        room that has ended.
        """
        names = RoomKeys.of(room_id)
        meta, entries, view, allowed = await self._together(
            ("HGETALL", names.meta),
            ("XRANGE", names.log, f"0-{max(since, 1)}", "+", "COUNT", limit),
            ("HGETALL", names.view),
            ("HGET", names.acl, reader.principal if reader else ""),
        )
        at = rows.standing(_existing(meta))
        if reader is not None:
            _admitted(reader, allowed, ended=meta.get(b"ended") == b"1")
        return at, [rows.entry(id, fields) for id, fields in _bounded(entries)], rows.view(meta, view)

    async def rooms(self) -> AsyncIterator[RoomId]:
        """Every room there is, in no order, looked for in small steps. StoreUnreachable."""
        cursor = 0
        while True:
            asked = ("SCAN", cursor, "MATCH", keys.EVERY_ROOM, "COUNT", 200)
            ((following, found),) = await self._together(asked)
            for meta in found:
                yield keys.room_of(_text(meta))
            cursor = int(following)
            if cursor == 0:
                return

    async def facts(self, room_id: RoomId) -> RoomFacts:
        """What an operator may know of a room: no names, no pictures. NoSuchRoom, StoreUnreachable."""
        names = RoomKeys.of(room_id)
        meta, people, series = await self._together(
            ("HGETALL", names.meta), ("HLEN", names.acl), ("HVALS", names.series)
        )
        return rows.facts(room_id, _existing(meta), people, series)

    async def takes_turn(self, key: str, process: str, for_ms: int) -> bool:
        """Whether this process holds `key` from now on; it lets go by itself. StoreUnreachable."""
        taken, holder = await self._together(("SET", key, process, "NX", "PX", for_ms), ("GET", key))
        return bool(taken) or _text(holder or b"") == process

    async def forget_the_past(self) -> None:
        """Have the store write its file anew, without what was deleted; it says no while it is doing that."""
        with contextlib.suppress(ResponseError):
            await self._together(("BGREWRITEAOF",))

    async def log(self, room_id: RoomId) -> AsyncIterator[LogEntry]:
        """The whole log in order, a page at a time."""
        names = RoomKeys.of(room_id)
        since = 0
        while True:
            (page,) = await self._together(("XRANGE", names.log, f"0-{since + 1}", "+", "COUNT", PAGE))
            for id, fields in page:
                entry = rows.entry(id, fields)
                since = entry.revision
                yield entry
            if len(page) < PAGE:
                return

    async def _together(self, *commands: tuple[str | int, ...]) -> list[Any]:
        """The answers of these commands at one moment (MULTI). StoreUnreachable."""
        try:
            with line.reaching(self.failed):
                async with self._client.pipeline(transaction=len(commands) > 1) as pipe:
                    for command in commands:
                        pipe.execute_command(*command)
                    return await pipe.execute()
        except StoreUnreachable as refusal:
            if isinstance(refusal.__cause__, line.DEMOTED):
                await self._client.connection_pool.disconnect(inuse_connections=False)
            raise


def _bounded(entries: Sequence[tuple[bytes, Hash]]) -> Iterator[tuple[bytes, Hash]]:
    """The first entries, at least one, until they are TAIL_BYTES."""
    size = 0
    for id, fields in entries:
        size += len(fields[b"command"])
        if size > TAIL_BYTES and size > len(fields[b"command"]):
            return
        yield id, fields


def _admitted(member: Member, allowed: bytes | None, *, ended: bool) -> Admitted:
    admitted = Admitted.parse(allowed) if allowed else None
    if admitted is None or not admitted.admits(member):
        raise Denied()
    if ended and admitted.role != "host":
        raise RoomEnded()
    return admitted


def _existing(meta: Hash) -> Hash:
    if not meta:
        raise NoSuchRoom()
    return meta


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
