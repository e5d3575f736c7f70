"""The picture is never wrong: the page's pixels are the server's own rendering, grey level by grey level."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser

from tests.e2e.conftest import Consultation
from tests.e2e.house import House
from tests.e2e.kinds import EDGE, KINDS, write_kinds
from tests.e2e.person import Person, Pixels
from tests.e2e.pictures import as_high_as, both_drew, is_a_picture
from tests.e2e.truth import Truth, truth_of
from tests.imaging.dicoms import DATA, NO_DATA

ROWS = 256
WITHIN_ONE = {
    "float map", "32 bit integers", "32 bits inverted", "32 bits by VOI LUT", "parametric_map_float.dcm",
}  # fmt: skip
"""Drawn from floats, by a formula in single precision."""

REAL = (
    "CT1_UNC.dcm", "derived_CT1_MONOCHROME1.dcm", "derived_CT1_SIGMOID.dcm", "derived_CT1_LINEAR_EXACT.dcm",
    "mlut_18.dcm", "vlut_04.dcm", "pt_acrinflt_028.dcm", "eCT_Supplemental.dcm", "parametric_map_float.dcm",
    "US1_RLE.dcm", "examples_palette.dcm", "examples_ybr_color.dcm", "IM-0001-0004-0001.dcm",
)  # fmt: skip


async def rendered(study: Path, folder: Path, index: int, window: dict[str, object]) -> Pixels:
    """`readingroom render` of the slice, in the window that is on screen."""
    out = folder / "rendered.png"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "readingroom", "render", str(study), "--out", str(out),
        "--index", str(index), f"--window={window['center']},{window['width']},linear",
        env={**os.environ, "NUMBA_CACHE_DIR": ""},
    )  # fmt: skip
    assert await process.wait() == 0
    return np.asarray(Image.open(out))


async def test_the_page_draws_exactly_what_render_writes(
    consultation: Consultation, study: Path, tmp_path: Path
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await as_high_as(doctor, ROWS)
    await doctor.rests()
    before = await doctor.tag()
    await doctor.turns(2)
    await doctor.settled(before)
    before = await doctor.tag()
    await doctor.drags(-70, 30)
    ours, _ = await both_drew(doctor, patient, before)
    shown = await doctor.asks("readingroom.view()")
    frame = await doctor.asks("readingroom.frame()")
    truth = await rendered(study / "current", tmp_path, frame, shown["window"])
    left = (ours.shape[1] - ROWS) // 2
    assert is_a_picture(ours)
    assert np.array_equal(ours[:, left : left + ROWS], truth)
    assert not ours[:, :left].any()
    assert not ours[:, left + ROWS :].any()


@dataclass(frozen=True)
class Gallery:
    """A doctor alone before many kinds of pictures, and what they must look like."""

    doctor: Person
    truth: Truth

    async def shown(self, name: str, rows: int) -> tuple[Pixels, dict[str, Any]]:
        """The drawn picture on a canvas of so many rows, and the window it is in."""
        await self.doctor.shows(name)
        await as_high_as(self.doctor, rows)
        await self.doctor.until("host().dataset.drawnQuality === 'full'")
        if await self.doctor.asks(
            "readingroom.view().inverted"
        ):  # so PET opens; render writes what the file says
            await self.doctor.page.keyboard.press("i")
            await self.doctor.until(
                "!readingroom.view().inverted && host().dataset.drawn === readingroom.tag()"
            )
        return await self.doctor.colors(), (await self.doctor.asks("readingroom.view()"))["window"]


@asynccontextmanager
async def _gallery(files: Path, house: House, browser: Browser) -> AsyncIterator[Gallery]:
    async with truth_of(files) as truth, AsyncExitStack() as stack:
        context = await browser.new_context(viewport={"width": 1300, "height": 700})
        stack.push_async_callback(context.close)
        doctor = await Person.at(context, "Dr. Weber")
        await doctor.opens((await house.room(files)).doctor)
        await doctor.page.get_by_label("Your name").fill(doctor.name)
        await doctor.button("Join").click()
        await doctor.sees_the_picture()
        yield Gallery(doctor, truth)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def gallery(
    house: House, browsers: tuple[Browser, Browser], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gallery]:
    files = write_kinds(tmp_path_factory.mktemp("kinds") / "files")
    async with _gallery(files, house, browsers[0]) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def real_gallery(
    house: House, browsers: tuple[Browser, Browser], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gallery]:
    """Real files, each called by its name."""
    folder = tmp_path_factory.mktemp("real")
    for number, name in enumerate(REAL):
        ds = pydicom.dcmread(DATA / "singles" / name)
        ds.SeriesDescription, ds.SeriesInstanceUID = name, f"1.2.3.79.{number + 1}"
        ds.save_as(folder / f"{number}.dcm")
    async with _gallery(folder, house, browsers[0]) as opened:
        yield opened


def same(name: str, ours: Pixels, truth: Pixels) -> None:
    """Level by level in the middle of the canvas, black beside it."""
    colors = truth if truth.ndim == 3 else truth[:, :, np.newaxis].repeat(3, 2)
    height, width = truth.shape[:2]
    assert ours.shape[0] == height
    left = (ours.shape[1] - width) // 2
    off = np.abs(ours[:, left : left + width].astype(int) - colors)
    assert truth.min() < truth.max()
    assert off.max() <= (1 if name in WITHIN_ONE else 0), f"{(off > 0).mean():.2%} differ, by {off.max()}"
    assert not ours[:, :left].any()
    assert not ours[:, left + width :].any()


@pytest.mark.parametrize("name", KINDS)
async def test_every_kind_is_drawn_as_render_writes_it(gallery: Gallery, name: str) -> None:
    ours, window = await gallery.shown(name, EDGE)
    same(name, ours, await gallery.truth.drawn(name, window))


@pytest.mark.parametrize("name", KINDS)
async def test_enlarged_pixels_lie_between_their_neighbors(gallery: Gallery, name: str) -> None:
    ours, window = await gallery.shown(name, 2 * EDGE)
    same(name, ours, await gallery.truth.enlarged(name, window))


@pytest.mark.parametrize("name", KINDS)
async def test_reduced_pixels_are_the_mean_of_four(gallery: Gallery, name: str) -> None:
    ours, window = await gallery.shown(name, EDGE // 2)
    same(name, ours, await gallery.truth.reduced(name, window))


@pytest.mark.skipif(not (DATA / "singles").is_dir(), reason=NO_DATA)
@pytest.mark.parametrize("name", REAL)
async def test_real_files_are_drawn_as_render_writes_them(real_gallery: Gallery, name: str) -> None:
    ours, window = await real_gallery.shown(name, await real_gallery.truth.rows(name))
    same(name, ours, await real_gallery.truth.drawn(name, window))
