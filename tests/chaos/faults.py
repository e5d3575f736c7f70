"""What goes wrong in a chaos run: one table of faults, each of which begins, lasts and is healed."""

from __future__ import annotations

import asyncio
import math
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from readingroom.rooms.embedded import Valkey
from tests.chaos.history import Gap, History
from tests.chaos.nodes import Node
from tests.chaos.people import People, Person, milliseconds
from tests.chaos.proxy import Proxy

FRAME_HEAD: Final = 20
"""A cut falls within so many bytes of a frame's beginning."""
NOTICED_S: Final = 8.5
"""A page takes a line for dead that said nothing for 7 s."""
AGAIN_S: Final = 0.01
WAITS_FOR_A_FRAME_S: Final = 0.5


@dataclass(slots=True)
class Stage:
    """All that can be harmed; `stores` are the nodes' ways to the store.

    `ended` is when the last fault was over, ms, and `last` its name.
    """

    nodes: list[Node]
    stores: list[Proxy]
    valkey: Valkey
    front: Proxy
    people: People
    everybody: list[Person]
    history: History
    valkey_busy: bool = False
    ended: float = 0.0
    last: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    starting: list[asyncio.Task[None]] = field(default_factory=list)

    def idle(self, chance: random.Random) -> Node | None:
        """A node nothing is done to, as long as another one is left to serve."""
        idle = [node for node in self.nodes if not node.busy and node.serving]
        return chance.choice(idle) if len(idle) > 1 else None


async def node_killed(stage: Stage, chance: random.Random) -> bool:
    return await _ended(stage, chance, signal.SIGKILL)


async def node_restarted(stage: Stage, chance: random.Random) -> bool:
    return await _ended(stage, chance, signal.SIGTERM)


async def _ended(stage: Stage, chance: random.Random, how: signal.Signals) -> bool:
    """Over when the node has ended: others serve. It comes back in its own time."""
    node = stage.idle(chance)
    if node is None:
        return False
    node.busy = True
    await node.end(how)

    async def again() -> None:
        await node.keep_starting()
        node.busy = False

    stage.starting.append(asyncio.create_task(again()))
    return True


async def node_stopped(stage: Stage, chance: random.Random) -> bool:
    node = stage.idle(chance)
    if node is None:
        return False
    node.busy = True
    node.send(signal.SIGSTOP)
    await asyncio.sleep(chance.uniform(0.2, 3))
    node.send(signal.SIGCONT)
    node.busy = False
    return True


async def valkey_killed(stage: Stage, chance: random.Random) -> bool:
    if stage.valkey_busy or (pid := stage.valkey.pid) is None:
        return False
    stage.valkey_busy = True
    os.kill(pid, signal.SIGKILL)
    await stage.valkey.died()
    began = milliseconds()
    await asyncio.sleep(chance.uniform(0, 0.8))
    ended = milliseconds()
    stage.valkey.start()
    stage.history.gaps.append(Gap(began, ended, f"the store was killed ({pid})", unsaved=True))
    await stage.valkey.ready()
    stage.valkey_busy = False
    return True


async def valkey_stopped(stage: Stage, chance: random.Random) -> bool:
    if stage.valkey_busy or (pid := stage.valkey.pid) is None:
        return False
    stage.valkey_busy = True
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(0.005)  # what it had written may still be on its way
    began = milliseconds()
    await asyncio.sleep(chance.uniform(0.2, 2.5))
    ended = milliseconds()
    os.kill(pid, signal.SIGCONT)
    stage.history.gaps.append(Gap(began, ended, "the store was stopped", unsaved=True))
    stage.valkey_busy = False
    return True


async def people_cut(stage: Stage, chance: random.Random) -> bool:
    for pipe in stage.front.pipes:
        if chance.random() < 0.7:
            pipe.reset()
    return True


async def people_held(stage: Stage, chance: random.Random) -> bool:
    """A black hole in front of everybody."""
    stage.front.hold(True)
    await asyncio.sleep(chance.uniform(0.2, 2.5))
    stage.front.hold(False)
    return True


async def people_late(stage: Stage, chance: random.Random) -> bool:
    stage.front.late(chance.uniform(0.02, 0.25))
    await asyncio.sleep(chance.uniform(1, 3))
    stage.front.late(0)
    return True


async def people_half_open(stage: Stage, chance: random.Random) -> bool:
    return await _half_open(stage.front, chance, chance.uniform(1, 5))


async def people_silent(stage: Stage, chance: random.Random) -> bool:
    """Lines that are dead for ever and never say so: pages must notice by themselves."""
    pipes = [pipe for pipe in stage.front.pipes if chance.random() < 0.2]
    for pipe in pipes:
        pipe.swallowing = True
    await asyncio.sleep(NOTICED_S)
    return bool(pipes)


