"""Work in threads that has ended when whoever asked for it goes on, even one who was cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Done = TypeVar("Done")


async def to_its_end(work: Callable[[], Done], give_up: Callable[[], None] = lambda: None) -> Done:
    """`asyncio.to_thread(work)`, but that a cancellation waits for its end.

    For what works in a folder, or on a file, that is about to go. `give_up` is called then, for work that can
    be asked to hurry.
    """
    running = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        give_up()
        while not running.done():
            try:
                await asyncio.wait({running})
            except asyncio.CancelledError:
                continue
        if not running.cancelled():
            running.exception()  # seen; nobody waits for it any more
        raise
