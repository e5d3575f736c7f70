"""Whoever was sent away and stays on the line hears nothing, says nothing, and is cut."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from readingroom.protocol import PROTOCOL_VERSION
from tests.adversary.raw import RawSocket, raw_socket
from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor

CUT_WITHIN_S = 3.0


@asynccontextmanager
async def stubborn(standing: Standing, visitor: Visitor) -> AsyncIterator[RawSocket]:
    """A socket of the visitor's that was welcomed, has not asked for anything, and obeys no farewell."""
    async with raw_socket(standing.url, visitor) as socket:
        hello = {"protocol": PROTOCOL_VERSION, "room": visitor.room, "grant": visitor.grant}
        await socket.receive()
        await socket.send("40" + json.dumps(hello))
        while b'"welcome"' not in (await socket.receive())[1]:
            pass
        yield socket


def op(**command: Any) -> dict[str, Any]:
    return {"op_id": secrets.token_urlsafe(16), "command": command}


async def heard_until_cut(socket: RawSocket) -> list[bytes]:
    """TimeoutError if it is not cut in time."""
    heard: list[bytes] = []
    async with asyncio.timeout(CUT_WITHIN_S):
        try:
            while True:
                heard.append((await socket.receive())[1])
        except (asyncio.IncompleteReadError, ConnectionError):
            return heard


@pytest.mark.parametrize("how", ["removed", "ended"])
async def test_who_was_sent_away_before_he_asked_for_the_room_never_hears_it(
    standing: Standing, doctor: Visitor, patient: Visitor, how: str
):  # I9 R26
    at_desk = await doctor.enter()
    away = {"kind": "person.remove", "principal": patient.principal}
    async with stubborn(standing, patient) as socket:
        assert (await at_desk.ask("op", op(**(away if how == "removed" else {"kind": "room.end"}))))["ok"]
        await socket.send('420["sync",{}]')
        await socket.send('42["presence",{"n":1,"following":true}]')
        if how == "ended":
            assert (await at_desk.ask("op", op(kind="room.reopen")))["ok"]
        assert (await at_desk.ask("op", op(kind="chat.say", text="among us")))["ok"]
        heard = await heard_until_cut(socket)
    assert any(b'"farewell"' in frame for frame in heard)
    assert not any(b'"entries"' in frame or b"among us" in frame for frame in heard)
    assert not any(frame.startswith(b"430") and b'"ok":true' in frame for frame in heard)


async def test_a_replaced_socket_that_stays_is_cut(standing: Standing, doctor: Visitor):
    async with stubborn(standing, doctor) as socket:
        for _ in range(3):
            await doctor.enter()
        heard = await heard_until_cut(socket)
    assert any(b'"REPLACED"' in frame for frame in heard)
