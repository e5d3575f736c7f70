"""How long rooms live: those nobody uses end, and those that ended long ago are deleted (R80-R82)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from readingroom.errors import NoSuchRoom, NotSaved, ReadingRoomError, StateLost, StoreUnreachable
from readingroom.protocol import LogEntry, RoomEnd
from readingroom.rooms import keys, rows, script
from readingroom.rooms.arguments import Argument
from readingroom.rooms.store import RoomStore
from readingroom.values import RoomId, SeriesRef

log = logging.getLogger(__name__)

LOOK_S = 300.0
TURN_MS = 900_000
"""How long a process that looks after rooms is waited for before another one does."""
REWRITE_S = 600.0

Write = Callable[[RoomId, Sequence[Argument]], Awaitable[list[object]]]
Offer = Callable[[RoomId, Sequence[LogEntry]], None]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """After how long without a touch a room ends, and after how long since its end it goes; None: never."""

    idle_ms: int | None = None
    kept_ms: int | None = None


class Lifetimes:
    """Looks after all rooms of a store, in one process at a time.

    `unused` is told which series no room has open any more.
    """

    def __init__(
        self,
        process: str,
        lifetime: Lifetime,
        *,
        store: RoomStore,
        write: Write,
        offer: Offer,
        unused: Callable[[Collection[SeriesRef]], Awaitable[None]],
    ) -> None:
        self._process = process
        self._lifetime = lifetime
        self._store = store
        self._write = write
        self._offer = offer
        self._unused = unused
        self._rewritten = float("-inf")

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                if await self._store.takes_turn(keys.SWEEPER, self._process, TURN_MS):
                    await self.look()
            except ReadingRoomError as refusal:
                log.warning("rooms not looked after", extra={"code": refusal.code})
            except Exception:  # a store that others use may hold what only looks like a room
                log.exception("rooms not looked after")
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Every room once: end it, or delete it, where that is due. StoreUnreachable, NotSaved."""
        gone: set[SeriesRef] = set()
        async for room in self._store.rooms():
            try:
                if self._lifetime.idle_ms is not None:
                    await self.end(room, self._lifetime.idle_ms)
                if self._lifetime.kept_ms is not None:
                    gone |= await self._delete(room, self._lifetime.kept_ms)
            except (NoSuchRoom, StateLost):
                continue
        if gone:
            await self._clear(gone)

    async def end(self, room: RoomId, idle_ms: int = 0) -> bool:
        """Whether the room has been ended now. NoSuchRoom, NotSaved."""
        answer = await self._write(room, script.expire(idle_ms))
        if script.bytes_of(answer[0]) != b"ended":
            return False
        entry = script.written(answer[1], "server", script.bytes_of(answer[2]).decode(), RoomEnd())
        self._offer(room, [entry])
        log.info("room ended", extra={"room": room})
        return True

    async def delete(self, room: RoomId) -> frozenset[SeriesRef]:
        """Delete a room with all that was said in it; the series it had open. NoSuchRoom, NotSaved."""
        gone = await self._delete(room, None)
        await self._clear(gone)
        return gone

    async def _delete(self, room: RoomId, kept_ms: int | None) -> frozenset[SeriesRef]:
        answer = await self._write(room, script.delete(room, kept_ms))
        if script.bytes_of(answer[0]) != b"deleted":
            return frozenset()
        log.info("room deleted", extra={"room": room})
        opened = answer[1]
        if not isinstance(opened, list):
            raise TypeError("the script did not say which series were open")
        return frozenset(rows.series_ref(script.bytes_of(row)) for row in opened)

    async def _clear(self, gone: Collection[SeriesRef]) -> None:
        """The store's file forgets, and what was decoded for these series alone goes."""
        try:
            if time.monotonic() - self._rewritten >= REWRITE_S:
                self._rewritten = time.monotonic()
                await self._store.forget_the_past()
            used: set[SeriesRef] = set()
            async for room in self._store.rooms():
                try:
                    used.update((await self._store.series(room)).values())
                except NoSuchRoom:
                    continue
        except (StoreUnreachable, NotSaved):
            return
        await self._unused(frozenset(gone) - used)
