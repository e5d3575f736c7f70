"""Whole consultations: a patient at a small phone, a conference of five, a latecomer, a lost line."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
from playwright.async_api import expect

from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.pictures import is_a_picture, same_size
from tests.e2e.test_panes import lays_out
from tests.e2e.test_sides import row_of, unfolds

SMALL_PHONE: Final[dict[str, Any]] = PHONE | {"viewport": {"width": 360, "height": 640}}
OFFLINE_MS: Final = 20_000
SEEN: Final = """(({{ shown, place, field, window }}) => [
  shown.series, place.point_um, field.width, field.height, window.width, window.center,
])(readingroom.view({pane}))"""
TIGHT: Final[dict[str, Any]] = {"separators": (",", ":")}
MARKS: Final = "[...document.querySelectorAll('.stage-mark')].map((each) => each.dataset.mark).sort()"


async def invites(doctor: Person, role: str, name: str) -> str:
    """The link of a new invitation."""
    invite = doctor.page.locator("details.section").filter(has_text="Invite")
    if await invite.get_attribute("open") is None:
        await invite.locator("summary").click()
    another = invite.get_by_role("button", name="Invite somebody else")
    if await another.is_visible():
        await another.click()
    await invite.get_by_label("Who").select_option(role)
    await invite.get_by_label("Name (if you like)").fill(name)
    await invite.get_by_role("button", name="Make a link").click()
    link = invite.get_by_label("Link", exact=True)
    await expect(link).to_be_visible()
    return await link.input_value()


async def test_a_patient_at_a_small_phone_follows_looks_alone_asks_and_steers(
    house: House, guests: Guests
) -> None:
    doctor, patient = await guests.both(await house.room(), **SMALL_PHONE)
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(3)
    await patient.drew(await doctor.settled(before))
    frame = await doctor.asks("readingroom.frame()")
    assert await patient.asks("readingroom.frame()") == frame
    # She looks on her own, and is back with one tap.
    await patient.button("Next picture").tap()
    await patient.until(f"readingroom.frame() === {frame} + 1")
    await expect(row_of(doctor, "Maria")).to_contain_text("looks at something else")
    assert await doctor.asks("readingroom.frame()") == frame
    await patient.button("Back to Dr. Weber").tap()
    await patient.until(f"readingroom.frame() === {frame}")
    await expect(row_of(doctor, "Maria")).to_contain_text("sees what you see")
    # She asks about what she sees; it stands in the doctor's list.
    await patient.button("What is this?").tap()
    await patient.page.touchscreen.tap(*await patient.center())
    await patient.page.get_by_label("What would you like to know?").fill("Is this the scar?")
    await patient.button("Ask").tap()
    await doctor.has_marks(1)
    await expect(await unfolds(doctor, "Questions")).to_contain_text("Maria Is this the scar?")
    # She is given the lead: what she does everybody sees.
    await row_of(doctor, "Maria").get_by_role("button", name="Let Maria steer").click()
    await expect(patient.page.get_by_text("You are steering")).to_be_visible()
    before = await patient.tag()
    await patient.button("Next picture").tap()
    await doctor.drew(await patient.settled(before))
    assert await doctor.asks("readingroom.frame()") == frame + 1
    await patient.button("Give back to Dr. Weber").tap()
    await expect(doctor.page.get_by_text("You are steering")).to_be_visible()
    assert doctor.troubles == patient.troubles == []


async def test_five_people_see_the_same_pixels_whoever_steers(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor, patient = await guests.both(links)
    others: list[Person] = []
    for browser, (role, name) in enumerate(
        (("clinician", "Dr. Novak"), ("clinician", "Dr. Sato"), ("observer", "Jonas"))
    ):
        person = await guests.guest(browser % 2, name)
        await person.joins(await invites(doctor, role, name))
        others.append(person)
    novak, _, observer = others
    everyone = [doctor, patient, *others]
    for person in everyone[1:]:
        await same_size(doctor, person)
    await expect(doctor.page.get_by_text("5 here")).to_be_visible()
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(2)
    await all_see_the_same(everyone, await doctor.settled(before))
    # One click hands the lead over.
    await row_of(doctor, "Dr. Novak").get_by_role("button", name="Let Dr. Novak steer").click()
    await expect(novak.page.get_by_text("You are steering")).to_be_visible()
    for person in (doctor, patient, observer):
        await expect(person.page.get_by_text("Dr. Novak is steering")).to_be_visible()
    for person in everyone:
        await same_size(doctor, person)
    before = await novak.tag()
    await novak.page.keyboard.press("3")
    before = await novak.settled(before)
    await novak.page.keyboard.press("ArrowUp")
    await all_see_the_same(everyone, await novak.settled(before))
    for person in everyone:
        # That this test reads pixels back is what the driver complains of.
        assert [each for each in person.troubles if "ReadPixels" not in each] == [], person.name


async def all_see_the_same(people: list[Person], tag: str) -> None:
    pictures = []
    for person in people:
        await person.drew(tag)
        await person.until("readingroom.following() && readingroom.quality() === 'full'")
        pictures.append(await person.pixels())
    assert is_a_picture(pictures[0])
    for person, pixels in zip(people, pictures, strict=True):
        assert np.array_equal(pixels, pictures[0]), person.name


async def test_who_comes_late_finds_everything(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor = await guests.doctor()
    await doctor.joins(links.doctor)
    await doctor.draws_arrow()
    await doctor.has_marks(1)
    images = await unfolds(doctor, "Key images")
    await images.get_by_role("button", name="Keep this picture").click()
    messages = await unfolds(doctor, "Messages")
    await messages.get_by_label("Message").fill("We begin without you")
    await messages.get_by_role("button", name="Send").click()
    await lays_out(doctor, "Side by side")
    await doctor.until("!!readingroom.view(1)?.place")
    await doctor.page.keyboard.press("3")
    tag = await settled_tag(doctor)
    late = await guests.guest(1, "Dr. Novak")
    await late.opens(await invites(doctor, "clinician", "Dr. Novak"))
    await late.page.get_by_label("Your name").fill("Dr. Novak")
    await late.button("Join").click()
    await late.until(f"readingroom.tag() === '{tag}' && readingroom.layout() === '1x2'")
    await expect(late.page.get_by_text("Dr. Weber is steering")).to_be_visible()
    for pane in (0, 1):
        seen = SEEN.format(pane=pane)
        await late.until(f"JSON.stringify({seen}) === '{json.dumps(await doctor.asks(seen), **TIGHT)}'")
    await late.has_marks(await doctor.marks.count())
    assert await late.asks(MARKS) == await doctor.asks(MARKS)
    await expect(await unfolds(late, "Key images")).to_contain_text("13/24")
    await expect(await unfolds(late, "Messages")).to_contain_text("We begin without you")
    assert await late.asks("readingroom.hashes()") == await doctor.asks("readingroom.hashes()")


async def settled_tag(person: Person) -> str:
    """Of the shared view, once this screen, which steers, shows nothing newer."""
    await person.until("host().dataset.drawn === readingroom.tag() && readingroom.unsaved() === 0")
    return await person.tag()


async def test_after_twenty_seconds_without_a_line_the_place_and_the_work_are_kept(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(4)
    tag = await doctor.settled(before)
    await patient.drew(tag)
    frame = await patient.asks("readingroom.frame()")
    await patient.page.context.set_offline(True)
    await expect(patient.page.get_by_text("The connection is gone.")).to_be_visible()
    await patient.draws_arrow()
    await expect(patient.page.get_by_text("1 change is not saved yet.")).to_be_visible()
    assert await patient.asks("readingroom.frame()") == frame
    await patient.page.wait_for_timeout(OFFLINE_MS)
    await doctor.draws_arrow(dx=70, dy=60)
    await doctor.has_marks(1)
    await patient.page.context.set_offline(False)
    await patient.until("readingroom.connection() === 'live'", limit_s=30)
    for person in (doctor, patient):
        await person.has_marks(2)
    await expect(patient.page.get_by_text("Everything is saved.")).to_be_attached()
    assert await patient.asks("readingroom.frame()") == frame
    assert await patient.asks("[readingroom.tag(), readingroom.following()]") == [tag, True]
    assert await patient.asks(MARKS) == await doctor.asks(MARKS)


async def test_two_draw_at_once_and_each_takes_back_his_own(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    for person in (doctor, patient):
        await person.page.keyboard.press("a")
    (x, y), (px, py) = await doctor.center(), await patient.center()
    await doctor.page.mouse.move(x - 60, y - 60)
    await patient.page.mouse.move(px + 60, py + 60)
    await doctor.page.mouse.down()
    await patient.page.mouse.down()
    for step in range(1, 7):
        await doctor.page.mouse.move(x - 60 + 5 * step, y - 60 + 5 * step)
        await patient.page.mouse.move(px + 60 - 5 * step, py + 60 - 5 * step)
    await patient.page.mouse.up()
    await doctor.page.mouse.up()
    for person in (doctor, patient):
        await person.has_marks(2)
    assert await doctor.asks(MARKS) == await patient.asks(MARKS)
    await doctor.button("Take back").click()
    for person in (doctor, patient):
        await person.has_marks(1)
        await expect(person.marks).to_contain_text("Maria")
    await doctor.button("Do again").click()
    for person in (doctor, patient):
        await person.has_marks(2)
    await patient.page.keyboard.press("Control+z")
    for person in (doctor, patient):
        await person.has_marks(1)
        await expect(person.marks).to_contain_text("Dr. Weber")
