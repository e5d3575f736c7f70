"""Many people and a large screen: only the pictures, who presents, who is here; and those who only follow."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_sides import row_of

ALL_OF_THE_SCREEN = "host().clientWidth === innerWidth && host().clientHeight > innerHeight * 0.9"


async def test_on_a_large_screen_there_are_only_the_picture_and_the_names(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    drawn = await doctor.asks("host().dataset.drawn")
    await doctor.page.keyboard.press("f")
    await doctor.until(ALL_OF_THE_SCREEN)
    strip = doctor.page.get_by_role("complementary", name="Conference")
    await expect(strip.locator(".presenter")).to_have_text("Dr. Weber")
    await expect(strip.get_by_role("listitem")).to_have_text(["Maria"])
    await expect(doctor.button("Window")).to_be_hidden()
    assert await doctor.asks("host().dataset.drawn") == drawn, "the picture was not opened anew"
    await doctor.page.keyboard.press("f")
    await expect(doctor.button("Window")).to_be_visible()


@pytest.mark.parametrize("way", ["Escape", "button"])
async def test_the_large_screen_is_left_by_escape_and_by_a_button(
    consultation: Consultation, way: str
) -> None:
    doctor = consultation.doctor
    await doctor.button("Large screen").click()
    await doctor.until(ALL_OF_THE_SCREEN)
    if way == "Escape":
        await doctor.page.keyboard.press("Escape")
    else:
        await doctor.rests(30, 30)
        await doctor.button("Leave the large screen").click()
    await expect(doctor.button("Window")).to_be_visible()


async def test_the_way_back_hides_while_the_pointer_rests(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.button("Large screen").click()
    back = doctor.button("Leave the large screen")
    await expect(back).to_have_css("opacity", "0")
    await doctor.rests(10, 10)
    await expect(back).to_have_css("opacity", "1")


async def test_a_browser_without_full_screen_shows_the_same_within_its_window(
    house: House, guests: Guests
) -> None:
    doctor = await guests.doctor()
    await doctor.page.context.add_init_script("delete Element.prototype.requestFullscreen")
    await doctor.joins((await house.room()).doctor)
    await doctor.page.keyboard.press("f")
    await doctor.until(ALL_OF_THE_SCREEN)
    await doctor.page.keyboard.press("Escape")
    await expect(doctor.button("Window")).to_be_visible()
    assert doctor.troubles == []


async def test_the_lead_is_handed_over_with_one_click_in_the_list(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await row_of(doctor, "Maria").get_by_role("button", name="Let Maria steer").click()
    await expect(patient.page.get_by_text("You are steering")).to_be_visible()
    await expect(doctor.page.get_by_text("Maria is steering")).to_be_visible()


async def test_who_only_observes_follows_raises_a_hand_and_has_a_large_screen(
    consultation: Consultation,
) -> None:
    doctor, observer = consultation.doctor, consultation.patient
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await doctor.page.get_by_label("Role").select_option("observer")
    await expect(observer.page.locator(".observer")).to_be_visible()
    await observer.sees_the_picture()
    await expect(observer.page.get_by_text("Dr. Weber is steering")).to_be_visible()
    await expect(observer.button("Ask to steer")).to_be_hidden()
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(1)
    await observer.drew(await doctor.settled(before))
    await observer.button("Raise hand").click()
    await expect(row_of(doctor, "Maria")).to_contain_text("hand up")
    await observer.button("Large screen").click()
    await observer.until(ALL_OF_THE_SCREEN)
    await observer.page.keyboard.press("Escape")


async def test_on_a_narrow_screen_the_sides_are_drawers_over_the_picture(
    house: House, guests: Guests
) -> None:
    doctor: Person = await guests.doctor(viewport={"width": 800, "height": 700})
    await doctor.joins((await house.room()).doctor)
    await doctor.until("host().clientWidth === innerWidth")
    people = doctor.page.get_by_role("region", name="People")
    await expect(people).to_be_hidden()
    await doctor.button("People").click()
    await expect(people).to_be_visible()
    assert await doctor.asks("host().clientWidth === innerWidth"), "the picture stays as large as it was"
    await doctor.button("Pictures").click()
    await expect(people).to_be_hidden()
    await expect(doctor.page.locator(".stack-card").first).to_be_visible()
    await doctor.page.keyboard.press("Escape")
    await expect(doctor.page.locator(".stack-card").first).to_be_hidden()


async def test_the_comings_and_goings_are_said(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    said = doctor.page.get_by_role("status")
    # The first look at who is here says nothing: they were.
    await doctor.page.wait_for_timeout(4500)
    await patient.page.close()
    await expect(said.filter(has_text="Gone: Maria.")).to_be_attached(timeout=20_000)
