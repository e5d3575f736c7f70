"""A leader's hand is faster than anybody's screen: what comes too fast is merged, and written once (R44)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from readingroom.errors import Stale
from readingroom.protocol import ViewCommand
from readingroom.rooms.invitations import Member
from readingroom.rooms.view import merged

SPACING_S = 1 / 30
PANES = range(4)

Key = tuple[str, str, int, int]
Write = Callable[[Member, ViewCommand], Awaitable[int]]


@dataclass(slots=True)
class _Next:
    """What will be written as soon as it may, and everybody who waits for that."""

    member: Member
    command: ViewCommand
    written: asyncio.Future[int]


@dataclass(slots=True)
class _Hand:
    """One leader's hand on one pane."""

    busy: bool = True
    next: _Next | None = field(default=None)


class Pacing:
    """Passes view commands on to `write`: the first at once, then at most one in SPACING_S a hand.

    A hand is one person's on one pane of one room under one fence; what it asks while it has to wait becomes
    one command in which the newest fields win. All whose command went into it get its answer, or its refusal.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._hands: dict[Key, _Hand] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def move(self, member: Member, command: ViewCommand) -> int:
        """The view revision that holds the command. Raises what `write` raises."""
        key = (member.room, member.principal, command.pane, command.fence)
        before = self._hands.get(key)
        if before is not None and before.next is not None and command.is_late(before.next.command):
            raise Stale()
        if command.layout is not None:
            self._forget_layouts(member, command)
        hand = self._hands.get(key)
        if hand is None:
            hand = self._hands[key] = _Hand()
            try:
                return await self._write(member, command)
            finally:
                self._rest(key, hand)
        if hand.next is None:
            hand.next = _Next(member, command, asyncio.get_running_loop().create_future())
        else:
            hand.next.command = _together(hand.next.command, command)
        return await asyncio.shield(hand.next.written)

    def _forget_layouts(self, member: Member, newest: ViewCommand) -> None:
        """The layout is of all panes: one that waits with another pane is older than the one that comes.

        What waited for nothing else is written all the same, and acknowledged.
        """
        for pane in PANES:
            hand = self._hands.get((member.room, member.principal, pane, newest.fence))
            if hand is not None and hand.next is not None and not newest.is_late(hand.next.command):
                hand.next.command = hand.next.command.model_copy(update={"layout": None})

    async def close(self) -> None:
        """Nothing that waits is written any more."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _rest(self, key: Key, hand: _Hand) -> None:
        asyncio.get_running_loop().call_later(SPACING_S, self._rested, key, hand)

    def _rested(self, key: Key, hand: _Hand) -> None:
        if self._closed:
            return
        waiting, hand.next = hand.next, None
        if waiting is None:
            del self._hands[key]
            return
        task = asyncio.create_task(self._go_on(key, hand, waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_on(self, key: Key, hand: _Hand, waiting: _Next) -> None:
        try:
            revision = await self._write(waiting.member, waiting.command)
        except asyncio.CancelledError:
            waiting.written.cancel()
            raise
        except Exception as refusal:
            waiting.written.set_exception(refusal)
            waiting.written.exception()  # whoever asked may be gone
        else:
            waiting.written.set_result(revision)
        finally:
            self._rest(key, hand)


def _together(before: ViewCommand, after: ViewCommand) -> ViewCommand:
    change = merged(before.change, after.change)
    return after.model_copy(update={"change": change, "layout": after.layout or before.layout})
