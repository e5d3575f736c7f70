"""Reads the store itself, past every proxy and node: what was written, and in which order across streams."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from redis.exceptions import RedisError

from readingroom.protocol import Snapshot
from readingroom.rooms import line, room, rows, view
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rows import Standing
from readingroom.rooms.store import RoomStore
from readingroom.rooms.view import View
from readingroom.values import RoomId
from tests.chaos.history import Held, History, Moved, RoomRecord, Written
from tests.chaos.people import canonical_document, canonical_view, milliseconds

BLOCK_MS: Final = 100
AGAIN_S: Final = 0.02


class Witness:
    """Follows the streams of the rooms of `history` and writes them into it."""

    def __init__(self, url: str, history: History) -> None:
        self._client = line.client(url, timeout_s=None)
        self._store = RoomStore(url, lambda _: None)
        self._history = history
        self._reads = 0
        self.states: dict[str, RoomState] = {}
        self._first: dict[str, tuple[RoomState, View]] = {}

    async def close(self) -> None:
        await self._client.aclose()
        await self._store.close()

    async def follow(self, name: str) -> None:
        """From now on, and all of its log so far."""
        _, state, shown = await self._store.whole(RoomId(name))
        self._history.rooms[name] = RoomRecord(first_view_revision=shown.revision)
        self.states[name] = RoomState(epoch=state.epoch)
        self._first[name] = (self.states[name], shown)

    async def run(self) -> None:
        """Until cancelled; a store that is away is asked again."""
        while True:
            try:
                await self._read()
            except (RedisError, OSError):
                with contextlib.suppress(Exception):
                    await self._client.connection_pool.disconnect()
                await asyncio.sleep(AGAIN_S)

    async def _read(self) -> None:
        positions: dict[Any, Any] = {}
        logs: dict[bytes, str] = {}
        views: dict[bytes, str] = {}
        for name, record in self._history.rooms.items():
            names = RoomKeys.of(RoomId(name))
            logs[names.log.encode()], views[names.views.encode()] = name, name
            positions[names.log] = f"0-{record.log[-1].entry.revision if record.log else 0}"
            last = record.moves[-1].change.view_revision if record.moves else record.first_view_revision
            positions[names.views] = f"0-{last}"
        if not positions:
            await asyncio.sleep(AGAIN_S)
            return
        answer: Any = await self._client.xread(positions, block=BLOCK_MS)
        self._reads += 1
        at = milliseconds()
        for stream, items in answer or ():
            for id, fields in items:
                if stream in logs:
                    self._write(
                        logs[stream], Written(rows.entry(id, fields), fields[b"command"], self._reads, at)
                    )
                else:
                    moved = Moved(rows.view_change(id, fields), self._reads)
                    self._history.rooms[views[stream]].moves.append(moved)

    def _write(self, name: str, written: Written) -> None:
        self._history.rooms[name].log.append(written)
        with contextlib.suppress(ValueError, KeyError):  # the checker says what is wrong with such a log
            self.states[name] = room.apply(self.states[name], written.entry)

    async def standing(self, name: str) -> Standing:
        return await self._store.standing(RoomId(name))

    async def whole(self, name: str) -> tuple[RoomState, View]:
        """The room as the store's hashes hold it."""
        _, state, shown = await self._store.whole(RoomId(name))
        return state, shown

    async def truth(self, name: str) -> tuple[Held, ...]:
        """The room as the store's hashes hold it, and as a replay of its streams makes it."""
        _, state, shown = await self._store.whole(RoomId(name))
        record = self._history.rooms[name]
        replayed, moved = self._first[name]
        for one in record.moves:
            moved = view.apply(moved, one.change)
        kept = _held("the store", room.snapshot(state, shown))
        try:
            replayed = room.replay((written.entry for written in record.log), replayed)
        except (ValueError, KeyError) as error:
            return kept, Held(f"a replay of the log ({error!r})", b"", b"")
        return kept, _held("a replay of the log", room.snapshot(replayed, moved))


def _held(who: str, snapshot: Snapshot) -> Held:
    told = snapshot.model_dump(mode="json")
    return Held(who, canonical_document(told), canonical_view(told))
