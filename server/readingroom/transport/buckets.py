"""Token buckets: how often somebody may do something."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

HELD: Final = 10_000


class TokenBucket:
    """`rate` tokens a second, at most `burst` saved up."""

    __slots__ = ("_burst", "_clock", "_last", "_rate", "_tokens")

    def __init__(self, *, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._clock = clock
        self._last = clock()

    def take(self) -> bool:
        """Whether there was a token left."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._last) * self._rate)
        self._last = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Buckets:
    """A bucket for each of many; the one that was used longest ago goes first when they are HELD."""

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._all: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, whose: str) -> bool:
        """Whether there was a token left in this one."""
        bucket = self._all.pop(whose, None) or TokenBucket(rate=self._rate, burst=self._burst)
        self._all[whose] = bucket
        if len(self._all) > HELD:
            self._all.popitem(last=False)
        return bucket.take()
