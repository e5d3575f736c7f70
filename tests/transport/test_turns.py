"""Turns: people one after the other, however much one of them asks, and nothing left behind."""

from __future__ import annotations

import asyncio

import pytest

from readingroom.errors import TooFast
from readingroom.transport.turns import Turns


class Requests:
    """Requests that hold their turn until they are told to end; who began, in order."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.began: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def ask(self, person: str, name: str) -> asyncio.Task[None]:
        """A request that has come as far as it comes now."""
        end = self.ends[name] = asyncio.Event()

        async def run() -> None:
            async with self._turns.turn(person):
                self.began.append(name)
                await end.wait()

        task = asyncio.create_task(run())
        await settled()
        return task

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await settled()


async def settled() -> None:
    """Whatever can go on without us has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_crowd_of_one_person_costs_another_a_single_turn():
    requests = Requests(Turns(at_once=1, of_one=10))
    for name in ("a1", "a2", "a3", "a4"):
        await requests.ask("a", name)
    await requests.ask("b", "b1")
    await requests.ask("b", "b2")
    for name in ("a1", "a2", "b1", "a3", "b2", "a4"):
        await requests.end(name)
    assert requests.began == ["a1", "a2", "b1", "a3", "b2", "a4"]


async def test_so_many_hold_a_turn_at_once():
    requests = Requests(Turns(at_once=2, of_one=10))
    for name in ("a1", "a2", "a3"):
        await requests.ask("a", name)
    assert requests.began == ["a1", "a2"]
    await requests.end("a2")
    assert requests.began == ["a1", "a2", "a3"]


async def test_more_than_one_person_may_ask_is_too_fast_and_others_may_still():
    requests = Requests(Turns(at_once=1, of_one=2))
    await requests.ask("a", "a1")
    await requests.ask("a", "a2")
    with pytest.raises(TooFast):
        await (await requests.ask("a", "a3"))
    await requests.ask("b", "b1")
    for name in ("a1", "a2", "b1"):
        await requests.end(name)
    assert requests.began == ["a1", "a2", "b1"]
    await requests.ask("a", "a4")
    assert requests.began[-1] == "a4"


async def test_who_goes_away_while_waiting_leaves_nothing_behind():
    requests = Requests(Turns(at_once=1, of_one=2))
    await requests.ask("a", "a1")
    waiting = await requests.ask("a", "a2")
    waiting.cancel()
    await settled()
    await requests.ask("a", "a3")
    await requests.end("a1")
    assert requests.began == ["a1", "a3"]


async def test_a_turn_that_comes_to_somebody_just_gone_goes_on_to_the_next():
    requests = Requests(Turns(at_once=1, of_one=2))
    holding = await requests.ask("a", "a1")
    waiting = await requests.ask("b", "b1")
    await requests.ask("c", "c1")
    holding.cancel()
    waiting.cancel()  # before it has run again: its turn may have come to it in between
    await settled()
    assert requests.began == ["a1", "c1"]
    await requests.end("c1")
    await requests.ask("d", "d1")
    assert requests.began == ["a1", "c1", "d1"]


async def test_a_turn_given_in_the_moment_of_going_away_is_passed_on():
    turns = Turns(at_once=1, of_one=2)
    requests = Requests(turns)
    waiting: list[asyncio.Task[None]] = []
    async with turns.turn("a"):
        waiting.append(await requests.ask("b", "b1"))
        await requests.ask("c", "c1")
    waiting[0].cancel()  # it holds the turn, and has not run since
    await settled()
    assert requests.began == ["c1"]
