"""What rooms read from Redis, each in one step, and its failures by our names. Writes: writer.py."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import (
    AuthenticationError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from readingroom.errors import Denied, NoSuchRoom, RoomEnded, StoreUnreachable
from readingroom.protocol import LogEntry
from readingroom.rooms import durability, keys, rows, script
from readingroom.rooms.invitations import Admitted, Grant, Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rows import Hash, RoomFacts, Standing
from readingroom.rooms.view import View
from readingroom.values import GrantId, RoomId, SeriesKey, SeriesRef

COMMAND_TIMEOUT_S = 1.5
CONNECT_TIMEOUT_S = 0.5
CONNECTIONS = 16
PAGE = 1_000
Failed = Callable[[float], None]
"""Told of a failure, with the moment (monotonic s) at which what failed was begun."""
UNABLE = (
    "OOM",
    "MISCONF",
    "READONLY",
    "LOADING",
    "MASTERDOWN",
    "NOREPLICAS",
    "BUSY",
    "UNBLOCKED",
    "TRYAGAIN",
)
"""Redis errors that say 'not now', as a lost connection does."""

_UNABLE = (MasterDownError, OutOfMemoryError, ReadOnlyError, TryAgainError)
"""Those whose code redis-py takes away from their text."""
_IN_A_PIPELINE = re.compile(r"^Command # \d+ \(.*?\) of pipeline caused error: \(?['\"]?", re.DOTALL)
"""What redis-py writes before the text."""

CLOSED = "the handler is closed"
"""What uvloop says, as a RuntimeError, of a connection that was cut before we wrote to it."""


def client(url: str, *, timeout_s: float | None = COMMAND_TIMEOUT_S) -> redis.Redis:
    """A client that never retries by itself: whoever asks again must know that he asks again.

    None waits without end, for blocking reads (redis-py 8 would give up after 5 s).
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        protocol=2,
        socket_timeout=timeout_s,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        max_connections=CONNECTIONS,
        timeout=COMMAND_TIMEOUT_S,  # who finds all in use waits for one, as long as for an answer
    )
    pool.connection_class = _packing(pool.connection_class)
    made: redis.Redis = redis.Redis.from_pool(pool)
    return made


def _packing(kind: type[Any]) -> type[Any]:
    """This kind of connection, with its commands put together by hiredis: in Python they cost eight times as
    much, which with the streams of 500 rooms in one XREAD was most of what a process did.
    """
    pack = HiredisRespSerializer().pack
    return type(kind.__name__, (kind,), {"pack_command": lambda _self, *words: pack(*words)})


@contextlib.contextmanager
def reaching(failed: Failed) -> Iterator[None]:
    """Turn a store that cannot be reached, or cannot serve now, into StoreUnreachable, and report it."""
    began = time.monotonic()
    try:
        yield
    except AuthenticationError as error:
        failed(began)
        raise StoreUnreachable(reason="it refused the name or password") from error
    except (Disconnected, TimedOut, OSError, TimeoutError) as error:
        failed(began)
        raise StoreUnreachable(reason="no connection") from error
    except RuntimeError as error:
        if CLOSED not in str(error):
            raise
        failed(began)
        raise StoreUnreachable(reason="no connection") from error
    except ResponseError as error:
        if unable(error):
            failed(began)
            raise StoreUnreachable(reason="it cannot serve now") from error
        raise


class RoomStore:
    """Reads of rooms. `failed` is told, on the event loop, each time the store could not serve."""

    def __init__(self, url: str, failed: Failed) -> None:
        self._client = client(url)
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
        return GrantId(_text(grant)), Grant.parse(row), int(seconds) * 1000 + int(micros) // 1000

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

    async def tail(
        self, room_id: RoomId, since: int, limit: int, *, reader: Member | None = None
    ) -> tuple[Standing, list[LogEntry], View]:
        """At most `limit` entries from revision `since` on, itself included, with the view of that moment.

        Denied when there is a `reader` who is not admitted at that moment.
        """
        names = RoomKeys.of(room_id)
        meta, entries, view, allowed = await self._together(
            ("HGETALL", names.meta),
            ("XRANGE", names.log, f"0-{max(since, 1)}", "+", "COUNT", limit),
            ("HGETALL", names.view),
            ("HGET", names.acl, reader.principal if reader else ""),
        )
        at = rows.standing(_existing(meta))
        if reader is not None and not (allowed and Admitted.parse(allowed).admits(reader)):
            raise Denied()
        return at, [rows.entry(id, fields) for id, fields in entries], rows.view(meta, view)

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
        with reaching(self.failed):
            async with self._client.pipeline(transaction=len(commands) > 1) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return await pipe.execute()


def unable(error: Exception) -> bool:
    """Whether an answer means 'not now' rather than 'no'."""
    said = _IN_A_PIPELINE.sub("", str(error))
    return isinstance(error, _UNABLE) or (isinstance(error, ResponseError) and said.startswith(UNABLE))


def _existing(meta: Hash) -> Hash:
    if not meta:
        raise NoSuchRoom()
    return meta


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
