"""Whether this process has slept: stopped, or stalled, for so long that what it knows may be old (R55)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

LOOK_S = 0.2
NAP_S = 1.0


class Wakefulness:
    """Asleep from a gap of more than NAP_S in the monotonic clock on until `rouse` has returned.

    It is looked at again whenever it is asked, so nothing can be told between the gap and its discovery.
    """

    def __init__(
        self,
        rouse: Callable[[], Awaitable[None]],
        awake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rouse = rouse
        self._awake = awake
        self._clock = clock
        self._looked = clock()
        self._asleep = asyncio.Event()
        self.naps = 0

    def asleep(self) -> bool:
        """Whether nothing must be told or shown now."""
        now = self._clock()
        if now - self._looked > NAP_S:
            self.naps += 1
            self._asleep.set()
        self._looked = now
        return self._asleep.is_set()

    async def look(self) -> None:
        """Look often enough, until cancelled."""
        while True:
            self.asleep()
            await asyncio.sleep(LOOK_S)

    async def run(self) -> None:
        """Catch up after each nap, until cancelled; once more if it slept again meanwhile."""
        while True:
            await self._asleep.wait()
            naps = self.naps
            await self._rouse()
            if self.naps == naps:
                self._asleep.clear()
                self._awake()
