"""axe finds nothing on any screen (WCAG 2.2 AA), in either light."""

from __future__ import annotations

import shutil
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, ViewportSize, expect

from readingroom.rooms.embedded import Valkey
from tests.e2e.axe import axe
from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_gone_and_back import demo
from tests.e2e.test_panes import lays_out
from tests.e2e.test_planes import three_planes
from tests.e2e.test_sides import row_of, unfolds

DESKS: Final[dict[str, ViewportSize]] = {
    "wide": {"width": 1440, "height": 900},
    "usual": {"width": 1000, "height": 700},
    "narrow": {"width": 600, "height": 800},
}


async def nothing_found(*people: Person) -> None:
    for person in people:
        assert await axe(person.page) == [], person.name


# --- before the room --------------------------------------------------------------------------------
async def test_the_joining_page(house: House, guests: Guests) -> None:
    patient = await guests.patient(**PHONE)
    await patient.opens((await house.room()).patient)
    await expect(patient.page.get_by_label("Your name")).to_be_visible()
    await nothing_found(patient)
    await patient.button("Join").tap()
    await expect(patient.page.get_by_text("Please type your name.")).to_be_visible()
    await nothing_found(patient)


DOORS: Final = {
    "": "You need a link to come in",
    "#half.a-link": "This link is not complete",
    f"#host.{'A' * 43}": "This sign-in link is not known here",
    "#studies": "You are not signed in",
}


@pytest.mark.parametrize("fragment", DOORS)
async def test_the_pages_that_let_nobody_in(house: House, guests: Guests, fragment: str) -> None:
    person = await guests.patient()
    await person.opens(f"{house.url}/{fragment}")
    await expect(person.page.get_by_role("heading")).to_have_text(DOORS[fragment])
    await nothing_found(person)


async def test_a_refused_link_and_a_room_that_one_was_never_in(house: House, guests: Guests) -> None:
    links = await house.room()
    person = await guests.patient()
    await person.opens(links.patient[:-4] + "AAAA")
    await person.page.get_by_label("Your name").fill("Maria")
    await person.button("Join").click()
    await expect(person.page.get_by_role("heading")).to_have_text("This link opens no room")
    await nothing_found(person)


# --- in the room ------------------------------------------------------------------------------------
@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def room(house: House, browsers: tuple[Browser, Browser]) -> AsyncIterator[Consultation]:
    """Doctor at a desk and patient at a phone in one room for several tests, with something in every list."""
    async with AsyncExitStack() as stack:
        doctor, patient = await Guests(browsers, stack).both(await house.room(), **PHONE)
        await doctor.draws_arrow()
        await doctor.has_marks(1)
        async with opened(doctor, "Messages") as messages:
            await messages.get_by_label("Message").fill("Please breathe in")
            await messages.get_by_role("button", name="Send").click()
        async with opened(doctor, "Key images") as images:
            await images.get_by_role("button", name="Keep this picture").click()
            await expect(images.get_by_role("button", name="Show")).to_be_visible()
        await asks_about_the_middle(patient)
        await patient.button("Ask").tap()
        await doctor.has_marks(2)
        yield Consultation(doctor, patient)


@asynccontextmanager
async def opened(person: Person, title: str) -> AsyncIterator[Locator]:
    """A part of the side, unfolded for a while."""
    part = await unfolds(person, title)
    yield part
    await part.locator("summary").click()


async def asks_about_the_middle(patient: Person) -> None:
    """Up to the dialog for the words."""
    await patient.button("What is this?").tap()
    await patient.page.touchscreen.tap(*await patient.center())
    await expect(patient.page.get_by_label("What would you like to know?")).to_be_visible()


@pytest.mark.parametrize("size", DESKS.values(), ids=DESKS.keys())
async def test_the_doctors_desk(room: Consultation, size: ViewportSize) -> None:
    page = room.doctor.page
    before = page.viewport_size
    assert before is not None
    await page.set_viewport_size(size)
    await room.doctor.sees_the_picture()
    await nothing_found(room.doctor)
    await page.set_viewport_size(before)


@pytest.mark.parametrize("part", ["Invite", "Questions", "Marks", "Key images", "Save", "Messages", "Room"])
async def test_every_part_of_the_doctors_side(room: Consultation, part: str) -> None:
    async with opened(room.doctor, part):
        await nothing_found(room.doctor)


async def test_an_invitation_with_its_code_and_the_list_of_open_ones(room: Consultation) -> None:
    doctor = room.doctor
    async with opened(doctor, "Invite") as invite:
        await invite.get_by_role("button", name="Make a link").click()
        await expect(doctor.page.get_by_role("img", name="QR code of the link")).to_be_visible()
        await expect(doctor.page.get_by_role("list", name="Open invitations")).to_be_visible()
        await nothing_found(doctor)


async def test_what_asks_before_something_is_lost(room: Consultation) -> None:
    doctor = room.doctor
    more = row_of(doctor, "Maria").get_by_role("button", name="More about Maria")
    await more.click()
    await nothing_found(doctor)
    await doctor.button("Remove from the room").click()
    await expect(doctor.page.get_by_role("alert")).to_be_visible()
    await nothing_found(doctor)
    await doctor.page.get_by_role("alert").get_by_role("button", name="Cancel").click()
    await more.click()
    async with opened(doctor, "Room") as end:
        await end.get_by_role("button", name="End the consultation").click()
        await expect(end.get_by_role("alert")).to_be_visible()
        await nothing_found(doctor)
        await end.get_by_role("alert").get_by_role("button", name="Cancel").click()


