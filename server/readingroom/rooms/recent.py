"""Answers that may be used again for a moment: at most 1 s old by the monotonic clock (R25)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

FRESH_S = 1.0
LIMIT = 10_000


class Recent(Generic[Key, Value]):
    """At most LIMIT answers; the oldest go first. A refusal is never kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[Key, tuple[float, Value]] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        """The held answer if it is fresh, else a new one; its age counts from the moment of asking."""
        asked = self._clock()
        held = self._held.get(key)
        if held is not None and asked - held[0] < FRESH_S:
            return held[1]
        self._held.pop(key, None)
        value = await ask()
        self._held[key] = (asked, value)
        while len(self._held) > LIMIT:
            del self._held[next(iter(self._held))]
        return value
