"""The picture is never wrong: the page's pixels are the server's own rendering, grey level by grey level."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person, Pixels
from tests.e2e.pictures import both_drew, is_a_picture

ROWS = 256


async def at_its_own_size(person: Person) -> None:
    """Makes the window so high that a row of the picture is a row of the canvas."""
    viewport = person.page.viewport_size
    assert viewport is not None
    higher = ROWS - await person.asks("host().clientHeight")
    width = await person.asks("host().clientWidth")
    await person.page.set_viewport_size(
        {"width": viewport["width"] + width % 2, "height": viewport["height"] + higher}
    )
    await person.until(f"host().querySelector('canvas:not([hidden])').height === {ROWS}")


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
    await at_its_own_size(doctor)
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
