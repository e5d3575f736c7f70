"""The events a room lives by, read straight from their frames: parsed once, answered with one write.

Engine.IO and Socket.IO would parse such a frame three times and hand it through ten coroutines. What is not
spelled as our page spells it goes their way, to the same answers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from readingroom.protocol import Wire
from readingroom.transport import strict_json
from readingroom.transport.connections import Connection
from readingroom.transport.fanout import UNSENT_LIMIT
from readingroom.transport.frames import text_frame

_EVENT: Final = re.compile(r'42([0-9]{0,9})\["(op|view|sync|presence)",')
VIEWS_UNDER_WAY: Final = 8
"""View commands of one socket that are answered at a time; the next is read when one of them was."""

Answer = Callable[[Connection, str, Any], Awaitable[Wire | None]]


class Receiving:
    """Takes frames of admitted sockets. `answer` gives the answer to an event, by name; it raises nothing.

    A view command may have to wait for those before it (R44). What comes after it is read meanwhile, so that
    a hurrying hand is merged and the same person's changes do not wait for it. All else is answered in turn.
    View commands begin in the order of their frames: the newest wins, so nothing may overtake them.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def take(self, connection: Connection, frame: str) -> bool:
        """Whether this was a frame for us; then it is answered when this returns, a view soon."""
        found = _EVENT.match(frame)
        if found is None or not frame.endswith("]"):
            return False
        try:
            data = strict_json.loads(frame[found.end() : -1])
        except ValueError:  # more than one argument, or what Engine.IO's way refuses, too
            return False
        if found[2] == "view":
            views = connection.views
            while len(views) >= VIEWS_UNDER_WAY:
                await asyncio.wait(views, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._reply(connection, "view", found[1], data))
            views.add(task)
            task.add_done_callback(views.discard)
        else:
            await self._reply(connection, found[2], found[1], data)
        return True

    async def _reply(self, connection: Connection, event: str, ack: str, data: Any) -> None:
        answer = await self._answer(connection, event, data)
        transport = connection.websocket.transport
        if answer is None or not ack or transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > UNSENT_LIMIT:
            transport.abort()  # it asks and does not read
            return
        body = answer.model_dump_json().encode()
        transport.write(text_frame(b"43" + ack.encode() + b"[" + body + b"]"))