async def test_menus_and_dialogs_of_the_doctor(room: Consultation) -> None:
    doctor = room.doctor
    page, keyboard = doctor.page, doctor.page.keyboard
    await keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys and mouse")).to_be_visible()
    await nothing_found(doctor)
    await keyboard.press("Escape")
    await doctor.button("Layout").click()
    await expect(doctor.button("Four")).to_be_visible()
    await nothing_found(doctor)
    await keyboard.press("Escape")
    await page.get_by_role("button", name="Measure").click()
    await expect(page.get_by_role("menu", name="Measure")).to_be_visible()
    await nothing_found(doctor)
    await keyboard.press("Escape")
    await doctor.button("Text").click()
    await page.mouse.click(*await doctor.center())
    await expect(page.get_by_role("dialog", name="Write beside the picture")).to_be_visible()
    await nothing_found(doctor)
    await keyboard.press("Escape")
    head = await doctor.asks("document.querySelector('.stage-head').getBoundingClientRect().toJSON()")
    await page.mouse.click(head["x"] + head["width"] / 2, head["y"] + head["height"] / 2, button="right")
    await expect(page.get_by_role("menu", name="What to do with this mark")).to_be_visible()
    await nothing_found(doctor)
    await keyboard.press("Escape")
    await keyboard.press("Escape")
    await doctor.button("Add pictures").click()
    await expect(page.get_by_role("dialog", name="Add pictures to the room")).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="Looking")).to_have_count(0)
    await nothing_found(doctor)
    await keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)


async def test_four_pictures_and_the_large_screen(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    await lays_out(doctor, "Four")
    await expect(doctor.page.locator(".viewport")).to_have_count(4)
    await nothing_found(doctor, patient)
    await doctor.page.keyboard.press("f")
    await doctor.page.mouse.move(300, 300)
    await expect(doctor.button("Leave the large screen")).to_have_css("opacity", "1")
    await nothing_found(doctor)


async def test_three_planes(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await three_planes(doctor, patient)
    await nothing_found(doctor, patient)


async def test_the_patients_phone(room: Consultation) -> None:
    patient = room.patient
    await nothing_found(patient)
    more = patient.page.locator(".controls .key[aria-expanded]")
    await more.tap()
    for part in ("Messages", "Questions", "Key images", "Words explained"):
        await unfolds(patient, part)
    await nothing_found(patient)
    await more.tap()
    await asks_about_the_middle(patient)
    await nothing_found(patient)
    await patient.page.keyboard.press("Escape")


async def test_looking_alone_and_asking_for_the_lead(room: Consultation) -> None:
    doctor, patient = room.doctor, room.patient
    await patient.button("Next picture").tap()
    await patient.button("Ask to show mine").tap()
    await expect(doctor.page.locator(".banner.ask")).to_be_visible()
    await nothing_found(doctor, patient)
    await patient.button("Back to Dr. Weber").tap()
    await expect(doctor.page.locator(".banner.ask")).to_have_count(0)


async def test_without_a_line(room: Consultation) -> None:
    for person in (room.doctor, room.patient):
        await person.page.context.set_offline(True)
        await expect(person.page.get_by_text("The connection is gone.")).to_be_visible()
        await nothing_found(person)
        await person.page.context.set_offline(False)
        await person.until("readingroom.connection() === 'live'")


async def test_who_only_observes(consultation: Consultation) -> None:
    doctor, observer = consultation.doctor, consultation.patient
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await doctor.page.get_by_label("Role").select_option("observer")
    await expect(observer.page.locator(".observer")).to_be_visible()
    await observer.sees_the_picture()
    await nothing_found(observer)
    await observer.page.keyboard.press("f")
    await nothing_found(observer)


async def test_after_the_end(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    end = await unfolds(doctor, "Room")
    await end.get_by_role("button", name="End the consultation").click()
    await end.get_by_role("alert").get_by_role("button", name="End the consultation").click()
    await expect(patient.page.get_by_text("The consultation has ended")).to_be_visible()
    await expect(doctor.button("Open it again")).to_be_visible()
    await nothing_found(doctor, patient)


async def test_after_the_server_has_lost_something(guests: Guests, study: Path, tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey")
    older = tmp_path / "older"
    try:
        valkey.start()
        await valkey.ready()
        async with demo(tmp_path / "demo", {"REDIS_URL": valkey.url}) as server:
            doctor, patient = await guests.both(await server.open(study))
            await doctor.draws_arrow()
            await doctor.has_marks(1)
            await valkey.stop()
            await to_thread(shutil.copytree, valkey.directory, older, ignore=shutil.ignore_patterns("*.sock"))
            valkey.start()
            await valkey.ready()
            await doctor.draws_arrow(dx=60, dy=60)
            for person in (doctor, patient):
                await person.has_marks(2)
            await valkey.stop()
            # As from an old backup.
            await to_thread(shutil.rmtree, valkey.directory / "appendonlydir")
            await to_thread(shutil.copytree, older / "appendonlydir", valkey.directory / "appendonlydir")
            valkey.start()
            await valkey.ready()
            for person in (doctor, patient):
                await expect(person.page.get_by_role("alert")).to_contain_text(
                    "The server has lost part of this room's history.", timeout=30_000
                )
                await nothing_found(person)
    finally:
        await valkey.stop()
