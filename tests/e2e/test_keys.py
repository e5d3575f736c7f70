"""The keyboard does what the mouse does, and one sees where it is."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person

FRAMES = 24
PAGE = 10
"""Pictures at once, with Shift."""


async def at_frame(person: Person, frame: int) -> None:
    await person.until(f"readingroom.frame() === {frame}")


async def test_keys_page_through_the_stack_for_everyone(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    keyboard = doctor.page.keyboard
    first = await doctor.asks("readingroom.frame()")
    for key, frame in (
        ("ArrowDown", first + 1), ("ArrowUp", first), ("End", FRAMES - 1), ("Home", 0),
        ("Shift+ArrowDown", PAGE),
    ):  # fmt: skip
        await keyboard.press(key)
        await at_frame(doctor, frame)
    await at_frame(patient, PAGE)


async def test_plus_minus_and_digits_zoom_and_choose_windows(consultation: Consultation) -> None:
    doctor = consultation.doctor
    keyboard = doctor.page.keyboard
    width = (await doctor.asks("readingroom.view()"))["field"]["width"]
    await keyboard.press("+")
    await doctor.until(f"readingroom.view().field.width < {width}")
    await keyboard.press("-")
    await doctor.until(f"Math.abs(readingroom.view().field.width - {width}) < {width} / 100")
    await keyboard.press("3")
    await doctor.until("readingroom.view().window.width === 2500 && readingroom.view().window.center === 480")
    await keyboard.press("1")
    await doctor.until("readingroom.view().window.width === 400 && readingroom.view().window.center === 40")


async def test_escape_ends_what_is_being_drawn(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.button("Arrow").click()
    x, y = await doctor.center()
    await doctor.page.mouse.move(x, y)
    await doctor.page.mouse.down()
    await doctor.page.mouse.move(x + 50, y + 50, steps=4)
    await expect(doctor.marks).to_have_count(1)
    await doctor.page.keyboard.press("Escape")
    await doctor.page.mouse.up()
    await expect(doctor.marks).to_have_count(0)
    assert await doctor.asks("readingroom.revision()") == await consultation.patient.asks(
        "readingroom.revision()"
    )


async def test_a_question_mark_shows_the_keys_and_escape_closes_them(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.page.keyboard.press("?")
    help_ = doctor.page.get_by_role("dialog", name="Keys and mouse")
    await expect(help_).to_be_visible()
    await doctor.page.keyboard.press("Escape")
    await expect(doctor.page.locator("dialog")).to_have_count(0)
    await doctor.page.keyboard.press("?")
    await expect(help_).to_be_visible()


async def test_focus_can_be_seen_wherever_it_goes(consultation: Consultation) -> None:
    doctor = consultation.doctor
    seen = set()
    for _ in range(30):
        await doctor.page.keyboard.press("Tab")
        name, style, width = await doctor.page.evaluate(
            """() => {
              const { activeElement } = document;
              const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
              const name = activeElement.getAttribute("aria-label") ?? activeElement.textContent;
              return [activeElement.tagName + " " + name, outlineStyle, parseFloat(outlineWidth)];
            }"""
        )
        if name.startswith("BODY"):
            continue
        seen.add(name)
        assert (style != "none", width >= 2) == (True, True), f"{name} shows no focus: {style} {width}px"
    assert len(seen) > 8
