"""One message to everybody in a room: encoded once, framed once, one write per socket."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from readingroom.errors import NoSuchRoom, ReadingRoomError, StateLost
from readingroom.protocol import (
    Entries,
    Farewell,
    LogEntry,
    PersonRemove,
    PresenceFrame,
    RoomEnd,
    StateHash,
    StoreState,
    ViewChange,
    Wire,
)
from readingroom.transport.frames import text_frame
from readingroom.values import ConnectionId, RoomId

log = logging.getLogger(__name__)

HELD_LIMIT: Final = 10_000
"""Frames that wait while this process catches up with the store."""
UNSENT_LIMIT: Final = 1 << 20
"""Bytes a socket may leave unread before it is cut; it is never waited for."""


class Outlet(Protocol):
    """What the fan-out needs of an asyncio write transport."""

    def write(self, data: bytes) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...


def frame(event: str, message: Wire) -> bytes:
    """A whole unmasked websocket text frame holding one Socket.IO 5 event, without nulls."""
    payload = b'42["' + event.encode() + b'",' + message.model_dump_json(exclude_none=True).encode() + b"]"
    return text_frame(payload)


class Fanout:
    """The sockets of this process by room. The rooms' listener.

    A socket is added when its `sync` is answered, which it asks only after Engine.IO's and Socket.IO's own
    opening packets reached it; from then on our frames may pass their queue, but never their opening.
    """

    def __init__(self) -> None:
        self._rooms: dict[RoomId, dict[ConnectionId, Outlet]] = {}
        self._ushers: Callable[[RoomId, LogEntry], None] = lambda _room, _entry: None
        self._asleep: Callable[[], bool] = lambda: False
        self._held: list[tuple[RoomId, bytes]] = []
        self.saving_now = True

    def show_out_by(self, ushers: Callable[[RoomId, LogEntry], None]) -> None:
        """`ushers` is called with each entry, to show out whoever may hear no more."""
        self._ushers = ushers

    def hold_while(self, asleep: Callable[[], bool]) -> None:
        """While `asleep()`, all waits for `awake` (R55); past HELD_LIMIT pages ask for what they missed."""
        self._asleep = asleep

    def awake(self) -> None:
        held, self._held = self._held, []
        for room, data in held:
            self._write_now(room, data)

    def add(self, room: RoomId, connection: ConnectionId, outlet: Outlet) -> None:
        """From now on this connection hears its room; it is told first if changes cannot be saved now."""
        self._rooms.setdefault(room, {})[connection] = outlet
        if not self.saving_now:
            outlet.write(frame("store", StoreState(saving=False)))

    def remove(self, room: RoomId, connection: ConnectionId) -> None:
        """It hears nothing more; one that is not here is no mistake."""
        outlets = self._rooms.get(room, {})
        outlets.pop(connection, None)
        if not outlets:
            self._rooms.pop(room, None)

    def entries(self, room: RoomId, entries: Sequence[LogEntry]) -> None:
        """Whoever is shown out by one of them hears it as the last."""
        told: list[LogEntry] = []
        for entry in entries:
            told.append(entry)
            if isinstance(entry.command, PersonRemove | RoomEnd):
                self._send(room, "entries", Entries(entries=told))
                told = []
            self._ushers(room, entry)
        if told:
            self._send(room, "entries", Entries(entries=told))

    def view(self, room: RoomId, change: ViewChange) -> None:
        self._send(room, "view", change)

    def state(self, room: RoomId, told: StateHash) -> None:
        self._send(room, "state", told)

    def presence(self, room: RoomId, presence: PresenceFrame) -> None:
        self._send(room, "presence", presence)

    def saving(self, saving: bool) -> None:
        self.saving_now = saving
        data = frame("store", StoreState(saving=saving))
        for room in list(self._rooms):
            self._write(room, data)

    def lost(self, room: RoomId) -> None:
        """The store came back without what this room was told. Each page comes back, asks, and is told so."""
        self._part(room, StateLost())

    def deleted(self, room: RoomId) -> None:
        self._part(room, NoSuchRoom())

    def _part(self, room: RoomId, why: ReadingRoomError) -> None:
        """Say why to everybody in a room, and close."""
        data = frame("farewell", Farewell(code=why.code, message=str(why)))
        for connection, outlet in list(self._rooms.get(room, {}).items()):
            self.remove(room, connection)
            outlet.write(data)
            outlet.close()

    def _send(self, room: RoomId, event: str, message: Wire) -> None:
        if room in self._rooms:
            self._write(room, frame(event, message))

    def _write(self, room: RoomId, data: bytes) -> None:
        if not self._asleep():
            self._write_now(room, data)
        elif len(self._held) < HELD_LIMIT:
            self._held.append((room, data))

    def _write_now(self, room: RoomId, data: bytes) -> None:
        for connection, outlet in list(self._rooms.get(room, {}).items()):
            if outlet.is_closing():
                self.remove(room, connection)
            elif outlet.get_write_buffer_size() > UNSENT_LIMIT:
                log.warning("slow reader cut", extra={"room": room, "connection": connection})
                self.remove(room, connection)
                outlet.abort()
            else:
                outlet.write(data)
