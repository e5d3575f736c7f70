"""What a drag or two fingers do is done by single taps, too (WCAG 2.5.1, 2.5.7); less motion is kept to."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.conftest import Consultation, Guests
from tests.e2e.house import House


async def test_a_click_with_the_moving_tool_brings_a_place_to_the_middle(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.page.keyboard.press("+")
    await doctor.page.keyboard.press("p")
    before = (await doctor.asks("readingroom.view()"))["place"]["point_um"]
    x, y = await doctor.center()
    await doctor.page.mouse.click(x + 100, y - 50)
    # To the right lies the patient's left (LPS: more), upward the front (less).
    now = "readingroom.view().place.point_um"
    await doctor.until(f"{now}[0] > {before[0]} && {now}[1] < {before[1]}")
    after = (await doctor.asks("readingroom.view()"))["place"]["point_um"]
    assert abs((after[0] - before[0]) / (before[1] - after[1]) - 2) < 0.02


async def test_a_click_with_the_zooming_tool_brings_it_closer(consultation: Consultation) -> None:
    doctor = consultation.doctor
    height = (await doctor.asks("readingroom.view()"))["field"]["height"]
    await doctor.page.keyboard.press("z")
    await doctor.page.mouse.click(*await doctor.center())
    await doctor.until(f"Math.abs({height} / readingroom.view().field.height - 1.25) < 0.01")


async def test_brightness_and_contrast_are_changed_step_by_step(consultation: Consultation) -> None:
    doctor = consultation.doctor
    window = (await doctor.asks("readingroom.view()"))["window"]
    windows = doctor.page.get_by_label("Windows")
    await windows.select_option("Brighter")
    await doctor.until(f"readingroom.view().window.center === {window['center'] - window['width'] / 10}")
    for _ in range(2):
        await windows.select_option("More contrast")
    await doctor.until(f"Math.abs(readingroom.view().window.width - {window['width'] * 0.64}) < 1e-6")


async def test_a_patient_comes_closer_and_moves_with_taps(by_phone: Consultation) -> None:
    patient = by_phone.patient
    width = (await patient.asks("readingroom.view()"))["field"]["width"]
    await patient.button("More").tap()
    await patient.button("Closer").tap()
    await patient.until(f"readingroom.view().field.width < {width}")
    await patient.button("Move the picture").tap()
    left = (await patient.asks("readingroom.view()"))["place"]["point_um"][0]
    x, y = await patient.center()
    await patient.page.touchscreen.tap(x - 60, y)
    await patient.until(f"readingroom.view().place.point_um[0] < {left}")
    await patient.button("Stop").tap()
    await patient.button("More").tap()
    await patient.button("Farther away").tap()
    await patient.until(f"Math.abs(readingroom.view().field.width / {width} - 1) < 0.01")


async def test_a_light_leaves_no_trail_for_who_wants_less_motion(house: House, guests: Guests) -> None:
    doctor, patient = await guests.both(await house.room(), reduced_motion="reduce")
    await doctor.button("Laser").click()
    await patient.asks(
        """(() => {
          window.trails = 0;
          const watch = () => { trails += document.querySelectorAll('.stage-trail').length; };
          new MutationObserver(watch).observe(host(), { subtree: true, childList: true });
        })()"""
    )
    for step in range(10):
        await doctor.rests(-60 + 12 * step, 20)
    light = patient.page.locator(".stage-light")
    await expect(light).to_have_count(1)
    assert await patient.asks("trails") == 0
