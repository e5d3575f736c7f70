"""What a process does while it serves."""

from __future__ import annotations

import asyncio
import gc

from readingroom.serving import COLLECTION
from readingroom.transport.connections import Connection
from readingroom.transport.websocket import Websocket
from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


async def test_the_collector_looks_at_what_came_since_the_start_alone(standing: Standing):
    assert gc.get_threshold() == COLLECTION
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


async def test_a_connection_that_ended_is_gone_without_the_collector(standing: Standing, doctor: Visitor):
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            socket = await doctor.enter()
            await socket.client.disconnect()
        for _ in range(200):
            left = sum(isinstance(one, Websocket | Connection) for one in gc.get_objects())
            if not left:
                break
            await asyncio.sleep(0.05)
        assert left == 0
    finally:
        gc.enable()
