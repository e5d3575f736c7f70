"""Measures the time from a wheel event on one screen to the other canvas drawn.

`python -m tests.e2e.latency --steps 100 --workers 2` starts a demo with a small phantom, prints p50 and p99.
Both browsers run on this machine, so their clocks are one. The end is the moment the drawing commands of the
followed view were given; the display adds at most a frame.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.async_api import async_playwright

from readingroom.imaging import phantom
from tests.e2e.browsers import launched
from tests.e2e.house import Demo
from tests.e2e.person import Person

OTHER_PROCESS_TRIES = 40


@dataclass(frozen=True)
class Latencies:
    milliseconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.milliseconds, share))

    def __str__(self) -> str:
        return (
            f"p50 {self.percentile(50):.0f} ms, p99 {self.percentile(99):.0f} ms, "
            f"most {max(self.milliseconds):.0f} ms ({len(self.milliseconds)} steps)"
        )


async def measure(leader: Person, follower: Person, *, steps: int) -> Latencies:
    """One notch at a time, back and forth through the stack, each waited for on both screens."""
    await leader.rests()
    taken = []
    frames = 8
    for step in range(steps):
        before = await leader.tag()
        await leader.turns(1 if step // frames % 2 == 0 else -1)
        tag = await leader.settled(before)
        await follower.drew(tag)
        turned = await leader.asks("watched.inputs.findLast(({ kind }) => kind === 'wheel').at")
        drawn = await follower.asks(f"watched.drawn.find(({{ tag }}) => tag === '{tag}').at")
        taken.append(float(drawn) - float(turned))
    return Latencies(tuple(taken))


async def on_another_process(person: Person, other: Person) -> None:
    """Loads the page again until its socket is at another of the server's processes."""
    theirs = await other.asks("readingroom.process()")
    for _ in range(OTHER_PROCESS_TRIES):
        if await person.asks("readingroom.process()") != theirs:
            return
        await person.page.reload()
        await person.sees_the_picture()
    raise AssertionError(f"{OTHER_PROCESS_TRIES} connections all reached the same process.")


async def main(steps: int, workers: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        phantom.write_chest(folder / "study", slices=24, rows=256, columns=256)
        demo = Demo(folder)
        async with async_playwright() as playwright:
            try:
                links = await demo.open(folder / "study", "--workers", str(workers))
                people = []
                for name, link in (("Dr. Weber", links.doctor), ("Maria", links.patient)):
                    browser = await launched(playwright)
                    context = await browser.new_context(viewport={"width": 1000, "height": 700})
                    people.append(await Person.at(context, name))
                    await people[-1].joins(link)
                doctor, patient = people
                if workers > 1:
                    await on_another_process(patient, doctor)
                print(await measure(doctor, patient, steps=steps))
            finally:
                await demo.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Wheel event on one screen to the other canvas drawn.")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1, help="serving processes")
    options = parser.parse_args()
    asyncio.run(main(options.steps, options.workers))
