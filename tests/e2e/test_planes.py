"""Three planes through one volume: all follow the crosshair, and point at the same place on any of them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person
from tests.e2e.test_panes import lays_out, pane

AXIAL, SAGITTAL, CORONAL, STACK = 1, 2, 3, 4


async def three_planes(doctor: Person, patient: Person) -> None:
    await lays_out(doctor, "Three planes")
    for person in (doctor, patient):
        await person.until(
            "[0, 1, 2, 3].map((n) => readingroom.view(n)?.shown?.mode).join()"
            " === 'axial,sagittal,coronal,stack'"
        )
        await person.until(
            "[...document.querySelectorAll('.pane')].every((pane) => pane.dataset.drawnQuality === 'full')"
        )


async def place(person: Person, number: int) -> list[int]:
    """Where a pane stands, in micrometers."""
    view = await person.asks(f"readingroom.view({number - 1})")
    return [int(part) for part in view["place"]["point_um"]]


async def box(locator: Locator) -> dict[str, float]:
    found = await locator.bounding_box()
    assert found is not None
    return dict(found)


async def rests(locator: Locator) -> dict[str, float]:
    """Where it is once it has stood still for half a second."""
    before = await box(locator)
    while True:
        await asyncio.sleep(0.5)
        now = await box(locator)
        if now == before:
            return now
        before = now


class Pointing:
    """Where this page has told that its person points."""

    def __init__(self, page: Page) -> None:
        self.told: list[Any] = []
        self._news = asyncio.Event()
        page.on("websocket", lambda socket: socket.on("framesent", self._sent))

    def _sent(self, frame: str | bytes) -> None:
        if isinstance(frame, str) and frame.startswith("42") and '"pointer":{' in frame:
            self.told.append(json.loads(frame[frame.index("[") :])[1]["pointer"])
            self._news.set()

    async def next(self) -> Any:
        """What is told after this was asked."""
        self._news.clear()
        async with asyncio.timeout(15):
            await self._news.wait()
        return self.told[-1]


async def test_three_planes_are_laid_out_for_everybody_and_look_alike(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await three_planes(doctor, patient)
    for number in (AXIAL, SAGITTAL, CORONAL):
        views = [await person.asks(f"readingroom.view({number - 1})") for person in (doctor, patient)]
        assert views[0]["place"] == views[1]["place"]
    await expect(doctor.page.locator(".stage-cross").first).to_be_visible()


async def test_who_clicks_with_the_crosshair_takes_all_planes_there(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await three_planes(doctor, patient)
    before = {number: await place(doctor, number) for number in (AXIAL, SAGITTAL, CORONAL)}
    await doctor.page.keyboard.press("x")
    axial = await box(pane(doctor, AXIAL))
    await doctor.page.mouse.click(axial["x"] + axial["width"] / 2 + 40, axial["y"] + axial["height"] / 2 - 30)
    view = await doctor.asks("readingroom.view(0)")
    # The axial picture stands; the others came along: x grows to the left of the body, y to its back.
    await patient.until(f"readingroom.view(1).place.point_um[0] > {before[SAGITTAL][0] + 5000}")
    await patient.until(f"readingroom.view(2).place.point_um[1] < {before[CORONAL][1] - 5000}")
    assert (await place(patient, AXIAL)) == before[AXIAL]
    scale = max(view["field"]["width"] / axial["width"], view["field"]["height"] / axial["height"])
    x = (await place(patient, SAGITTAL))[0] - before[AXIAL][0]
    y = (await place(patient, CORONAL))[1] - before[AXIAL][1]
    assert abs(x - 40 * scale) < 1500, (x, 40 * scale)
    assert abs(y + 30 * scale) < 1500, (y, -30 * scale)


async def test_turning_the_crosshair_makes_oblique_planes_for_everybody(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await three_planes(doctor, patient)
    await doctor.page.keyboard.press("x")
    await pane(doctor, AXIAL).focus()
    for _ in range(4):
        await doctor.page.keyboard.press("]")
    await patient.until("readingroom.view(2)?.shown?.mode === 'oblique'")
    await patient.until(
        "[1, 2].every((n) => document.querySelectorAll('.pane')[n].dataset.drawnQuality === 'full')"
    )
    await doctor.until(
        "JSON.stringify(readingroom.view(2).camera) === JSON.stringify(readingroom.shared(2).camera)"
    )
    camera = (await doctor.asks("readingroom.view(2)"))["camera"]
    await patient.until(f"readingroom.view(2).camera.right[0] === {camera['right'][0]}")
    # 20 degrees about the long axis: rows of the coronal plane were along x.
    assert abs(abs(camera["right"][0]) - 1e6 * np.cos(np.radians(20))) < 2000
    assert abs(camera["down"][2]) == 1_000_000


async def test_a_pointer_on_one_plane_lands_at_the_same_place_on_another_turned_and_mirrored(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    told, heard = Pointing(doctor.page), Pointing(patient.page)
    # The sockets are open already: on a new one everything is heard.
    for person in (doctor, patient):
        await person.page.reload()
        await person.sees_the_picture()
    await three_planes(doctor, patient)
    await patient.page.set_viewport_size({"width": 820, "height": 900})
    await pane(patient, CORONAL).click()
    for key in ("r", "h", "+"):
        await patient.page.keyboard.press(key)
    await patient.until("readingroom.view(2).turn?.quarter_turns === 1 || readingroom.view(2).turn?.mirrored")
    axial = await box(pane(doctor, AXIAL))
    await doctor.page.mouse.move(axial["x"] + axial["width"] / 2 + 21, axial["y"] + axial["height"] / 2 + 13)
    mark = patient.page.locator(".viewport").nth(CORONAL - 1).locator(".stage-pointer")
    await expect(mark).to_have_count(1)
    at = await rests(mark.locator("circle").first)
    landing = asyncio.create_task(heard.next())
    await patient.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    meant, landed = told.told[-1], await landing
    assert [meant["pane"], landed["pane"]] == [AXIAL - 1, CORONAL - 1]
    (x, _, z), (there_x, _, there_z) = meant["place"]["point_um"], landed["place"]["point_um"]
    assert max(abs(x - there_x), abs(z - there_z)) <= 1000, (meant, landed)


async def test_a_slab_of_the_brightest_voxels_is_shown_to_everybody(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await three_planes(doctor, patient)
    await pane(doctor, CORONAL).click()
    thickness = pane(doctor, CORONAL).locator("..").get_by_role("combobox", name="Thickness")
    await thickness.select_option("20 mm")
    await patient.until("readingroom.view(2).slab?.thickness_um === 20000")
    await patient.until("document.querySelectorAll('.pane')[2].dataset.drawnQuality === 'full'")
    await expect(pane(doctor, CORONAL).locator("..").get_by_text("MIP 20 mm")).to_be_visible()
    await thickness.select_option("Thin")
    await patient.until("!readingroom.view(2).slab?.thickness_um")
