"""A listener that remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from readingroom.protocol import LogEntry, PresenceFrame, StateHash, ViewChange
from readingroom.values import RoomId


class Ear:
    """A listener. `until` waits for something to have been told."""

    def __init__(self) -> None:
        self.log: dict[RoomId, list[LogEntry]] = {}
        self.moves: dict[RoomId, list[ViewChange]] = {}
        self.states: dict[RoomId, list[StateHash]] = {}
        self.frames: dict[RoomId, list[PresenceFrame]] = {}
        self.savings: list[bool] = []
        self.lost_rooms: list[RoomId] = []
        self.deleted_rooms: list[RoomId] = []
        self._told = asyncio.Event()

    def entries(self, room: RoomId, entries: Sequence[LogEntry]) -> None:
        self.log.setdefault(room, []).extend(entries)
        self._told.set()

    def view(self, room: RoomId, change: ViewChange) -> None:
        self.moves.setdefault(room, []).append(change)
        self._told.set()

    def state(self, room: RoomId, told: StateHash) -> None:
        self.states.setdefault(room, []).append(told)
        self._told.set()

    def presence(self, room: RoomId, frame: PresenceFrame) -> None:
        self.frames.setdefault(room, []).append(frame)
        self._told.set()

    def saving(self, saving: bool) -> None:
        self.savings.append(saving)
        self._told.set()

    def lost(self, room: RoomId) -> None:
        self.lost_rooms.append(room)
        self._told.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self._told.clear()
                await self._told.wait()

    def revisions(self, room: RoomId) -> list[int]:
        return [entry.revision for entry in self.log.get(room, [])]

    def deleted(self, room: RoomId) -> None:
        self.deleted_rooms.append(room)
        self._told.set()

    def awake(self) -> None:
        self._told.set()
