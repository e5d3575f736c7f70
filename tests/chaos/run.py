"""One chaos run: people, and trouble in rounds; after each round the quiet is looked at."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from tests.chaos import checker, quiet
from tests.chaos.faults import Stage, Trouble
from tests.chaos.history import History, Quiet, Violation
from tests.chaos.hostile import Hostile
from tests.chaos.load import Load
from tests.chaos.people import (
    milliseconds,
    until,
)
from tests.chaos.scene import Plan, Scene, house

NOBODY_NEW_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class Outcome:
    history: History
    violations: list[Violation]
    faults: dict[str, int]
    seconds: float


async def run(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """The whole run. Raises only when the house could not be set up."""
    with _silent():
        return await _run(plan, say)


@contextmanager
def _silent() -> Iterator[None]:
    """What this process itself logs of a store that fails; nodes are listened to."""
    logger = logging.getLogger("readingroom")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


async def _run(plan: Plan, say: Callable[[str], None]) -> Outcome:
    async with house(plan) as scene, acting(plan, scene):
        stage, history = scene.stage, scene.stage.history
        began = milliseconds()
        found: list[Violation] = []
        number = 0
        trouble = Trouble(stage, random.Random(plan.seed), plan.fault_every_s, list(plan.kinds))
        while (left_s := plan.seconds - (milliseconds() - began) / 1000) > 0:
            number += 1
            await _trouble(min(plan.round_s, left_s), trouble, scene, strangers=plan.strangers)
            healed = milliseconds()
            await _answered(scene.hostile)
            settled = asyncio.Event()
            looking = asyncio.create_task(quiet.of_browser(plan, scene, healed, settled))
            quiets = [await quiet.of_room(plan, scene, room, healed) for room in scene.rooms]
            settled.set()
            quiets += await looking
            history.quiets += quiets
            _gather_complaints(stage)
            found = checker.violations(history, within_s=plan.within_s)
            say(_progress(number, stage, quiets, found))
            if found and plan.stop_at_first:
                break
            await _fill_empty_seats(stage)
        return Outcome(history, found, dict(stage.counts), (milliseconds() - began) / 1000)


@asynccontextmanager
async def acting(plan: Plan, scene: Scene) -> AsyncIterator[None]:
    """Everybody does what he does whenever `going` is set."""
    stage = scene.stage
    load = Load(stage.people, scene.witness.states, stage.everybody, scene.library, plan.pace_s, scene.going)
    hosts = [person for person in stage.everybody if person.role == "host"]
    here, there = hosts[0], hosts[-1]
    acts = [load.walk(person, f"{plan.seed}/{person.name}") for person in stage.everybody]
    acts += [
        *(one.run(f"{plan.seed}/{one.person.name}") for one in scene.hostile),
        scene.guests.come_and_go(here, f"{plan.seed}/guests"),
        scene.endings.end_and_reopen(there, f"{plan.seed}/endings"),
        scene.endings.bring_back(stage.everybody),
    ]
    tasks = [asyncio.create_task(act) for act in acts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _trouble(seconds: float, trouble: Trouble, scene: Scene, *, strangers: bool) -> None:
    """Faults under load; nobody new comes toward the end, and the last guest has left at the end.

    It is over in the moment in which the last fault is.
    """
    scene.going.set()
    if strangers:
        scene.open.set()
    making = asyncio.create_task(trouble.make())
    if scene.browser is not None:
        await scene.browser.draws()
    await asyncio.sleep(max(0.0, seconds - NOBODY_NEW_S))
    scene.open.clear()
    await asyncio.sleep(min(seconds, NOBODY_NEW_S))
    await until(lambda: not scene.guests.busy and not scene.endings.busy)
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)
    await trouble.last()
    scene.going.clear()


async def _answered(hostile: tuple[Hostile, ...]) -> None:
    await until(lambda: not any(one.waits for one in hostile))


def _gather_complaints(stage: Stage) -> None:
    for complaints in (*(node.complaints for node in stage.nodes), stage.people.complaints):
        stage.history.complaints += complaints
        complaints.clear()


def _progress(number: int, stage: Stage, quiets: list[Quiet], found: list[Violation]) -> str:
    slowest = max((quiet.converged_s for quiet in quiets if quiet.converged_s is not None), default=0.0)
    changes = sum(len(record.log) for record in stage.history.rooms.values())
    return (
        f"round {number}: {sum(stage.counts.values())} faults, {changes} changes, "
        f"converged {slowest:.2f} s after {stage.last}, {len(found)} violations"
    )


async def _fill_empty_seats(stage: Stage) -> None:
    """Whoever was sent away for good, which is a violation by then, is replaced so that the run goes on."""
    for person in stage.everybody:
        if person.now.connection == "ended":
            stage.people.leave(person)
            stage.people.sit(person)
