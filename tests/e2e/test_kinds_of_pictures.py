"""What is special about some pictures, and what people can do with it: overlays, VOI LUTs, colors, SUV."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Consultation, Guests
from tests.e2e.house import House, Links
from tests.e2e.kinds import EDGE, KINDS, overlay_bits, write_kinds
from tests.e2e.person import Person, Pixels
from tests.e2e.pictures import as_high_as, is_a_picture, likeness, same_size
from tests.e2e.test_without_webgl import NO_WEBGL

OVERLAY: Final = "document.querySelectorAll('.stage-canvas')[2]"
READ_OVERLAY: Final = f"""(() => {{
  const {{ width, height }} = {OVERLAY};
  const {{ data }} = {OVERLAY}.getContext("2d").getImageData(0, 0, width, height);
  let text = "";
  for (let i = 0; i < data.length; i += 9999) text += String.fromCharCode(...data.subarray(i, i + 9999));
  return [width, height, btoa(text)];
}})()"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def links(house: House, tmp_path_factory: pytest.TempPathFactory) -> Links:
    files = write_kinds(tmp_path_factory.mktemp("kinds") / "files")
    (files / "letter.txt").write_text("This is no picture.")
    return await house.room(files)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def consultation(browsers: tuple[Browser, Browser], links: Links) -> AsyncIterator[Consultation]:
    """Both before pictures of every kind, in one room for all tests."""
    async with AsyncExitStack() as stack:
        yield Consultation(*await Guests(browsers, stack).both(links))


async def overlay_of(person: Person) -> Pixels:
    """RGBA [rows, columns, 4] of what lies over the picture."""
    width, height, text = await person.asks(READ_OVERLAY)
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)


async def test_an_overlay_lies_pixel_on_pixel_and_can_be_hidden(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.shows("overlay")
    await as_high_as(doctor, EDGE)
    await doctor.until(f"!{OVERLAY}.hidden && {OVERLAY}.height === {EDGE}")
    drawn = await overlay_of(doctor)
    left = (drawn.shape[1] - EDGE) // 2
    white = (drawn == 255).all(axis=2)
    assert np.array_equal(white[:, left : left + EDGE], overlay_bits().astype(bool))
    button = doctor.button("Overlays")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await doctor.page.keyboard.press("o")
    await doctor.until(f"{OVERLAY}.hidden")
    await expect(button).to_have_attribute("aria-pressed", "false")
    await expect(doctor.page.get_by_text("Overlays hidden")).to_be_visible()
    await consultation.patient.until(f"!{OVERLAY}.hidden")
    await button.click()
    await doctor.until(f"!{OVERLAY}.hidden")


async def test_pictures_without_overlays_have_no_button_for_them(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.shows("RGB")
    await expect(doctor.button("Overlays")).to_have_count(0)
    await doctor.page.keyboard.press("o")
    await doctor.shows("overlay")
    await expect(doctor.button("Overlays")).to_have_attribute("aria-pressed", "true")


async def test_a_voi_lut_is_chosen_by_name_and_a_drag_goes_on_without_it(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await as_high_as(doctor, 2 * EDGE)
    await same_size(doctor, patient)
    await doctor.shows("VOI LUT")
    words = doctor.page.locator(".stage-window")
    await expect(words).to_contain_text("Square")
    with_lut = await doctor.pixels()
    before = await doctor.tag()
    await doctor.page.get_by_label("Windows").select_option("Bone")
    await doctor.settled(before)
    await expect(words).to_contain_text("W 2500 C 480")
    before = await doctor.tag()
    await doctor.page.get_by_label("Windows").select_option("Square")
    await patient.drew(await doctor.settled(before))
    assert np.array_equal(await doctor.pixels(), with_lut)
    assert np.array_equal(await patient.pixels(), with_lut)
    before = await doctor.tag()
    await doctor.drags(10, 0)
    await patient.drew(await doctor.settled(before))
    assert (await patient.asks("readingroom.shared().window.lut ?? null")) is None
    assert not np.array_equal(await patient.pixels(), with_lut)


async def test_colors_have_no_window_and_say_so(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.shows("RGB")
    await expect(doctor.page.locator(".stage-window")).to_contain_text("Color")
    await expect(doctor.page.get_by_label("Windows")).to_be_disabled()
    colors = await doctor.colors()
    await doctor.drags(50, 50)
    await expect(doctor.page.get_by_text("Color pictures have no window")).to_be_visible()
    assert np.array_equal(await doctor.colors(), colors)
    assert is_a_picture(colors)


async def test_files_that_were_left_out_are_told_once_for_all_series(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    assert await doctor.page.locator(".stack-card").count() == len(KINDS)
    told = doctor.page.get_by_text("left out")
    await expect(told).to_have_text("1 file was left out: it cannot be shown.")
    for series in ("RGB", "PET"):
        await doctor.shows(series)
        await expect(told).to_be_visible()
    await expect(patient.page.get_by_text("left out")).to_have_count(0)


async def test_a_patients_keys_that_can_do_nothing_for_a_picture_are_dimmed(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    for series, colored in (("RGB", "true"), ("PET", "false")):
        await doctor.shows(series)
        await patient.drew(await doctor.tag())
        for name in ("Brighter", "More contrast"):
            await expect(patient.button(name)).to_have_attribute("aria-disabled", colored)
        for name in ("Previous picture", "Next picture"):
            await expect(patient.button(name)).to_have_attribute("aria-disabled", "true")


async def test_a_projection_says_that_its_lengths_are_those_at_the_detector(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    await doctor.shows("MONOCHROME1")
    await expect(doctor.page.get_by_text("at the detector, not calibrated")).to_be_visible()
    await doctor.shows("CT with padding")
    await expect(doctor.page.locator(".stage-bar")).to_be_visible()
    await expect(doctor.page.get_by_text("at the detector, not calibrated")).to_be_hidden()


async def test_without_webgl_colors_and_tables_come_as_the_servers_pictures(
    house: House, guests: Guests, tmp_path: Path
) -> None:
    links = await house.room(write_kinds(tmp_path / "files"))
    doctor, patient = await guests.doctor(), await guests.patient()
    await patient.page.add_init_script(NO_WEBGL)
    await doctor.joins(links.doctor)
    await patient.joins(links.patient)
    await same_size(doctor, patient)
    for name in ("RGB", "PALETTE COLOR", "VOI LUT", "supplemental palette", "float map"):
        before = await doctor.tag()
        await doctor.shows(name)
        if (tag := await doctor.tag()) != before:
            await patient.drew(tag)
        assert likeness(await doctor.colors(), await patient.colors()) > 0.97, name
    assert (await patient.asks("readingroom.stats()"))["valuesRequests"] == 0
