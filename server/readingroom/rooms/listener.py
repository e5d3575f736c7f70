"""Whoever wants to hear what happens in rooms. Called on the event loop; must not block, must not raise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from readingroom.protocol import LogEntry, PresenceFrame, StateHash, ViewChange
from readingroom.values import RoomId


class Listener(Protocol):
    """What transport implements. A room is told only while this process watches it."""

    def entries(self, room: RoomId, entries: Sequence[LogEntry]) -> None:
        """Consecutive accepted changes, each told once (R50)."""

    def view(self, room: RoomId, change: ViewChange) -> None:
        """The shared view moved."""

    def state(self, room: RoomId, told: StateHash) -> None:
        """What the room is at this moment, every 5 s (R56)."""

    def presence(self, room: RoomId, frame: PresenceFrame) -> None:
        """Who changed since the last frame (R60)."""

    def saving(self, saving: bool) -> None:
        """Whether changes can be saved now (R71)."""

    def lost(self, room: RoomId) -> None:
        """The store came back without what this room was told: the room is frozen (R53)."""

    def deleted(self, room: RoomId) -> None:
        """There is no such room any more (R81)."""

    def awake(self) -> None:
        """This process slept, and has caught up: what it held back may be told (R55)."""
