"""Reads the store itself, past every proxy and node: what was written, and in which order across streams."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

from redis.exceptions import RedisError

from readingroom.rooms import room, rows, store
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.room import RoomState
from readingroom.rooms.rows import Standing
from readingroom.rooms.store import RoomStore
from readingroom.values import RoomId
from tests.chaos.history import History, Held, Moved, RoomRecord, Written
from tests.chaos.people import canonical_document, canonical_view

BLOCK_MS: Final = 100
AGAIN_S: Final = 0.02


class Witness:
    """Follows the streams of the rooms of `history` and writes them into it."""

    def __init__(self, url: str, history: History) -> None:
        self._client = store.client(url, timeout_s=None)
        self._store = RoomStore(url, lambda _: None)
        self._history = history
        self._reads = 0
        self.states: dict[str, RoomState] = {}
        self._first_panes: dict[str, dict[str, Any]] = {}

    async def close(self) -> None:
        await self._client.aclose()
        await self._store.close()

    async def follow(self, name: str) -> None:
        """From now on, and all of its log so far."""
        at, panes = await self._store.view(RoomId(name))
        self._history.rooms[name] = RoomRecord(first_view_revision=at.view_revision)
        self._first_panes[name] = panes
        self.states[name] = RoomState()

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
        for stream, items in answer or ():
            for id, fields in items:
                if stream in logs:
                    self._write(logs[stream], Written(rows.entry(id, fields), fields[b"command"], self._reads))
                else:
                    moved = Moved(rows.view_change(id, fields), self._reads)
                    self._history.rooms[views[stream]].moves.append(moved)

    def _write(self, name: str, written: Written) -> None:
        self._history.rooms[name].log.append(written)
        with contextlib.suppress(ValueError, KeyError):  # the checker says what is wrong with such a log
            self.states[name] = room.apply(self.states[name], written.entry)

    async def standing(self, name: str) -> Standing:
        return await self._store.standing(RoomId(name))

    async def truth(self, name: str) -> tuple[Held, ...]:
        """The room as the store's hashes hold it, and as a replay of its streams makes it."""
        kept = await self._store.snapshot(RoomId(name))
        record = self._history.rooms[name]
        panes = self._first_panes[name]
        for moved in record.moves:
            panes = room.merge(panes, moved.change)
        state = room.replay(written.entry for written in record.log)
        replayed = room.snapshot(state, epoch=kept.epoch, view_revision=kept.view_revision, panes=panes)
        return tuple(
            Held(who, canonical_document(one.model_dump(mode="json")), canonical_view(one.model_dump(mode="json")["panes"]))
            for who, one in (("the store", kept), ("a replay of the log", replayed))
        )
