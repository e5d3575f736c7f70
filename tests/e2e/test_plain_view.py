"""The patient's view: plain words, no numbers, everything within reach, and a light page."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_sides import unfolds

SENTENCE = "You are looking from your feet up; your right side is on the left of the picture."
"""Bytes of script and style, as they cross the wire, of everything a patient's page ever asks for."""

SIZES = {
    "phone": (360, 640),
    "phone held sideways": (640, 360),
    "tablet": (768, 1024),
    "tablet held sideways": (1024, 768),
}
sizes = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())


async def joined(house: House, guests: Guests, size: tuple[int, int]) -> Person:
    viewport = {"width": size[0], "height": size[1]}
    doctor, patient = await guests.both(await house.room(), **(PHONE | {"viewport": viewport}))
    assert doctor.troubles == []
    return patient


@sizes
async def test_the_controls_are_reached_without_scrolling(
    house: House, guests: Guests, size: tuple[int, int]
) -> None:
    patient = await joined(house, guests, size)
    view = "document.querySelector('.patient')"
    assert await patient.asks(f"{view}.scrollHeight <= {view}.clientHeight")
    below = await patient.asks(
        "[...document.querySelectorAll('.controls > .keys .key')]"
        ".filter((key) => key.getBoundingClientRect().bottom > innerHeight).length"
    )
    assert below == 0
    assert await patient.page.locator(".controls > .keys .key").count() == 8
    picture = await patient.asks("host().clientWidth * host().clientHeight / (innerWidth * innerHeight)")
    assert picture >= 0.45, "the picture is the largest thing on the screen"


@sizes
async def test_text_twice_as_large_is_not_cut_off(
    house: House, guests: Guests, size: tuple[int, int]
) -> None:  # WCAG 1.4.4
    patient = await joined(house, guests, size)
    await patient.asks("document.documentElement.style.fontSize = '200%'")
    await patient.button("More").tap()
    assert await patient.asks("document.scrollingElement.scrollWidth <= innerWidth")
    cut = await patient.asks(
        """[...document.querySelectorAll('.patient :is(p, button, h2, span, summary)')]
        .filter((each) => !each.matches('.unseen, .stage *') && each.clientWidth > 0)
        .map((each) => [each, each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight])
        .filter(([each, wider, higher]) => wider > 1 || higher > 3)
        .map(([each, wider, higher]) => `${each.className} ${each.textContent}: ${wider}, ${higher}`)"""
    )
    assert cut == []


async def test_a_patient_reads_neither_numbers_nor_letters_of_the_trade(by_phone: Consultation) -> None:
    patient = by_phone.patient
    await patient.button("More").tap()
    read = await patient.asks("document.querySelector('.patient').innerText")
    read = re.sub(r"Pictures \d", "", read)
    assert not re.search(r"\d", read), read
    assert "PHANTOM" not in read
    assert not re.search(r"\d", await patient.pane.get_attribute("aria-label") or "")
    for corner in ("slice", "window", "title", "bar"):
        await expect(patient.page.locator(f".stage-{corner}")).to_be_hidden()
    await expect(patient.page.locator(".stage-left")).to_have_text("your right")
    await expect(by_phone.doctor.page.locator(".stage-left")).to_have_text("R")


async def test_a_patient_is_told_from_where_she_looks_and_shown_where_the_slice_lies(
    by_phone: Consultation,
) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    await expect(patient.page.get_by_text(SENTENCE)).to_be_visible()
    figure = patient.page.locator(".body-figure")
    before = await doctor.tag()
    await doctor.page.keyboard.press("Home")
    await patient.drew(await doctor.settled(before))
    lowest = await patient.page.locator(".body-figure .slice").bounding_box()
    await expect(figure).to_have_accessible_name(
        "The pictures are of the chest; this one lies in the lower part of them"
    )
    before = await doctor.tag()
    await doctor.page.keyboard.press("End")
    await patient.drew(await doctor.settled(before))
    highest = await patient.page.locator(".body-figure .slice").bounding_box()
    await expect(figure).to_have_accessible_name(
        "The pictures are of the chest; this one lies in the upper part of them"
    )
    assert lowest is not None
    assert highest is not None
    assert highest["y"] < lowest["y"]


async def test_who_asks_what_this_is_is_told_to_tap_the_place(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    await patient.button("What is this?").tap()
    hint = patient.page.get_by_text("Tap the place you mean.")
    await expect(hint).to_be_visible()
    await patient.page.touchscreen.tap(*await patient.center())
    await patient.button("Ask").tap()
    await doctor.has_marks(1)
    await expect(hint).to_be_hidden()


async def test_a_tool_that_was_taken_is_laid_down_again(by_phone: Consultation) -> None:
    patient = by_phone.patient
    await patient.button("More").tap()
    await patient.button("Point with an arrow").tap()
    await expect(patient.button("Darker")).to_be_hidden()
    await patient.button("Stop").tap()
    await expect(patient.button("Stop")).to_be_hidden()
    assert await patient.asks("host().dataset.tool") == "window"


async def test_words_are_explained_on_a_tap(by_phone: Consultation) -> None:
    patient = by_phone.patient
    await patient.button("More").tap()
    glossary = await unfolds(patient, "Words explained")
    first = glossary.locator("li").first
    await expect(first).to_contain_text("CT")
    await first.locator("summary").tap()
    await expect(first).to_contain_text("put together by a computer into slices")


async def test_escape_closes_what_is_open_and_gives_the_focus_back(consultation: Consultation) -> None:
    patient = consultation.patient
    await patient.button("More").click()
    await patient.button("Darker").focus()
    await patient.page.keyboard.press("Escape")
    await expect(patient.button("Darker")).to_be_hidden()
    await expect(patient.button("More")).to_be_focused()


async def test_the_first_stop_of_the_tab_key_leads_to_the_picture(consultation: Consultation) -> None:
    for person in (consultation.doctor, consultation.patient):
        before = person.page.url
        await person.asks("(document.activeElement?.blur(), null)")
        await person.page.keyboard.press("Tab")
        skip = person.button("Go to the picture")
        await expect(skip).to_be_focused()
        await person.page.keyboard.press("Enter")
        await expect(person.pane).to_be_focused()
        assert person.page.url == before


async def test_a_patients_page_never_fetches_the_doctors_desk(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    await patient.button("More").tap()
    assert not [url for url in patient.requests if "/doctor" in url]
    assert [url for url in doctor.requests if "/doctor" in url]
