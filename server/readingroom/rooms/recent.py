"""Answers that may be used again for a moment, asked once at a time: at most 1 s old (R25)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Generic, TypeVar
from weakref import WeakSet

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

FRESH_S = 1.0
LIMIT = 10_000


class Recent(Generic[Key, Value]):
    """At most LIMIT answers; the oldest go first. A refusal is never kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[Key, tuple[float, Value]] = {}
        self._asking: dict[Key, tuple[float, asyncio.Task[Value]]] = {}
        self._forgotten: WeakSet[asyncio.Task[Value]] = WeakSet()

    async def get(self, key: Key, ask: Callable[[], Coroutine[None, None, Value]]) -> Value:
        """The held answer if it is fresh, else a new one; its age counts from the moment of asking.

        Who asks for what is being asked waits for that answer, unless the question is too old already.
        """
        while True:
            now = self._clock()
            held = self._held.get(key)
            if held is not None and now - held[0] < FRESH_S:
                return held[1]
            asked, question = self._asking.get(key, (now, None))
            if question is None or now - asked >= FRESH_S:
                question = asyncio.create_task(self._ask(key, now, ask))
                self._asking[key] = (now, question)
            value = await asyncio.shield(question)  # one asker who leaves does not take it from the others
            if question not in self._forgotten:
                return value

    def forget(self, old: Callable[[Key], bool]) -> None:
        """Hold no answer any more whose key is `old`; what is being asked for now is asked once more."""
        for key in [key for key in self._held if old(key)]:
            del self._held[key]
        for key in [key for key in self._asking if old(key)]:
            self._forgotten.add(self._asking.pop(key)[1])

    async def _ask(self, key: Key, asked: float, ask: Callable[[], Coroutine[None, None, Value]]) -> Value:
        self._held.pop(key, None)
        try:
            value = await ask()
        finally:
            wanted = self._asking.get(key, (None, None))[0] == asked
            if wanted:
                del self._asking[key]
        if wanted:  # else it was forgotten meanwhile, or asked anew: it may be old
            self._held[key] = (asked, value)
        while len(self._held) > LIMIT:
            del self._held[next(iter(self._held))]
        return value
