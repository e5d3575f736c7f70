"""What people have told their system about colors and motion is kept to on every screen."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_sides import row_of, unfolds

DESK: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
TEXTS: Final = "button, p, h1, h2, h3, label, summary, li > b"
CUT: Final = f"""[...document.querySelectorAll("{TEXTS}")].flatMap((each) => {{
  const shown = each.checkVisibility({{ opacityProperty: true, visibilityProperty: true }});
  if (!shown || each.closest(".unseen, .skip, .stage")) return [];
  const {{ overflowX, textOverflow }} = getComputedStyle(each);
  const hides = overflowX !== "visible" && textOverflow !== "ellipsis";
  const cut = hides && each.scrollWidth > each.clientWidth + 1;
  const {{ left, right }} = each.getBoundingClientRect();
  return cut || left < -1 || right > innerWidth + 1 ? [each.textContent.trim().slice(0, 60)] : [];
}})"""


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


async def twice_as_large(person: Person) -> None:
    """Text at 200 %: nothing is cut, and nobody scrolls sideways."""
    await person.asks("document.documentElement.style.fontSize = '200%'")
    await person.asks("new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))")
    assert await person.asks("document.scrollingElement.scrollWidth <= innerWidth")
    assert await person.asks(CUT) == [], person.name


async def test_twice_as_large_the_way_in_is_whole(house: House, guests: Guests) -> None:  # WCAG 1.4.4
    links = await house.room()
    patient = await guests.patient(**(PHONE | {"viewport": {"width": 360, "height": 640}}))
    await patient.opens(links.patient)
    await expect(patient.page.get_by_label("Your name")).to_be_visible()
    await twice_as_large(patient)
    await patient.opens(f"{house.url}/#half")
    await expect(patient.page.get_by_role("heading")).to_have_text("This link is not complete")
    await twice_as_large(patient)


async def test_twice_as_large_the_desk_is_whole(house: House, guests: Guests) -> None:  # WCAG 1.4.4
    links = await house.room()
    doctor, observer = await guests.doctor(**DESK), await guests.patient(**DESK)
    await doctor.joins(links.doctor)
    await observer.joins(links.patient)
    for part in ("Invite", "Questions", "Marks", "Key images", "Save", "Messages", "Room"):
        await unfolds(doctor, part)
    await twice_as_large(doctor)
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await doctor.page.get_by_label("Role").select_option("observer")
    await expect(observer.page.locator(".observer")).to_be_visible()
    await observer.sees_the_picture()
    await twice_as_large(observer)


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
async def test_with_the_systems_own_colors_the_focus_and_what_is_pressed_are_seen(
    house: House, guests: Guests, device: dict[str, Any]
) -> None:
    links = await house.room()
    patient = await guests.patient(forced_colors="active", **device)
    await patient.opens(links.patient)
    await patient.page.keyboard.press("Tab")
    await patient.page.get_by_label("Your name").focus()
    name = patient.page.get_by_label("Your name")
    await expect(name).to_have_css("outline-style", "solid")
    await name.fill("Maria")
    await patient.page.keyboard.press("Enter")
    await patient.sees_the_picture()
    hand = patient.button("Raise hand")
    await hand.click()
    await expect(patient.button("Take hand down")).to_have_css("outline-style", "solid")
    await patient.button("Next picture").click()
    banner = patient.page.locator(".banner.alone")
    await expect(banner).to_have_css("border-top-style", "solid")
