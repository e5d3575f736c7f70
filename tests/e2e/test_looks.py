"""What people have told their system about colors and motion is kept to on every screen."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.conftest import Guests
from tests.e2e.house import House


async def test_with_the_systems_own_colors_what_is_chosen_is_outlined(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor = await guests.doctor(forced_colors="active")
    await doctor.joins(links.doctor)
    chosen = doctor.page.locator(".tool[aria-pressed=true]")
    await expect(chosen).to_have_css("outline-style", "solid")
    dot = doctor.page.locator(".person .dot").first
    await expect(dot).to_have_css("background-color", "rgb(255, 176, 0)")


async def test_who_wants_less_motion_sees_nothing_turn(house: House, guests: Guests) -> None:
    links = await house.room()
    patient = await guests.patient(reduced_motion="reduce")
    await patient.joins(links.patient)
    running = await patient.asks(
        "document.getAnimations().filter((one) => one.playState === 'running').length"
    )
    assert running == 0


async def test_more_contrast_makes_quiet_text_as_strong_as_the_rest(house: House, guests: Guests) -> None:
    links = await house.room()
    patient = await guests.patient(contrast="more")
    await patient.joins(links.patient)
    color = "getComputedStyle(document.querySelector('.patient > footer')).color"
    assert await patient.asks(color) == await patient.asks("getComputedStyle(document.body).color")


async def test_read_from_right_to_left_the_page_turns_and_the_picture_does_not(
    house: House, guests: Guests
) -> None:
    links = await house.room()
    doctor = await guests.doctor()
    await doctor.joins(links.doctor)
    place = "document.querySelector('{}').getBoundingClientRect().x"
    series, slider = place.format(".series"), place.format(".slider")
    host = "host().getBoundingClientRect()"
    assert await doctor.asks(f"{series} < {host}.x && {slider} > {host}.x + {host}.width / 2")
    await doctor.asks("document.documentElement.dir = 'rtl'")
    await doctor.until(f"{series} > {host}.x && {slider} > {host}.x + {host}.width / 2")
    assert await doctor.asks("document.scrollingElement.scrollWidth <= innerWidth")
