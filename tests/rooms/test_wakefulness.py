"""A process that slept tells nothing before it has caught up."""

from __future__ import annotations

import asyncio

from readingroom.rooms.wakefulness import Wakefulness


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_gap_is_a_nap_from_the_first_look_until_it_is_roused():  # R55
    clock, asked, let = Clock(), asyncio.Event(), asyncio.Event()
    awake = asyncio.Event()

    async def rouse() -> None:
        asked.set()
        await let.wait()

    watch = Wakefulness(rouse, awake.set, clock)
    running = asyncio.create_task(watch.run())
    clock.now = 1.0
    assert not watch.asleep()
    clock.now = 2.1
    assert watch.asleep()
    await asked.wait()
    assert watch.asleep()
    assert watch.naps == 1
    let.set()
    await awake.wait()
    assert not watch.asleep()
    running.cancel()


async def test_whoever_falls_asleep_again_while_catching_up_catches_up_again():  # R55
    clock, awake, roused = Clock(), asyncio.Event(), []

    async def rouse() -> None:
        roused.append(clock.now)
        if len(roused) == 1:
            clock.now += 5
            assert watch.asleep()

    watch = Wakefulness(rouse, awake.set, clock)
    running = asyncio.create_task(watch.run())
    clock.now = 2.0
    assert watch.asleep()
    await awake.wait()
    assert roused == [2.0, 7.0]
    running.cancel()
