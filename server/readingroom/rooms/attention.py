"""What this process itself must do about what happened in a room, before anybody else hears of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from readingroom.protocol import (
    LogEntry,
    PersonRemove,
    PersonRole,
    PresenceFrame,
    RoomEnd,
    RoomReopen,
    SeriesClose,
    SeriesOpened,
    StateHash,
    ViewChange,
)
from readingroom.rooms.listener import Listener
from readingroom.values import RoomId

AnswersOldNow = PersonRemove | PersonRole | RoomEnd | RoomReopen | SeriesClose | SeriesOpened


class Attention:
    """A listener before the listener: `forget` is called when held answers about a room may be wrong."""

    def __init__(self, listener: Listener, forget: Callable[[RoomId], None]) -> None:
        self._listener = listener
        self._forget = forget

    def entries(self, room: RoomId, entries: Sequence[LogEntry]) -> None:
        if any(isinstance(entry.command, AnswersOldNow) for entry in entries):
            self._forget(room)
        self._listener.entries(room, entries)

    def view(self, room: RoomId, change: ViewChange) -> None:
        self._listener.view(room, change)

    def state(self, room: RoomId, told: StateHash) -> None:
        self._listener.state(room, told)

    def presence(self, room: RoomId, frame: PresenceFrame) -> None:
        self._listener.presence(room, frame)

    def saving(self, saving: bool) -> None:
        self._listener.saving(saving)

    def lost(self, room: RoomId) -> None:
        self._forget(room)
        self._listener.lost(room)

    def deleted(self, room: RoomId) -> None:
        self._forget(room)
        self._listener.deleted(room)

    def awake(self) -> None:
        self._listener.awake()
