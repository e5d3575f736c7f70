"""The graphics card is taken away and given back: the picture goes on, and is exact again with no reload."""

from __future__ import annotations

import numpy as np

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person
from tests.e2e.pictures import is_a_picture, likeness
from tests.e2e.test_leading import turns_to

LOSE = """() => {
  const canvas = [...document.querySelectorAll(".pane .stage-canvas")][1];
  window.taken = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
  window.taken.loseContext();
}"""
RESTORE = "() => window.taken.restoreContext()"


async def loses_the_card(person: Person) -> None:
    await person.page.evaluate(LOSE)
    await person.until("readingroom.stats().webgl === false")


async def gets_it_back(person: Person) -> None:
    await person.page.evaluate(RESTORE)
    await person.until("readingroom.stats().webgl === true && readingroom.quality() === 'full'")


async def test_a_lost_card_leaves_the_servers_pictures_until_it_is_back(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.until("readingroom.quality() === 'full'")
    exact = await patient.pixels()
    await loses_the_card(patient)
    await patient.until("readingroom.quality() === 'preview' && !!host().dataset.drawn")
    assert likeness(await patient.pixels(), exact) > 0.99
    before = await doctor.tag()
    await turns_to(doctor, 2)  # the consultation goes on
    tag = await doctor.settled(before)
    await patient.drew(tag)
    moved = await patient.pixels()
    assert is_a_picture(moved)
    assert likeness(moved, exact) < 0.999
    before = await doctor.tag()
    await turns_to(doctor, -2)
    await patient.drew(await doctor.settled(before))
    await gets_it_back(patient)
    assert np.array_equal(await patient.pixels(), exact)


async def test_a_card_that_goes_and_comes_several_times_draws_exactly_each_time(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    await doctor.until("readingroom.quality() === 'full'")
    exact = await doctor.pixels()
    for _ in range(3):
        await loses_the_card(doctor)
        await gets_it_back(doctor)
        assert np.array_equal(await doctor.pixels(), exact)
    frame = await turns_to(doctor, 3)
    await doctor.until("readingroom.quality() === 'full'")
    assert await doctor.asks("readingroom.frame()") == frame
    assert is_a_picture(await doctor.pixels())
