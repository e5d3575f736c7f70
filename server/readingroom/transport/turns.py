"""Turns at what takes a while: few at once, and people one after the other, however much one of them asks."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from readingroom.errors import TooFast


class Turns:
    """At most `at_once` turns are held. Those who wait are taken in rotation, each one's requests in order.

    So a thousand requests of one person cost another the time of one. A person has at most `of_one` requests
    here; one more is TooFast. One that goes away while it waits leaves nothing behind.
    """

    def __init__(self, *, at_once: int, of_one: int) -> None:
        self._free = at_once
        self._of_one = of_one
        self._asked: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, person: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises TooFast when this person has too many requests here."""
        if self._asked[person] >= self._of_one:
            raise TooFast()
        self._asked[person] += 1
        try:
            await self._take(person)
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._asked[person] -= 1
            if not self._asked[person]:
                del self._asked[person]

    async def _take(self, person: str) -> None:
        if self._free:  # then nobody waits
            self._free -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(person, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was its turn in the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """The turn of whoever is next: of the person who waits longest since the last turn."""
        while self._waiting:
            person = next(iter(self._waiting))
            queue = self._waiting.pop(person)
            while queue and queue[0].done():  # gone
                queue.popleft()
            if not queue:
                continue
            queue.popleft().set_result(None)
            if queue:
                self._waiting[person] = queue  # now the last
            return
        self._free += 1
