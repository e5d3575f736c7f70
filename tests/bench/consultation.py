"""P8 to P11 in real browsers: what a consultation costs on the wire, and how soon people see what happens."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from playwright.async_api import Playwright, async_playwright

from readingroom.imaging import phantom
from tests.e2e.browsers import launched
from tests.e2e.chromium import NoBrowser
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.far import as_if_at, far_away
from tests.e2e.house import Demo, Links
from tests.e2e.latency import measure
from tests.e2e.person import Person
from tests.e2e.wire import SLOW_4G, Wire

Row = dict[str, Any]

SLICES: Final = 200
EDGE: Final = 512

MOVES: Final = 120
MOVE_S: Final = 1 / 60
STEP_AIM_BYTES: Final = 150

WHEELS: Final = 100
ROUND_TRIP_S: Final = 0.08

SWEEPS: Final = 10
LOOKED_AT: Final = 6
"""Slices looked at after each sweep, one after the other: sixty in all."""
DWELL_S: Final = 1.05
SWEEP_STEPS_A_S: Final = 60
CONSULTATION_S: Final = 600
IDLE_S: Final = 10
SCREEN_SHARE_BITS: Final = 1.5e6

FRAMES: Final = """
window.drawn = [];
const { drawArrays } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.drawArrays = function (...how) {
  window.drawn.push(performance.timeOrigin + performance.now());
  return drawArrays.apply(this, how);
};
"""
"""Notes when a page gives its drawing commands."""


@dataclass(frozen=True)
class Room:
    """Two browsers in one room, and the port of their server."""

    doctor: Person
    patient: Person
    links: Links


def report() -> list[Row]:
    """The rows, printed as a table."""
    return asyncio.run(_report())


async def _report() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="readingroom-bench-") as scratch:
        folder = Path(scratch)
        phantom.write_chest(folder / "study", slices=SLICES, rows=EDGE, columns=EDGE)
        async with async_playwright() as playwright:
            try:
                await (await launched(playwright)).close()
            except NoBrowser as none:
                print(f"consultation: {none}")
                return []
            for part in (_drag, _near, _far, _first_picture, _consultation):
                with tempfile.TemporaryDirectory(dir=folder) as data:
                    demo = Demo(Path(data))
                    try:
                        links = await demo.open(folder / "study")
                        rows += await part(playwright, links)
                    finally:
                        await demo.stop()
    _print(rows)
    return rows


@asynccontextmanager
async def together(
    playwright: Playwright, links: Links, *words: str, **patients_device: Any
) -> AsyncIterator[Room]:
    """A doctor at a desk and a patient, each in a browser process of their own."""
    async with AsyncExitStack() as stack:
        people = []
        for name, link, device in (
            ("Dr. Weber", links.doctor, DESKTOP),
            ("Maria", links.patient, DESKTOP | patients_device),
        ):
            browser = await launched(playwright, *words)
            stack.push_async_callback(browser.close)
            context = await browser.new_context(**device)
            await context.add_init_script(FRAMES)
            people.append(await Person.at(context, name))
            await people[-1].joins(link)
            await people[-1].until(f"readingroom.stats().previewed === {SLICES}", limit_s=60)
        yield Room(people[0], people[1], links)


# --- P8 ---------------------------------------------------------------------------------------------------
async def _drag(playwright: Playwright, links: Links) -> list[Row]:
    async with together(playwright, links) as room:
        doctor, patient = room.doctor, room.patient
        wire = await Wire.of(patient)
        await doctor.rests()
        await doctor.quiet()
        await patient.quiet()
        before = doctor.tile_requests + patient.tile_requests
        await doctor.page.mouse.down()
        await doctor.asks("(window.drawn.length = 0, watched.inputs.length = 0)")
        wire.restart()
        x, y = await doctor.center()
        due = time.perf_counter()
        for step in range(MOVES):
            due += MOVE_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await doctor.page.mouse.move(x + step % 60, y + step // 2)
        await doctor.page.mouse.up()
        tag = await doctor.tag()
        await patient.until(f"host().dataset.drawn === readingroom.tag() && '{tag}' !== ''")
        heard, views = wire.heard, wire.heard_of["view"]
        moved = [at["at"] for at in await doctor.asks("watched.inputs") if at["kind"] == "pointermove"]
        drawn = np.array(await doctor.asks("window.drawn"))
        waits = [float(drawn[drawn >= at][0] - at) for at in moved if (drawn >= at).any()]
        tiles = doctor.tile_requests + patient.tile_requests - before
    how = f"{len(moved)} moves at 60/s; the view, pointers, heartbeats, and what each screen has drawn"
    return [
        _row("P8", "image requests of both pages, and so renders", tiles, 0, how),
        _row("P8", "bytes a step to a follower", heard / max(1, len(moved)), STEP_AIM_BYTES, how),
        _row("P8", "of them the view itself", views / max(1, len(moved)), STEP_AIM_BYTES, "event `view`"),
        _row("P8", "move -> own canvas, ms p50", np.percentile(waits, 50), 1000 / 60, "the next frame"),
        _row("P8", "move -> own canvas, ms p99", np.percentile(waits, 99), 2000 / 60, "the next frame"),
    ]


# --- P9 ---------------------------------------------------------------------------------------------------
async def _near(playwright: Playwright, links: Links) -> list[Row]:
    async with together(playwright, links) as room:
        taken = await measure(room.doctor, room.patient, steps=WHEELS)
    how = f"{WHEELS} notches, two browser processes on loopback; p99 {taken.percentile(99):.0f} ms"
    return [_row("P9", "wheel -> follower's canvas, loopback, ms p50", taken.percentile(50), 35, how)]


async def _far(playwright: Playwright, links: Links) -> list[Row]:
    port = int(links.doctor.split("/#", maxsplit=1)[0].rsplit(":", 1)[1])
    async with (
        far_away(port, round_trip_s=ROUND_TRIP_S) as far_port,
        together(playwright, links, as_if_at(port, far_port)) as room,
    ):
        taken = await measure(room.doctor, room.patient, steps=WHEELS)
    how = f"{WHEELS} notches, both browsers 80 ms away; p99 {taken.percentile(99):.0f} ms"
    return [_row("P9", "wheel -> follower's canvas, 80 ms away, ms p50", taken.percentile(50), 120, how)]


# --- P10 --------------------------------------------------------------------------------------------------
async def _first_picture(playwright: Playwright, links: Links) -> list[Row]:
    """A phone whose owner was let in before: only its cache is empty."""
    async with AsyncExitStack() as stack:
        browser = await launched(playwright)
        stack.push_async_callback(browser.close)
        maria = await Person.at(await browser.new_context(**PHONE), "Maria")
        wire = await Wire.of(maria)
        await maria.joins(links.patient)
        address = maria.page.url
        await maria.page.goto("about:blank")
        await wire.is_slow(*SLOW_4G)
        await wire.forgets()
        tapped = time.time()
        await maria.opens(address)
        await maria.until("window.firstPictureAt > 0", limit_s=60)
        first = await maria.asks("window.firstPictureAt") / 1000
        await maria.until("readingroom.quality() === 'full'", limit_s=60)
        exact = time.time()
        await maria.until(f"readingroom.stats().previewed === {SLICES}", limit_s=60)
        whole = time.time()
        preview = sum(each.received for each in wire.crossings.values() if "/preview?" in each.url)
        await maria.page.goto("about:blank")
        await wire.accepts("gzip")
        await wire.forgets()
        await maria.opens(address)
        await maria.until("window.firstPictureAt > 0", limit_s=60)
        others = wire.other_bytes(until=await maria.asks("window.firstPictureAt") / 1000)
    how = f"1.6 Mb/s, 150 ms a request (Chromium's emulation: HTTP only), {SLICES} slices of {EDGE}x{EDGE}"
    sent = f"{preview / 1000:.0f} kB of preview, under the encoding that Chromium likes best"
    return [
        _row("P10", "tap -> first picture, s", first - tapped, 2.5, how),
        _row("P10", "tap -> every value of it, s", exact - tapped, None, how),
        _row("P10", "tap -> preview of the whole stack, s", whole - tapped, 6, sent),
        _row(
            "P10",
            "everything but pictures by then, kB gzip",
            others / 1000,
            90,
            "in another run, gzip alone accepted",
        ),
    ]


# --- P11 --------------------------------------------------------------------------------------------------
async def _consultation(playwright: Playwright, links: Links) -> list[Row]:
    async with AsyncExitStack() as stack:
        people = []
        for name, link, device in (("Dr. Weber", links.doctor, DESKTOP), ("Maria", links.patient, PHONE)):
            browser = await launched(playwright)
            stack.push_async_callback(browser.close)
            people.append(await Person.at(await browser.new_context(**device), name))
            if name == "Maria":
                wire = await Wire.of(people[-1])
            await people[-1].joins(link)
        doctor, patient = people
        started = time.perf_counter()
        exact = 0
        slider = doctor.page.locator(".slider input")
        for sweep in range(SWEEPS):
            frames = range(SLICES) if sweep % 2 == 0 else range(SLICES - 1, -1, -1)
            for frame in frames:
                await slider.fill(str(frame))
                await asyncio.sleep(1 / SWEEP_STEPS_A_S / 2)
            start = 15 + sweep * 18
            for frame in range(start, start + LOOKED_AT):
                await slider.fill(str(frame))
                await asyncio.sleep(DWELL_S)
                exact += await patient.asks(
                    f"readingroom.frame() === {frame} && readingroom.quality() === 'full' ? 1 : 0"
                )
        acted = time.perf_counter() - started
        pictures, heard, others = wire.picture_bytes, wire.heard, wire.other_bytes()
        most = await patient.asks("readingroom.stats().cacheBytes")
        wire.restart()
        await asyncio.sleep(IDLE_S)
        idle = wire.heard / IDLE_S * max(0.0, CONSULTATION_S - acted)
    total = pictures + others + idle
    share = SCREEN_SHARE_BITS / 8 * CONSULTATION_S
    how = (
        f"60 slices of {EDGE}x{EDGE} looked at for {DWELL_S} s, {SWEEPS} sweeps through {SLICES}, done in "
        f"{acted:.0f} s; the rest of {CONSULTATION_S} s as measured while nothing happened. Pictures "
        f"{pictures / 1e6:.1f} MB, events {(heard + idle) / 1e6:.2f} MB; exact after a second: {exact} of 60"
    )
    return [
        _row("P11", "bytes to a follower / a screen share of 1.5 Mb/s", total / share, 0.1, how),
        _row("P11", "kept by the follower's phone, MB", most / 1e6, 150, "decoded tiles and textures"),
    ]


# --- printing -----------------------------------------------------------------------------------------------
def _row(part: str, what: str, ours: float, aim: float | None, conditions: str) -> Row:
    ratio = float(ours) / aim if aim else None
    return {
        "id": part, "what": what, "ours": float(ours), "aim": aim, "ratio": ratio, "conditions": conditions,
    }  # fmt: skip


def _print(rows: list[Row]) -> None:
    print(f"\n{'':6}{'what':52}{'ours':>10}{'aim':>10}{'ratio':>8}")
    for row in rows:
        cells = [f"{row[name]:.2f}" if row[name] is not None else "-" for name in ("ours", "aim", "ratio")]
        print(f"{row['id']:6}{row['what']:52}{cells[0]:>10}{cells[1]:>10}{cells[2]:>8}")
        print(f"{'':6}{row['conditions']}")


if __name__ == "__main__":
    report()
