"""Whether changes can be saved now: told at the first failure, and again when a write succeeded (R71)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from readingroom.errors import ReadingRoomError

log = logging.getLogger(__name__)

RETRY_S = 0.1
RETRY_LIMIT_S = 0.25


class Saving:
    """`probe` must have written something durable when it returns; it raises a refusal until then."""

    def __init__(self, probe: Callable[[], Awaitable[None]], tell: Callable[[bool], None]) -> None:
        self._probe = probe
        self._tell = tell
        self._well = asyncio.Event()
        self._well.set()
        self._ill = asyncio.Event()
        self._well_since = 0.0

    @property
    def now(self) -> bool:
        """Whether the last thing known of the store is that it saves."""
        return self._well.is_set()

    def failed(self, began: float | None = None) -> None:
        """Somebody could not reach the store, or it could not write, with what he began at this moment.

        What was begun before the store was last proven well says nothing about it now.
        """
        if self._well.is_set() and (began is None or began >= self._well_since):
            log.warning("store not saving")
            self._well.clear()
            self._ill.set()
            self._tell(False)

    async def again(self, timeout_s: float) -> bool:
        """Wait until the store saves; False when it did not in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._well.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Probe whenever something failed, until cancelled."""
        while True:
            await self._ill.wait()
            self._ill.clear()
            pause = RETRY_S
            while not await self._works():
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, RETRY_LIMIT_S)
            log.info("store saving")
            self._well_since = time.monotonic()
            self._well.set()
            self._tell(True)

    async def _works(self) -> bool:
        try:
            await self._probe()
        except ReadingRoomError as refusal:
            log.debug("store probe failed", extra={"code": refusal.code})
            return False
        except Exception:  # whatever it is: it is tried again, and nobody is told that anything is saved
            log.exception("store probe failed")
            return False
        return True
