"""Valkeys that are killed, started again and stopped, and rooms over them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from readingroom.errors import NotSaved
from readingroom.protocol import Op
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from tests.rooms.ear import Ear
from tests.rooms.people import Consultation, create, mark_id


def opened(valkey: Valkey, ear: Ear, process: str = "one") -> AbstractAsyncContextManager[Rooms]:
    return Rooms.open(valkey.url, process=process, listener=ear)


async def kill(valkey: Valkey) -> None:
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGKILL)
    await valkey.died()


async def start(valkey: Valkey) -> None:
    valkey.start()
    await valkey.ready()


@asynccontextmanager
async def stopped(valkey: Valkey) -> AsyncIterator[None]:
    """The server does not run: connections stay open, nothing answers."""
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(valkey.pid, signal.SIGCONT)


async def insist(
    rooms: Rooms, here: Consultation, sent: Op | None = None, *, by: Member | None = None
) -> None:
    """Do it, a mark of the patient's if nothing else is given, as soon as the store saves."""
    sent = sent or create(mark_id())
    async with asyncio.timeout(10):
        while True:
            try:
                await rooms.do(by or here.patient, sent)
            except NotSaved:
                await rooms._saving.again(5)
            else:
                return
