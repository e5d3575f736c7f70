"""Presence across processes: a board a room, one frame a tick, pub/sub between processes. May lose."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Literal

import rfc8785
from pydantic import ValidationError

from readingroom.errors import ReadingRoomError, StoreUnreachable
from readingroom.protocol import PersonPresent, PresenceFrame, PresenceUpdate, Wire
from readingroom.rooms import keys, line
from readingroom.rooms.board import Board
from readingroom.rooms.invitations import Member
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.listener import Listener
from readingroom.values import ConnectionId, RoomId

log = logging.getLogger(__name__)

TICK_S = 0.033
SWEEP_S = 0.5
LISTEN_S = 1.0
SILENCE_S = 4.0
"""A line that does not even answer a ping by then is dead."""
BACKOFF_S = 0.25
FAREWELL_S = 0.2


class Word(Wire):
    """What one process tells the others of a room.

    `all`: these are all its people; `ask`: tell me yours; `deleted`: there is no such room any more.
    """

    process: str
    kind: Literal["some", "all", "ask", "deleted"]
    people: list[PersonPresent] = []
    gone: list[str] = []


class Presence:
    """Never stored. Every local update goes to the other processes, as their heartbeat of it."""

    def __init__(
        self,
        url: str,
        process: str,
        listener: Listener,
        now_ms: Callable[[], int],
        failed: line.Failed,
    ) -> None:
        self._client = line.client(url)
        self._hears = line.client(url, timeout_s=None)
        self._voice: Any = self._hears.pubsub()
        self._process = process
        self._listener = listener
        self._now_ms = now_ms
        self._failed = failed
        self._boards: dict[RoomId, Board] = {}
        self._channels: dict[str, RoomId] = {}
        self._unsent: dict[RoomId, dict[str, PersonPresent | None]] = {}
        self._whole: dict[RoomId, Literal["all", "ask"]] = {}
        self._changed = asyncio.Event()
        self._to_send = asyncio.Event()
        self._subscribe = asyncio.Event()
        self._connected = asyncio.Event()
        self._subscribed: set[str] = set()

    async def close(self) -> None:
        """Say who leaves with this process, then go."""
        for room, board in self._boards.items():
            for connection in board.of(self._process):
                board.drop(connection)
            self._whole[room] = "all"
        with contextlib.suppress(ReadingRoomError, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._send()
        await self._voice.aclose()
        await self._hears.aclose()
        await self._client.aclose()

    def watch(self, room: RoomId) -> None:
        """Hear the other processes of this room, and ask them who is there."""
        self._boards.setdefault(room, Board())
        self._channels[RoomKeys.of(room).presence] = room
        self._subscribe.set()

    def unwatch(self, room: RoomId) -> None:
        self._boards.pop(room, None)
        self._channels.pop(RoomKeys.of(room).presence, None)
        self._subscribe.set()

    def put(self, member: Member, connection: ConnectionId, update: PresenceUpdate) -> None:
        """A heartbeat of a connection of this process."""
        person = PersonPresent(
            connection=connection,
            principal=member.principal,
            n=update.n,
            pointer=update.pointer,
            following=update.following,
            quality=update.quality,
            typing=update.typing,
            round_trip_ms=update.round_trip_ms,
            drawn=update.drawn,
        )
        board = self._boards.setdefault(member.room, Board())
        if board.put(person, self._process, self._now_ms()):
            self._unsent.setdefault(member.room, {})[connection] = person
            self._changed.set()
            self._to_send.set()

    def drop(self, room: RoomId, connection: ConnectionId) -> None:
        """A connection of this process has closed."""
        board = self._boards.get(room)
        if board is not None:
            board.drop(connection)
            self._unsent.setdefault(room, {})[connection] = None
            self._changed.set()
            self._to_send.set()

    def full(self, room: RoomId) -> PresenceFrame:
        """Everybody in a room."""
        return self._boards.get(room, Board()).full()

    async def tell(self) -> None:
        """One frame a tick a room, if something changed; until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for room, board in self._boards.items():
                if (frame := board.changes()) is not None:
                    self._listener.presence(room, frame)
            await asyncio.sleep(TICK_S)

    async def sweep(self) -> None:
        """Drop the silent; until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for room, board in list(self._boards.items()):
                board.sweep(self._now_ms())
                if not board and room not in self._channels.values():
                    del self._boards[room]
            self._changed.set()

    async def send(self) -> None:
        """Tell the other processes, newest only, once a tick; until cancelled."""
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            with contextlib.suppress(ReadingRoomError):
                await self._send()
            await asyncio.sleep(TICK_S)

    async def hear(self) -> None:
        """Listen to the other processes; until cancelled. After a break everybody is asked again."""
        while True:
            try:
                with line.reaching(self._failed):
                    await self._voice.subscribe(keys.chorus(self._process))
                    self._connected.set()
                    self._subscribe.set()
                    await self._listen()
            except ReadingRoomError as refusal:
                log.warning("presence waits", extra={"code": refusal.code, "reason": line.cause(refusal)})
            except Exception:
                log.exception("presence failed")
            self._connected.clear()
            with contextlib.suppress(Exception):
                await self._voice.aclose()
            self._voice = self._hears.pubsub()
            self._subscribed.clear()
            await asyncio.sleep(BACKOFF_S)

    async def _listen(self) -> None:
        """StoreUnreachable when the line has said nothing for so long that it must be dead."""
        heard = time.monotonic()
        while True:
            message = await self._voice.get_message(timeout=LISTEN_S)
            if message is not None:
                heard = time.monotonic()
                self._hear(message)
            elif time.monotonic() - heard > SILENCE_S:
                raise StoreUnreachable(reason="no connection")
            else:
                await self._voice.ping()

    async def subscribe(self) -> None:
        """Keep the subscriptions those of the watched rooms; until cancelled."""
        while True:
            await self._subscribe.wait()
            await self._connected.wait()  # redis-py would open two connections and forget one
            self._subscribe.clear()
            voice, wanted = self._voice, set(self._channels)
            new, old = wanted - self._subscribed, self._subscribed - wanted
            try:
                with line.reaching(self._failed):
                    if new:
                        await voice.subscribe(*new)
                    if old:
                        await voice.unsubscribe(*old)
            except ReadingRoomError:
                continue  # `hear` meets the same break, and sets `_subscribe` when it is over
            if voice is not self._voice:
                continue
            self._subscribed = wanted

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] not in ("subscribe", "message"):
            return
        room = self._channels.get(message["channel"].decode())
        if room is None:
            return
        match message["type"]:
            case "subscribe":  # asked earlier, two that come at the same time could miss each other
                self._whole[room] = "ask"
                self._to_send.set()
            case "message":
                self._take(room, message["data"])

    def _take(self, room: RoomId, data: bytes) -> None:
        try:
            word = Word.model_validate_json(data)
        except ValidationError:
            log.warning("presence of another version ignored")
            return
        if word.process == self._process:
            return
        if word.kind == "deleted":
            self._listener.deleted(room)
            return
        board = self._boards[room]
        now_ms = self._now_ms()
        for person in word.people:
            board.put(person, word.process, now_ms)
        for connection in word.gone:
            board.drop(connection)
        if word.kind != "some":
            board.keep_only(word.process, (person.connection for person in word.people))
        if word.kind == "ask":
            self._whole.setdefault(room, "all")
            self._to_send.set()
        self._changed.set()

    async def _send(self) -> None:
        unsent, self._unsent = self._unsent, {}
        whole, self._whole = self._whole, {}
        words: dict[RoomId, Word] = {}
        for room, people in unsent.items():
            present = [person for person in people.values() if person is not None]
            gone = [connection for connection, person in people.items() if person is None]
            words[room] = Word(process=self._process, kind="some", people=present, gone=gone)
        for room, kind in whole.items():
            everybody = self._boards[room].people(self._process) if room in self._boards else []
            words[room] = Word(process=self._process, kind=kind, people=everybody)
        if not words:
            return
        with line.reaching(self._failed):
            async with self._client.pipeline(transaction=False) as pipe:
                for room, word in words.items():
                    pipe.publish(RoomKeys.of(room).presence, rfc8785.dumps(word.model_dump(mode="json")))
                await pipe.execute()
