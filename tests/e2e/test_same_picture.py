"""What one does the other sees: the drawn pixels of two browsers, not their state."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import Route

from tests.e2e.conftest import Consultation, Print
from tests.e2e.latency import Latencies, measure
from tests.e2e.person import Person, Pixels
from tests.e2e.pictures import both_drew, is_a_picture, likeness, resampled, same_size


async def scrolls(person: Person) -> None:
    await person.rests()
    await person.turns(1)


async def pans(person: Person) -> None:
    await person.drags(80, 50, button="middle")


async def zooms(person: Person) -> None:
    await person.drags(0, -90, button="right")


async def turns_the_window(person: Person) -> None:
    await person.drags(70, -40)


async def turns_flips_and_inverts(person: Person) -> None:
    await zooms(person)
    for key in "rhi":
        await person.page.keyboard.press(key)


async def steers_back_and_forth(person: Person) -> None:
    await zooms(person)
    await pans(person)
    await turns_the_window(person)
    await scrolls(person)


MOVES = [scrolls, pans, zooms, turns_the_window, turns_flips_and_inverts, steers_back_and_forth]


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)
async def test_the_other_sees_the_same_pixels_after_the_doctor(
    consultation: Consultation, move: Callable[[Person], Awaitable[None]]
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    first = await doctor.pixels()
    assert np.array_equal(first, await patient.pixels())
    before = await doctor.tag()
    await move(doctor)
    ours, theirs = await both_drew(doctor, patient, before)
    assert is_a_picture(ours)
    assert not np.array_equal(ours, first)
    assert np.array_equal(ours, theirs)


async def test_an_arrow_is_at_the_same_pixels_on_both_screens(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    await doctor.draws_arrow()
    await doctor.has_marks(1)
    await patient.has_marks(1)
    arrow = "[...document.querySelectorAll('.stage-mark polygon')].map((each) => each.getAttribute('points'))"
    ours, theirs = await doctor.asks(arrow), await patient.asks(arrow)
    assert len(ours) == 2
    assert ours == theirs
    assert np.array_equal(await doctor.pixels(), await patient.pixels())


async def test_what_the_pane_says_it_drew_is_what_lies_on_the_glass(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.page.evaluate(
        "() => { for (const each of document.querySelectorAll('.stage-corners, .stage-overlay, .slider')) "
        "each.style.visibility = 'hidden'; }"
    )
    assert np.array_equal(await photographed(doctor), await doctor.pixels())


async def test_a_phone_shows_all_that_the_doctor_sees(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    before = await doctor.tag()
    await zooms(doctor)
    await pans(doctor)
    ours, theirs = await both_drew(doctor, patient, before)
    seen = await window_of(doctor, ours, patient, theirs)
    assert likeness(ours, seen) > 0.98


async def window_of(doctor: Person, ours: Pixels, patient: Person, theirs: Pixels) -> Pixels:
    """The part of the phone's picture that is the doctor's, at the doctor's size: the middle is one."""
    field = (await doctor.asks("readingroom.view()"))["field"]
    assert field == (await patient.asks("readingroom.view()"))["field"]

    width_um, height_um = float(field["width"]), float(field["height"])

    def scale(pixels: Pixels) -> float:
        return float(min(pixels.shape[1] / width_um, pixels.shape[0] / height_um))

    shrink = scale(theirs) / scale(ours)
    height, width = (round(edge * shrink) for edge in ours.shape)
    room = np.zeros((max(height, theirs.shape[0]), max(width, theirs.shape[1])), np.uint8)
    top, left = ((room.shape[axis] - theirs.shape[axis]) // 2 for axis in (0, 1))
    room[top : top + theirs.shape[0], left : left + theirs.shape[1]] = theirs
    top, left = (room.shape[0] - height) // 2, (room.shape[1] - width) // 2
    return resampled(room[top : top + height, left : left + width], ours.shape[1], ours.shape[0])


async def test_a_drag_of_the_window_asks_the_server_for_no_picture(
    consultation: Consultation, report: Print
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    for person in (doctor, patient):
        await person.quiet()
    counted = doctor.tile_requests, patient.tile_requests
    before = await doctor.tag()
    first = await doctor.pixels()
    await doctor.drags(240, 120, steps=120)
    ours, _ = await both_drew(doctor, patient, before)
    assert not np.array_equal(ours, first)
    asked = doctor.tile_requests - counted[0], patient.tile_requests - counted[1]
    report(f"tile requests during a window drag of 120 steps: doctor {asked[0]}, patient {asked[1]}")
    assert asked == (0, 0)


async def test_every_step_of_the_wheel_reaches_the_other_canvas(
    consultation: Consultation, report: Print
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    latencies: Latencies = await measure(doctor, patient, steps=40)
    report(f"wheel event → other canvas drawn: {latencies}")
    assert len(latencies.milliseconds) == 40


async def photographed(person: Person) -> Pixels:
    """What the browser shows where the picture is; an edge between pixels is moved to the nearest."""
    left, top, right, bottom = await person.asks(
        "(({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round))"
        "(host().getBoundingClientRect())"
    )
    shot = Image.open(io.BytesIO(await person.page.screenshot())).convert("L")
    return np.asarray(shot)[top:bottom, left:right]


async def test_a_doctor_who_loads_the_page_again_sees_the_shared_view_even_if_the_series_come_late(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await same_size(doctor, patient)
    before = await doctor.tag()
    await steers_back_and_forth(doctor)
    shown, _ = await both_drew(doctor, patient, before)
    in_the_room = asyncio.Event()

    async def late(route: Route) -> None:
        await in_the_room.wait()
        await route.continue_()

    await doctor.page.route("**/series", late)
    await doctor.page.reload()
    await doctor.until("readingroom.connection() === 'live' && readingroom.leads()")
    in_the_room.set()
    await doctor.sees_the_picture()
    assert np.array_equal(await doctor.pixels(), shown)