async def _half_open(proxy: Proxy, chance: random.Random, lasts_s: float) -> bool:
    """As a router that forgot a connection: silence both ways, and RST when it is noticed at last."""
    pipes = [pipe for pipe in proxy.pipes if chance.random() < 0.4]
    for pipe in pipes:
        pipe.swallowing = True
    await asyncio.sleep(lasts_s)
    for pipe in pipes:
        pipe.reset()
    return bool(pipes)


async def frame_cut(stage: Stage, chance: random.Random) -> bool:
    """The connection goes in the middle of a websocket frame, either way."""
    pipes = [pipe for pipe in stage.front.pipes if chance.random() < 0.4]
    for pipe in pipes:
        end = pipe.client if chance.random() < 0.5 else pipe.server
        pipe.cut_after[end] = chance.randrange(1, FRAME_HEAD)
    await asyncio.sleep(WAITS_FOR_A_FRAME_S)
    for pipe in pipes:
        pipe.reset()
    return bool(pipes)


async def store_cut(stage: Stage, chance: random.Random) -> bool:
    """A node is cut off from the store; it is still there for people."""
    proxy = chance.choice(stage.stores)
    proxy.refusing = True
    proxy.cut()
    await asyncio.sleep(chance.uniform(0.1, 3))
    proxy.refusing = False
    return True


async def store_held(stage: Stage, chance: random.Random) -> bool:
    proxy = chance.choice(stage.stores)
    proxy.hold(True)
    await asyncio.sleep(chance.uniform(0.2, 3))
    proxy.hold(False)
    return True


async def store_late(stage: Stage, chance: random.Random) -> bool:
    proxy = chance.choice(stage.stores)
    proxy.late(chance.uniform(0.01, 0.15))
    await asyncio.sleep(chance.uniform(1, 3))
    proxy.late(0)
    return True


async def store_half_open(stage: Stage, chance: random.Random) -> bool:
    return await _half_open(chance.choice(stage.stores), chance, chance.uniform(1, 4))


async def person_back(stage: Stage, chance: random.Random) -> bool:
    """Somebody closes his page and opens it again: the same cookie, nothing else."""
    person = chance.choice(stage.everybody)
    if person.seat is None or person.now.connection == "ended":
        return False
    stage.people.leave(person)
    await asyncio.sleep(chance.uniform(0, 1))
    stage.people.sit(person)
    return True


Fault = Callable[[Stage, random.Random], Awaitable[bool]]
"""Done when it is over. False: there was nothing to harm now."""

FAULTS: Final[dict[str, Fault]] = {
    "node killed": node_killed,
    "node restarted": node_restarted,
    "node stopped": node_stopped,
    "store killed": valkey_killed,
    "store stopped": valkey_stopped,
    "people cut": people_cut,
    "people held": people_held,
    "people late": people_late,
    "people half open": people_half_open,
    "people silent": people_silent,
    "frame cut": frame_cut,
    "store cut off": store_cut,
    "store held": store_held,
    "store late": store_late,
    "store half open": store_half_open,
    "person back": person_back,
}


class Trouble:
    """Deals faults from a shuffled deck: each kind comes before any comes again."""

    def __init__(self, stage: Stage, chance: random.Random, pause_s: float, kinds: list[str]) -> None:
        self._stage = stage
        self._chance = chance
        self._pause_s = pause_s
        self._kinds = kinds
        self._deck: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def make(self) -> None:
        """Until cancelled; then `last`."""
        while True:
            self._tasks.add(asyncio.create_task(self._one()))
            await asyncio.sleep(self._chance.expovariate(1 / self._pause_s))

    async def last(self) -> None:
        """One more, and every fault that has begun is healed."""
        before = self._stage.ended
        while self._stage.ended == before:
            await self._one()
            await asyncio.sleep(AGAIN_S)
        await asyncio.gather(*self._tasks)
        self._tasks.clear()

    async def _one(self) -> None:
        if not self._deck:
            self._deck = list(self._kinds)
            self._chance.shuffle(self._deck)
        name, chance = self._deck.pop(), random.Random(self._chance.random())
        began, gaps = milliseconds(), self._stage.history.gaps
        gap = Gap(began, math.inf, name)
        gaps.append(gap)
        if await FAULTS[name](self._stage, chance):
            self._stage.counts[name] += 1
            self._stage.last = name
            self._stage.ended = milliseconds()
        gaps.remove(gap)
        gaps.append(Gap(began, milliseconds(), name))
