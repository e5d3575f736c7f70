"""The events a room lives by, read straight from their frames: parsed once, answered with one write.

Engine.IO and Socket.IO would parse such a frame three times and hand it through ten coroutines. What is not
spelled as our page spells it goes their way, to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from readingroom.protocol import Wire
from readingroom.transport import strict_json
from readingroom.transport.connections import Connection
from readingroom.transport.frames import text_frame

_EVENT: Final = re.compile(r'42([0-9]{0,9})\["(op|view|sync|presence)",')

Answer = Callable[[Connection, str, Any], Awaitable[Wire | None]]


class Receiving:
    """Takes frames of admitted sockets. `answer` gives the answer to an event, by name; it raises nothing."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def take(self, connection: Connection, frame: str) -> bool:
        """Whether this was a frame for us; then it is answered when this returns.

        Raises ValueError for what strict JSON refuses.
        """
        found = _EVENT.match(frame)
        if found is None or not frame.endswith("]"):
            return False
        data = strict_json.loads(frame[found.end() : -1])
        answer = await self._answer(connection, found[2], data)
        transport = connection.websocket.transport
        if answer is not None and found[1] and transport is not None and not transport.is_closing():
            body = answer.model_dump_json().encode()
            transport.write(text_frame(b"43" + found[1].encode() + b"[" + body + b"]"))
        return True
