"""Real scans, JPEG-LS and all: both browsers show the same slice."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import Guests
from tests.e2e.house import Demo
from tests.e2e.pictures import both_drew, is_a_picture, same_size

DATA = Path(os.environ.get("READINGROOM_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
NAMES = ("demo_ct_chest_lidc0314", "demo_mr_brain_t1_studyforrest")


@pytest.mark.parametrize("name", NAMES)
async def test_both_browsers_show_the_same_slice_of_a_real_scan(
    guests: Guests, tmp_path: Path, name: str
) -> None:
    study = DATA / "volumes" / name
    if not study.is_dir():
        pytest.skip(f"{study} is not here")
    server = Demo(tmp_path)
    try:
        doctor, patient = await guests.both(await server.open(study))
        await same_size(doctor, patient)
        before = await doctor.tag()
        await doctor.rests()
        await doctor.turns(3)
        ours, theirs = await both_drew(doctor, patient, before)
        assert is_a_picture(ours)
        assert np.array_equal(ours, theirs)
        assert await doctor.asks("readingroom.frame()") == await patient.asks("readingroom.frame()")
    finally:
        await server.stop()
