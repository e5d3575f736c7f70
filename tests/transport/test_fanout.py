"""The fan-out: one frame for all, slow readers cut."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from readingroom.protocol import (
    ChatSay,
    Entries,
    LogCommand,
    LogEntry,
    PersonRemove,
    PresenceFrame,
    StoreState,
)
from readingroom.transport.fanout import UNSENT_LIMIT, Fanout, frame
from readingroom.values import ConnectionId, RoomId

ROOM = RoomId("room")


@pytest.mark.parametrize("people", [0, 1, 40, 900])
async def test_a_frame_of_any_length_is_one_websocket_text_message(people: int):
    """Read back by another implementation of RFC 6455: aiohttp's client."""
    message = PresenceFrame(gone=[f"connection-{number:04}" * 4 for number in range(people)])

    async def speak(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        assert request.transport is not None
        request.transport.write(frame("presence", message))
        await socket.close()
        return socket

    app = web.Application()
    app.add_routes([web.get("/", speak)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{port}/", max_msg_size=0) as socket,
        ):
            received = await socket.receive()
    finally:
        await runner.cleanup()
    assert received.type is aiohttp.WSMsgType.TEXT
    assert received.data == f'42["presence",{message.model_dump_json()}]'


async def test_a_socket_that_does_not_read_is_cut_and_the_others_hear_everything():
    """Two real TCP connections, of which one never reads."""
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted.put(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    reading, reader_writer = await asyncio.open_connection(host, port)
    reading_end = await accepted.get()
    _sleeping, sleeper_writer = await asyncio.open_connection(host, port, limit=1)
    sleeping_end = await accepted.get()
    fanout = Fanout()
    fanout.add(ROOM, ConnectionId("reading"), reading_end.transport)
    fanout.add(ROOM, ConnectionId("sleeping"), sleeping_end.transport)
    message = PresenceFrame(gone=["x" * 64] * 2000)
    size = len(frame("presence", message))
    sent = 0
    while not sleeping_end.transport.is_closing():
        fanout.presence(ROOM, message)
        sent += 1
        await reading.readexactly(size)
        assert sent * size < 100 * UNSENT_LIMIT, "the slow reader was never cut"
    fanout.saving(False)
    assert await reading.readexactly(len(frame("store", StoreState(saving=False)))) == frame(
        "store", StoreState(saving=False)
    )
    for writer in (reader_writer, sleeper_writer, reading_end, sleeping_end):
        writer.transport.abort()
    server.close()
    await server.wait_closed()


def test_nothing_of_one_room_reaches_another():  # I11
    class Ear:
        def __init__(self) -> None:
            self.heard = b""

        def write(self, data: bytes) -> None:
            self.heard += data

        def get_write_buffer_size(self) -> int:
            return 0

        def is_closing(self) -> bool:
            return False

        def abort(self) -> None:
            raise AssertionError

        def close(self) -> None:
            raise AssertionError

    here, there = Ear(), Ear()
    fanout = Fanout()
    fanout.add(ROOM, ConnectionId("here"), here)
    fanout.add(RoomId("other"), ConnectionId("there"), there)
    fanout.presence(ROOM, PresenceFrame(full=True))
    assert here.heard
    assert not there.heard


class Ears:
    """An outlet that keeps what is written to it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        raise AssertionError("cut")

    def close(self) -> None:
        raise AssertionError("closed")


def said(*commands: tuple[str, LogCommand]) -> list[LogEntry]:
    return [
        LogEntry(revision=n + 1, at_ms=1, by=by, op_id="x", command=command, fence=1, head="h")
        for n, (by, command) in enumerate(commands)
    ]


def two_people() -> tuple[Fanout, Ears, Ears]:
    """A doctor and a patient; the patient is shown out when he is removed."""
    fanout, doctor, patient = Fanout(), Ears(), Ears()
    fanout.add(ROOM, ConnectionId("doctor"), doctor)
    fanout.add(ROOM, ConnectionId("patient"), patient)

    def show_out(room: RoomId, entry: LogEntry) -> None:
        if isinstance(entry.command, PersonRemove):
            fanout.remove(room, ConnectionId("patient"))

    fanout.show_out_by(show_out)
    return fanout, doctor, patient


def test_a_removal_is_the_last_thing_its_person_hears_also_amid_other_changes():  # I9 R26
    fanout, doctor, patient = two_people()
    removal = ("doctor", PersonRemove(principal="patient"))
    entries = said(("doctor", ChatSay(text="one")), removal, ("doctor", ChatSay(text="two")))
    fanout.entries(ROOM, entries)
    assert patient.heard == [frame("entries", Entries(entries=entries[:2]))]
    assert doctor.heard == [*patient.heard, frame("entries", Entries(entries=entries[2:]))]


def test_while_the_process_is_asleep_everything_waits_and_who_was_removed_meanwhile_hears_nothing():  # R55
    fanout, doctor, patient = two_people()
    asleep = True
    fanout.hold_while(lambda: asleep)
    pointer = PresenceFrame(gone=["somebody"])
    fanout.presence(ROOM, pointer)
    removal = said(("doctor", PersonRemove(principal="patient")))
    fanout.entries(ROOM, removal)
    assert (doctor.heard, patient.heard) == ([], [])
    asleep = False
    fanout.awake()
    assert doctor.heard == [frame("presence", pointer), frame("entries", Entries(entries=removal))]
    assert patient.heard == []
