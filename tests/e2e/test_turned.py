"""Turned, mirrored and inverted pictures: the same pixels elsewhere, on every screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person, Pixels
from tests.e2e.pictures import as_high_as, both_drew, is_a_picture

ROWS = 256

KEYS: dict[str, Callable[[Pixels], Pixels]] = {
    "r": lambda pixels: np.rot90(pixels, -1),
    "l": np.rot90,
    "h": np.fliplr,
    "v": np.flipud,
    "i": lambda pixels: 255 - pixels,
}


async def press(person: Person, keys: str) -> str:
    """The tag of what the keys made of the shared view."""
    for key in keys:
        before = await person.tag()
        await person.page.keyboard.press(key)
        await person.settled(before)
    return await person.tag()


def in_the_field(pixels: Pixels) -> Pixels:
    """The middle of the slice on a canvas as high as it is. Around is padding: black in both polarities."""
    left = (pixels.shape[1] - ROWS) // 2
    return pixels[ROWS // 5 : -(ROWS // 5), left + ROWS // 5 : left + ROWS - ROWS // 5]


@pytest.mark.parametrize("keys", ["r", "l", "h", "v", "i", "rh", "lvi"])
async def test_keys_turn_mirror_and_invert_the_picture_for_everyone(
    consultation: Consultation, keys: str
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await as_high_as(doctor, ROWS)
    await doctor.page.keyboard.press("ArrowDown")
    await doctor.until("host().dataset.drawn === readingroom.tag()")
    first = await doctor.pixels()
    expected = in_the_field(first)
    for key in keys:
        expected = KEYS[key](expected)
    await press(doctor, keys[:-1])
    before = await doctor.tag()
    await doctor.page.keyboard.press(keys[-1])
    ours, _ = await both_drew(doctor, patient, before)
    assert is_a_picture(ours)
    assert np.array_equal(in_the_field(ours), expected)
    turn = "[readingroom.view().turn, readingroom.view().inverted]"
    assert await patient.asks(turn) == await doctor.asks(turn)
    before = await doctor.tag()
    await doctor.page.keyboard.press("Space")
    ours, _ = await both_drew(doctor, patient, before)
    assert np.array_equal(ours, first)


async def test_a_turned_picture_says_what_lies_on_which_side(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    sides = (
        "['left', 'right', 'top', 'bottom'].map((side) => host().querySelector('.stage-' + side).innerText)"
    )
    assert await doctor.asks(sides) == ["R", "L", "A", "P"]
    assert await patient.asks(sides) == ["your right", "your left", "your front", "your back"]
    tag = await press(doctor, "rh")
    await patient.drew(tag)
    assert await doctor.asks(sides) == ["A", "P", "R", "L"]
    assert await patient.asks(sides) == ["your front", "your back", "your right", "your left"]


async def test_the_hand_moves_a_turned_picture_as_it_moves_an_upright_one(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await press(doctor, "rh++++")
    first = await doctor.pixels()
    before = await doctor.tag()
    await doctor.drags(64, -32, button="middle")
    await doctor.settled(before)
    moved = await doctor.pixels()
    # What was under the hand still is: within a grey or two, since places are whole micrometers.
    off = np.abs(moved[100:200, 264:364].astype(int) - first[132:232, 200:300].astype(int))
    assert is_a_picture(first[132:232, 200:300])
    assert np.median(off) <= 3
