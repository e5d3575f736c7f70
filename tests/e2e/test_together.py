"""Following, breaking away, and passing the lead; pointers and marks with their owners."""

from __future__ import annotations

import numpy as np
from playwright.async_api import expect

from tests.e2e.conftest import Consultation
from tests.e2e.pictures import both_drew, same_size

ALONE = "You are looking on your own"


async def test_a_patient_who_moves_the_picture_breaks_away_and_comes_back_with_one_tap(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    shown = await doctor.pixels()
    await patient.rests()
    await patient.turns(2)
    await expect(patient.page.get_by_text(ALONE)).to_be_visible()
    await expect(doctor.page.get_by_text("looking on their own")).to_be_visible()
    assert np.array_equal(await doctor.pixels(), shown)
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(-1)
    tag = await doctor.settled(before)
    await patient.button("Back to Dr. Weber").click()
    await patient.drew(tag)
    await expect(patient.page.get_by_text(ALONE)).to_be_hidden()
    assert np.array_equal(await doctor.pixels(), await patient.pixels())


async def test_the_lead_is_asked_for_given_and_taken_back(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    await patient.button("Ask to steer").click()
    await doctor.page.locator(".banner.ask").get_by_role("button", name="Let Maria steer").click()
    await expect(patient.page.get_by_text("You are steering")).to_be_visible()
    await expect(doctor.page.get_by_text("Maria is steering")).to_be_visible()
    await same_size(patient, doctor)
    before = await patient.tag()
    await patient.rests()
    await patient.turns(1)
    theirs, ours = await both_drew(patient, doctor, before)
    assert np.array_equal(ours, theirs)
    await doctor.button("Steer").click()
    await expect(doctor.page.get_by_text("You are steering")).to_be_visible()
    await same_size(doctor, patient)
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(1)
    ours, theirs = await both_drew(doctor, patient, before)
    assert np.array_equal(ours, theirs)


async def test_what_a_patient_found_alone_is_shown_to_the_doctor_with_the_lead(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    await patient.rests()
    await patient.turns(3)
    await patient.button("Ask to show mine").click()
    before = await patient.tag()
    await doctor.page.locator(".banner.ask").get_by_role("button", name="Let Maria steer").click()
    tag = await patient.settled(before)
    await same_size(patient, doctor)
    await doctor.drew(tag)
    assert np.array_equal(await doctor.pixels(), await patient.pixels())


async def test_the_doctors_pointer_is_on_the_patients_screen_with_a_name(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    await doctor.rests(40, -30)
    pointer = patient.page.locator(".stage-pointer")
    await expect(pointer).to_have_text("Dr. Weber")
    x, y = await patient.asks("[host().clientWidth / 2 + 40, host().clientHeight / 2 - 30]")
    await patient.until(
        f"(({{ e, f }}) => Math.hypot(e - {x}, f - {y}) < 1.5)"
        "(document.querySelector('.stage-pointer').transform.baseVal.consolidate().matrix)"
    )
    await doctor.page.mouse.move(2, 2)
    await expect(pointer).to_have_count(0)


async def test_a_patient_cannot_delete_the_doctors_arrow(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.draws_arrow()
    await patient.has_marks(1)
    points = "document.querySelector('.stage-mark polygon').getAttribute('points')"
    head = f"{points}.split(' ')[0].split(',').map(Number)"
    x, y = await patient.asks(head)
    box = await patient.pane.bounding_box()
    assert box is not None
    await patient.page.mouse.click(box["x"] + x, box["y"] + y)
    assert await patient.page.locator(".stage-selected").count() == 0
    await patient.page.keyboard.press("Delete")
    await patient.page.keyboard.press("Control+z")
    assert await patient.button("Take back").count() == 0
    await doctor.has_marks(1)
    await patient.has_marks(1)


async def test_taking_back_removes_ones_own_last_mark(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.draws_arrow(dx=70, dy=70)
    await doctor.has_marks(1)
    await doctor.draws_arrow()
    await patient.has_marks(2)
    await doctor.button("Take back").click()
    await doctor.has_marks(1)
    await patient.has_marks(1)
    await expect(doctor.page.locator(".stage-mark")).to_contain_text("Maria")


async def test_words_are_written_beside_the_picture_for_both(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.button("Text").click()
    x, y = await doctor.center()
    await doctor.page.mouse.click(x + 20, y + 20)
    await doctor.page.get_by_label("Your words").fill("<b>nodule</b> & more")
    await doctor.button("Write").click()
    await patient.has_marks(1)
    await expect(patient.marks).to_contain_text("<b>nodule</b> & more")
