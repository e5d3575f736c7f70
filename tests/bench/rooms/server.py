"""The house as a bench needs it: `python -m tests.bench.rooms.server DATA PORT [--unbounded]`.

`--unbounded` lifts what protects people from each other (rates of one person, pacing of a hand, sockets of a
person), so that the path itself is what is measured.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from readingroom import logs
from readingroom.app import local_ingest, open_house
from readingroom.imaging.library import Library
from readingroom.listening import listening
from readingroom.protocol import ViewCommand
from readingroom.rooms import pacing
from readingroom.rooms.invitations import Member
from readingroom.serving import serving, stopped
from readingroom.settings import read_settings
from readingroom.transport import connections, sockets, websocket


async def _each_at_once(hands: pacing.Pacing, member: Member, command: ViewCommand) -> int:
    """No command is merged with another: each is written and told."""
    return await hands._write(member, command)


def unbounded() -> None:
    for event in connections.RATES:
        connections.RATES[event] = (1e9, 1e9)
    pacing.Pacing.move = _each_at_once  # type: ignore[method-assign]
    sockets.SOCKETS_A_PRINCIPAL = 1_000
    websocket.FRAMES_PER_SECOND = websocket.FRAMES_AT_ONCE = 1_000_000_000


async def main(data: Path, port: int) -> None:
    settings = read_settings(data=data, port=port, redis_url=os.environ["REDIS_URL"])
    library = Library(settings.studies_folder)
    at = listening(settings)
    async with AsyncExitStack() as stack:
        ingest = await stack.enter_async_context(local_ingest(settings, library))
        house = await stack.enter_async_context(
            open_house(
                settings, redis_url=os.environ["REDIS_URL"], door=at.door, ingest=ingest, library=library
            )
        )
        await stack.enter_async_context(serving(house, at))
        print("serving", flush=True)
        await stopped()


if __name__ == "__main__":
    logs.set_up("ERROR")
    if "--unbounded" in sys.argv:
        unbounded()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Path(sys.argv[1]), int(sys.argv[2])))
