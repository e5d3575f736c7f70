"""Socket.IO: the room's events in, answers out. The protocol parses every message before anything sees it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import socketio
from aiohttp import web
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError

from readingroom.errors import (
    BadRequest,
    Denied,
    NotSaved,
    OldProtocol,
    ReadingRoomError,
    Removed,
    RoomEnded,
    TooFast,
)
from readingroom.protocol import (
    PROTOCOL_VERSION,
    Farewell,
    Hello,
    LogEntry,
    Op,
    PersonRemove,
    PersonRole,
    PresenceUpdate,
    RoomEnd,
    SyncRequest,
    ViewCommand,
    Welcome,
    Wire,
)
from readingroom.rooms.rooms import Rooms
from readingroom.transport import strict_json
from readingroom.transport.auth import Door, member_by_cookie
from readingroom.transport.connections import Connection, Connections
from readingroom.transport.fanout import Fanout
from readingroom.transport.packets import TextPacket
from readingroom.transport.receiving import Receiving
from readingroom.transport.room_events import RoomEvents
from readingroom.transport.statuses import from_validation, refusal
from readingroom.transport.websocket import CONNECTION_KEY, Websocket
from readingroom.values import ConnectionId, RoomId

log = logging.getLogger(__name__)

_silent = logging.getLogger(f"{__name__}.libraries")
"""For the libraries, which would print what strangers send, past our form of log lines."""
_silent.setLevel(logging.CRITICAL + 1)

LARGEST_MESSAGE: Final = 64_000
SOCKETS_A_PRINCIPAL: Final = 3
PING_INTERVAL_S: Final = 10
PING_TIMEOUT_S: Final = 10
DISMISS_S: Final = 1.0
LAST_WORDS_S: Final = 0.5
CLOSING_S: Final = 0.3
LINGER_S: Final = 1.0
"""A page that was sent away closes its websocket itself; one that has not done so by then is cut."""


class Sockets:
    """The Socket.IO server of this process."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        fanout: Fanout,
        door: Door,
        events: RoomEvents,
        process: str,
        weak_durability: bool,
    ) -> None:
        self._rooms = rooms
        self._fanout = fanout
        self._door = door
        self._process = process
        self._weak_durability = weak_durability
        self._connections = Connections()
        self._asked = 0
        self._answered = asyncio.Event()
        self._answered.set()
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = socketio.AsyncServer(
            async_mode="aiohttp",
            async_handlers=False,
            cors_allowed_origins=sorted(door.origins),
            transports=["websocket"],
            allow_upgrades=False,
            http_compression=False,
            max_http_buffer_size=LARGEST_MESSAGE,
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            serializer=TextPacket,
            json=strict_json,
            logger=_silent,
            engineio_logger=_silent,
            monitor_clients=False,
        )
        self._server.eio._async = {**self._server.eio._async, "websocket": Websocket}
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        self._acts: dict[str, tuple[type[Wire], Callable[..., Awaitable[Wire]]]] = {
            "op": (Op, events.op),
            "view": (ViewCommand, events.view),
            "sync": (SyncRequest, events.sync),
        }
        self._receiving = Receiving(self._answer)
        for event in (*self._acts, "presence"):
            self._server.on(event, self._generic(event))
        self._server.on("*", self._unknown)
        fanout.show_out_by(self._show_out)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/socket.io/", self._handshake)]

    @property
    def count(self) -> int:
        """How many sockets are open here."""
        return len(self._connections)

    async def close(self) -> None:
        """Say goodbye to everybody; their pages come back by themselves, here or elsewhere.

        What was asked is answered first, if that takes no longer than LAST_WORDS_S.
        """
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self._answered.wait()
        farewell = Farewell(code="RESTARTING", message="The server is restarting.")
        await asyncio.gather(*(self._dismiss(sid, farewell, CLOSING_S) for sid in self._connections))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_S):
                await self._server.shutdown()

    # --- coming and going ---------------------------------------------------------------------------------
    async def _handshake(self, request: web.Request) -> web.StreamResponse:
        self._door.check_origin(request)
        response: web.StreamResponse = await self._server.handle_request(request)
        return response

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        try:
            hello = Hello.model_validate(auth)
            if hello.protocol != PROTOCOL_VERSION:
                raise OldProtocol()
            request: web.Request = environ["aiohttp.request"]
            member = await member_by_cookie(request, self._rooms, self._door, hello.room, hello.grant)
        except ValidationError as error:
            raise _refused(from_validation(error)) from None
        except ReadingRoomError as error:
            raise _refused(error) from None
        except Exception:
            log.exception("connect failed")
            raise _refused(ReadingRoomError()) from None
        id = ConnectionId(secrets.token_urlsafe(9))
        connection = self._connections.add(sid, id, member, environ[CONNECTION_KEY])
        self._rooms.watch(member.room)
        connection.websocket.admitted = True
        connection.websocket.receive = functools.partial(self._receiving.take, connection)
        replaced = Farewell(code="REPLACED", message="You opened this room again elsewhere.")
        while len(connection.visit.sids) > SOCKETS_A_PRINCIPAL:
            oldest = connection.visit.sids.pop(0)
            self._keep(asyncio.create_task(self._dismiss(oldest, replaced)))
        self._keep(asyncio.create_task(self._welcome(sid, connection)))
        log.info("joined", extra={"room": member.room, "connection": connection.id, "role": member.role})

    async def _welcome(self, sid: str, connection: Connection) -> None:
        """Runs once the handshake's own packet is queued, so it is the second thing the page hears."""
        welcome = Welcome(
            protocol=PROTOCOL_VERSION,
            process=self._process,
            connection=connection.id,
            principal=connection.member.principal,
            role=connection.member.role,
            server_ms=time.time_ns() // 1_000_000,
            weak_durability=self._weak_durability,
        )
        await self._server.emit("welcome", _plain(welcome), to=sid)

    async def _disconnect(self, sid: str, _reason: str) -> None:
        connection = self._connections.pop(sid)
        if connection is None:
            return
        member = connection.member
        connection.gone = True
        connection.websocket.receive = (
            None  # of a socket that stays open nothing is taken as said in the room
        )
        asyncio.get_running_loop().call_later(LINGER_S, connection.websocket.abort)
        self._fanout.remove(member.room, connection.id)
        self._rooms.absent(member, connection.id)
        self._rooms.unwatch(member.room)
        log.info("left", extra={"room": member.room, "connection": connection.id})

    async def _dismiss(self, sid: str, farewell: Farewell, within_s: float = DISMISS_S) -> None:
        """Say why, then close; whoever does not take it in time is cut."""
        connection = self._connections.get(sid)
        if connection is None:  # it left by itself
            return
        try:
            async with asyncio.timeout(within_s):
                await self._server.emit("farewell", _plain(farewell), to=sid)
                await self._server.disconnect(sid)
        except TimeoutError:
            connection.websocket.abort()

    def _show_out(self, room: RoomId, entry: LogEntry) -> None:
        """Whoever was removed, and at the end all but hosts, hear from now on nothing more."""
        match entry.command:
            case PersonRole(principal=principal, role=role):
                self._connections.change_role(room, principal, role)
            case PersonRemove(principal=principal):
                for sid in self._connections.of_person(room, principal):
                    self._end_now(sid, Removed())
            case RoomEnd():
                for sid, connection in self._connections.of_room(room):
                    if connection.member.role != "host":
                        self._end_now(sid, RoomEnded())
            case _:
                pass

    def _end_now(self, sid: str | None, why: ReadingRoomError) -> None:
        connection = None if sid is None else self._connections.get(sid)
        if sid is None or connection is None:
            return
        connection.gone = True
        self._fanout.remove(connection.member.room, connection.id)
        self._keep(asyncio.create_task(self._dismiss(sid, Farewell(code=why.code, message=str(why)))))

    # --- events -------------------------------------------------------------------------------------------
    async def _unknown(self, _event: Any, _sid: str, *_: Any) -> dict[str, Any]:
        return _plain(refusal(BadRequest(reason="there is no such event")))

    def _generic(self, event: str) -> Callable[..., Awaitable[dict[str, Any] | None]]:
        """For frames that are not spelled as our page spells them (see receiving.py)."""

        async def handle(sid: str, data: Any = None, *_: Any) -> dict[str, Any] | None:
            connection = self._connections.get(sid)
            if connection is None:
                return _plain(refusal(Denied()))
            answer = await self._answer(connection, event, data)
            return None if answer is None else _plain(answer)

        return handle

    async def _answer(self, connection: Connection, event: str, data: Any) -> Wire | None:
        """What is answered to an event, or a refusal by name; presence is not answered."""
        if event == "presence":
            self._presence(connection, data)
            return None
        kind, act = self._acts[event]
        try:
            if not connection.visit.buckets[event].take():
                raise TooFast()
            if connection.gone:
                raise Denied()
            if self._closing:
                raise NotSaved()  # which a page asks again, elsewhere
            return await self._counted(act(connection, kind.model_validate(data)))
        except ValidationError as error:
            return refusal(from_validation(error))
        except ReadingRoomError as error:
            if event == "sync" and isinstance(
                error, Denied | RoomEnded
            ):  # let in by what was known a second ago
                self._end_now(self._connections.sid_of(connection), error)
            return refusal(error)
        except Exception:
            log.exception("event failed", extra={"asked": event})
            return refusal(ReadingRoomError())

    def _presence(self, connection: Connection, data: Any) -> None:
        if connection.gone or not connection.synced or not connection.visit.buckets["presence"].take():
            return  # who has not synced may have been let in by what was known a second ago
        try:
            update = PresenceUpdate.model_validate(data)
        except ValidationError:
            return
        self._rooms.present(connection.member, connection.id, update)

    async def _counted(self, answering: Awaitable[Wire]) -> Wire:
        """The answer; while there is any to come, `close` waits a little."""
        self._asked += 1
        self._answered.clear()
        try:
            return await answering
        finally:
            self._asked -= 1
            if not self._asked:
                self._answered.set()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _plain(message: Wire) -> dict[str, Any]:
    return message.model_dump(mode="json")


def _refused(error: ReadingRoomError) -> ConnectionRefusedError:
    refused = refusal(error)
    return ConnectionRefusedError(refused.message, {"code": refused.code, "message": refused.message})
