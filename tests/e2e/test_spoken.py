"""What is told to people who do not see the screen: the picture, who points where, what is saved."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person
from tests.e2e.pictures import same_size
from tests.e2e.test_planes import three_planes
from tests.e2e.test_sides import row_of

LEFT = re.compile("Dr. Weber is pointing at (the|your) left side")


def told(person: Person) -> Locator:
    """All that a screen reader is told of its own accord."""
    return person.page.locator("[aria-live=polite], [role=status], [role=alert]")


async def test_the_picture_says_its_number_its_plane_and_its_window(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.page.keyboard.press("2")
    await expect(
        doctor.page.get_by_role("img", name="Image 13 of 24, axial; lung window", exact=True)
    ).to_be_visible()
    await expect(told(doctor).filter(has_text="Image 13 of 24, axial; lung window")).to_have_count(1)
    # To a patient no numbers are told.
    await expect(patient.page.get_by_role("img", name="The shared picture", exact=True)).to_be_visible()
    await expect(told(patient).filter(has_text=re.compile(r"\d"))).to_have_count(0)


async def test_where_somebody_points_is_told_by_the_body(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    # On an axial slice the patient's left is at the right of the screen.
    await doctor.rests(150, 0)
    await expect(patient.page.get_by_role("img", name=LEFT)).to_be_visible()
    await expect(told(patient).filter(has_text="Dr. Weber is pointing at your left side")).to_have_count(1)
    await doctor.page.mouse.move(2, 2)
    await expect(told(patient).filter(has_text="is pointing")).to_have_count(0)
    await patient.rests(-150, 0)
    await expect(told(doctor).filter(has_text="Maria is pointing at the right side")).to_have_count(1)


async def test_what_is_told_of_the_picture_waits_until_it_is_worth_telling(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    count = """async () => {
      const spoken = document.querySelector(".viewport > [aria-live]");
      let told = 0;
      const all = { subtree: true, characterData: true, childList: true };
      new MutationObserver(() => { told += 1; }).observe(spoken, all);
      await new Promise((next) => setTimeout(next, 6500));
      return told;
    }"""
    counting = doctor.page.evaluate(count)
    for _ in range(20):
        await doctor.page.keyboard.press("ArrowDown")
        await doctor.page.keyboard.press("ArrowUp")
        await doctor.page.keyboard.press("ArrowUp")
    assert await counting <= 3


async def test_each_of_three_planes_says_which_it_is(consultation: Consultation) -> None:
    await three_planes(consultation.doctor, consultation.patient)
    for number, plane in enumerate(("axial", "sagittal", "coronal"), 1):
        named = consultation.doctor.page.get_by_role(
            "img", name=re.compile(rf"^Pane {number}: Image \d+ of \d+, {plane}; ")
        )
        await expect(named).to_be_visible()


async def test_who_steers_and_who_is_alone_is_told(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await row_of(doctor, "Maria").get_by_role("button", name="Let Maria steer").click()
    await expect(told(patient).filter(has_text="You are steering")).to_have_count(1)
    await expect(told(doctor).filter(has_text="Maria is steering")).to_have_count(1)
    await doctor.rests()
    await doctor.turns(1)
    await expect(told(doctor).filter(has_text="You are looking on your own")).to_have_count(1)


async def test_what_is_not_saved_and_then_is_saved_is_told_in_a_place_that_was_there_before(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    banners = doctor.page.locator(".banners")
    await banners.evaluate("(one) => { one.dataset.same = 'yes'; }")
    await doctor.page.context.set_offline(True)
    await expect(banners).to_contain_text("The connection is gone.")
    await doctor.draws_arrow()
    await expect(banners).to_contain_text("1 change is not saved yet.")
    await doctor.page.context.set_offline(False)
    await expect(banners).to_contain_text("Everything is saved.", timeout=30_000)
    await expect(banners).to_have_attribute("data-same", "yes")
    await expect(banners).to_have_attribute("aria-live", "polite")
