"""A patient's phone: touch, large buttons, and a page that fits."""

from __future__ import annotations

import pytest
from playwright.async_api import CDPSession, Locator, expect

from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_sides import unfolds

SIZES = {"small": (360, 640), "landscape": (640, 360), "usual": (390, 844)}


async def touch(person: Person) -> CDPSession:
    return await person.page.context.new_cdp_session(person.page)


async def fingers(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    await session.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]},
    )


async def test_one_finger_pages_through_the_pictures(by_phone: Consultation) -> None:
    patient = by_phone.patient
    frame = await patient.asks("readingroom.frame()")
    session = await touch(patient)
    x, y = await patient.center()
    await fingers(session, "touchStart", (x, y))
    for step in range(1, 9):
        await fingers(session, "touchMove", (x, y + 12 * step))
    await fingers(session, "touchEnd")
    await patient.until(f"readingroom.frame() > {frame}")
    await expect(patient.button("Back to Dr. Weber")).to_be_visible()


async def test_two_fingers_zoom(by_phone: Consultation) -> None:
    patient = by_phone.patient
    width = (await patient.asks("readingroom.view()"))["field"]["width"]
    session = await touch(patient)
    x, y = await patient.center()
    await fingers(session, "touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 9):
        await fingers(session, "touchMove", (x - 30 - 8 * step, y), (x + 30 + 8 * step, y))
    await fingers(session, "touchEnd")
    await patient.until(f"readingroom.view().field.width < {width} / 2")


async def test_buttons_do_what_fingers_do(by_phone: Consultation) -> None:
    patient = by_phone.patient
    frame = await patient.asks("readingroom.frame()")
    center = (await patient.asks("readingroom.view()"))["window"]["center"]
    await patient.button("Next picture").tap()
    await patient.until(f"readingroom.frame() === {frame} + 1")
    await patient.button("Brighter").tap()
    await patient.until(f"readingroom.view().window.center < {center}")
    await patient.button("Back to Dr. Weber").tap()
    await patient.until(f"readingroom.frame() === {frame}")


async def test_no_pointer_stays_where_a_finger_has_drawn(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    pointer = doctor.page.locator(".stage-pointer")
    await patient.button("More").tap()
    await patient.button("Point with an arrow").tap()
    session = await touch(patient)
    x, y = await patient.center()
    await fingers(session, "touchStart", (x - 40, y - 40))
    for step in range(1, 6):
        await fingers(session, "touchMove", (x - 40 + 8 * step, y - 40 + 6 * step))
    await expect(pointer).to_have_count(1)
    await fingers(session, "touchEnd")
    await doctor.has_marks(1)
    await expect(pointer).to_have_count(0)
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(1)
    await patient.drew(await doctor.settled(before))
    # She leaves on the same slice: what is told of her pointer is told before that.
    await patient.button("Brighter").tap()
    await expect(doctor.page.get_by_text("looking on their own")).to_be_visible()
    await expect(pointer).to_have_count(0)


async def test_a_message_that_comes_while_its_place_is_closed_is_counted_on_the_button(
    by_phone: Consultation,
) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    more = patient.page.locator(".controls > .keys .key[aria-expanded]")
    height = await patient.asks("host().clientHeight")
    ours = await unfolds(doctor, "Messages")
    await says(ours, "Please breathe in")
    await expect(more).to_have_text("More1 new")
    await expect(patient.page.get_by_role("status").filter(has_text="1 new message")).to_be_attached()
    assert await patient.asks("host().clientHeight") == height, "the picture stays as large as it was"
    await more.tap()
    theirs = await unfolds(patient, "Messages")
    await expect(theirs).to_contain_text("Please breathe in")
    await expect(theirs).not_to_contain_text("new")
    await more.tap()
    await expect(more).to_have_text("More")
    await says(ours, "And out")
    await expect(more).to_have_text("More1 new")


async def says(messages: Locator, text: str) -> None:
    await messages.get_by_label("Message").fill(text)
    await messages.get_by_role("button", name="Send").click()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
async def test_nothing_sticks_out_and_every_button_is_large(
    house: House, guests: Guests, size: tuple[int, int]
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    patient = await guests.patient(**(PHONE | {"viewport": viewport}))
    await patient.opens((await house.room()).patient)
    await patient.page.get_by_label("Your name").fill("Maria")
    await fits(patient)
    await patient.button("Join").tap()
    await patient.sees_the_picture()
    await fits(patient)
    height = await patient.asks("host().clientHeight")
    assert height >= size[1] * 0.35, "the picture is the largest thing on the screen"
    await patient.button("More").tap()
    await patient.button("Less contrast").wait_for()
    await fits(patient)


async def fits(person: Person) -> None:
    assert await person.asks("document.scrollingElement.scrollWidth <= innerWidth")
    small = await person.asks(
        """[...document.querySelectorAll('button, input, select')].flatMap((each) => {
          const { width, height, right, left } = each.getBoundingClientRect();
          if (width === 0) return [];
          const small = Math.min(width, height) < 44 && each.type !== 'range';
          const outside = right > innerWidth + 0.5 || left < -0.5;
          const name = each.textContent || each.type;
          return small || outside ? [`${name}: ${width} x ${height} at ${left}`] : [];
        })"""
    )
    assert small == []
