"""Writes the pictures of the README and of docs/screens.md. `python -m tests.e2e.screenshots`.

First one consultation: the phantom chest at its nodule, in the lung window, with the doctor's arrow and
words. Each sees the other's pointer. Then what else a doctor lays out, and pages before and beside a room.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from playwright.async_api import Browser, async_playwright

from readingroom.imaging import phantom
from tests.e2e.browsers import launched
from tests.e2e.house import Demo
from tests.e2e.person import Person

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
TABLET: Final[Any] = {"width": 768, "height": 1024}
HOST_LINK: Final = re.compile(r"http://\S+#host\.\S+")
GRID: Final = phantom.Grid()
GREYS: Final = 80
COLORS: Final = 80
MOST_BYTES: Final = 300_000


async def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        print("Drawing the phantom chest; this takes a minute.", file=sys.stderr, flush=True)
        phantom.write_study(folder / "study", slices=GRID.slices, rows=GRID.rows, columns=GRID.columns)
        demo = Demo(folder)
        async with async_playwright() as playwright:
            try:
                links = await demo.open(folder / "study")
                browsers = await launched(playwright), await launched(playwright)
                doctor = await Person.at(await browsers[0].new_context(**DESK), "Dr. Weber")
                patient = await Person.at(await browsers[1].new_context(**PHONE), "Maria")
                DOCS.mkdir(exist_ok=True)
                await shoot(await studies(browsers[0], demo), "studies")
                await doctor.joins(links.doctor)
                await patient.opens(links.patient)
                await patient.page.get_by_label("Your name").wait_for()
                await shoot(patient, "joining")
                await patient.joins(links.patient)
                await consult(doctor, patient)
                await shoot(doctor, "doctor")
                await shoot(patient, "patient")
                await doctor.page.keyboard.press("f")
                await shoot(doctor, "conference")
                await doctor.page.keyboard.press("f")
                for layout, name in (
                    ("Side by side", "compare"), ("Four", "four"), ("Three planes", "planes"),
                ):  # fmt: skip
                    await lay_out(doctor, layout)
                    await shoot(doctor, name)
                await patient.page.set_viewport_size(TABLET)
                await settle(patient)
                await shoot(patient, "tablet")
            finally:
                await demo.stop()


async def studies(browser: Browser, demo: Demo) -> Person:
    """A doctor who has signed in, at the list of studies."""
    person = await Person.at(await browser.new_context(**DESK), "Dr. Weber")
    await person.opens((await demo.says(HOST_LINK))[0])
    await person.page.get_by_role("button", name="Open").first.wait_for()
    await person.page.wait_for_load_state("networkidle")
    return person


async def lay_out(doctor: Person, layout: str) -> None:
    await doctor.button("Layout").click()
    await doctor.button(layout).click()
    await settle(doctor)
    if layout == "Side by side":
        first, second = await doctor.page.get_by_role("slider").all()
        await second.fill(await first.input_value())
        await doctor.button("Link").click()
        await settle(doctor)


async def settle(person: Person) -> None:
    """Every pane that shows something is drawn as well as it can be."""
    await person.page.wait_for_timeout(500)
    await person.until(
        "readingroom.panes().every((n, i) => !readingroom.view(n)?.shown"
        " || document.querySelectorAll('.pane')[i].dataset.drawnQuality === 'full')",
        limit_s=60,
    )


async def shoot(person: Person, name: str) -> None:
    write(await person.page.screenshot(), DOCS / f"{name}.png")


async def consult(doctor: Person, patient: Person) -> None:
    """To the nodule, closer, an arrow with words, and both pointers."""
    index, row, column = GRID.nearest(phantom.truth().nodule.center)
    await doctor.until("!document.querySelector('.load')", limit_s=120)
    before = await doctor.tag()
    await doctor.page.get_by_role("slider").fill(str(index))
    await doctor.settled(before)
    before = await doctor.tag()
    x, y = await nodule(doctor, row, column)
    await doctor.page.mouse.move(x, y)
    await doctor.page.keyboard.down("Control")
    await doctor.page.mouse.wheel(0, -55)
    await doctor.page.keyboard.up("Control")
    tag = await doctor.settled(before)
    await patient.drew(tag)
    await doctor.button("Arrow").click()
    await doctor.drags_from(x + 95, y - 95, x + 14, y - 14)
    await doctor.has_marks(1)
    await doctor.button("Text").click()
    await doctor.page.mouse.click(x + 40, y + 60)
    await doctor.page.get_by_label("Your words").fill("It has grown")
    await doctor.button("Write").click()
    await patient.has_marks(2)
    # A finger that rests on the picture points.
    session = await patient.page.context.new_cdp_session(patient.page)
    px, py = await patient.center()
    await session.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": px - 60, "y": py + 40}]}
    )
    await doctor.page.locator(".stage-pointer").wait_for()
    await doctor.page.mouse.move(x - 60, y + 170)
    await patient.page.locator(".stage-pointer").wait_for()


async def nodule(person: Person, row: int, column: int) -> tuple[float, float]:
    """Where the nodule lies on the screen that shows the whole slice."""
    x, y = await person.center()
    width, height = await person.asks("[host().clientWidth, host().clientHeight]")
    scale = min(width, height) / GRID.rows
    return x + (column + 0.5 - GRID.columns / 2) * scale, y + (row + 0.5 - GRID.rows / 2) * scale


def write(shot: bytes, to: Path) -> None:
    """With fewer colors, so that the project stays small."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    out = io.BytesIO()
    picture.quantize(palette=palette(picture), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) < MOST_BYTES, f"{to.name}: {len(out.getvalue())} bytes"
    to.write_bytes(out.getvalue())
    print(f"{to.name}: {picture.width} x {picture.height}, {len(out.getvalue()) / 1000:.0f} kB")


def palette(picture: Image.Image) -> Image.Image:
    """Evenly spaced greys for the scan, and the commonest colors of what is colored, however little."""
    pixels = np.asarray(picture).reshape(-1, 3)
    colored = pixels[np.ptp(pixels, axis=1) > 12]
    common = Image.fromarray(colored[None]).quantize(COLORS).getpalette() or []
    greys = [level for step in range(GREYS) for level in [round(255 * step / (GREYS - 1))] * 3]
    chosen = Image.new("P", (1, 1))
    chosen.putpalette(greys + common)
    return chosen


if __name__ == "__main__":
    asyncio.run(main())
