"""A film runs on every screen in step, by the server's clock; it stops on the same frame everywhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.conftest import PHONE, Guests
from tests.e2e.house import House, Links
from tests.e2e.kinds import write_film
from tests.e2e.person import Person
from tests.e2e.pictures import same_size
from tests.e2e.test_sides import unfolds

FRAMES: Final = 6
FRAME_MS: Final = 400.0
DUE: Final = f"""(() => {{
  const {{ first_frame, started_at, rate }} = readingroom.shared().cine;
  const gone = Math.max(0, readingroom.serverNow() - started_at) * rate;
  return (first_frame + Math.floor(gone / {FRAME_MS})) % {FRAMES};
}})()"""
"""The frame that the shared view asks for now, reckoned apart from the page's own reckoning."""
LESS_MOTION: Final[dict[str, Any]] = {"reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "files", FRAMES, FRAME_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def links(house: House, files: Path) -> Links:
    """Into a room with the film."""
    return await house.room(files)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def together(
    house: House, files: Path, browsers: tuple[Browser, Browser]
) -> AsyncIterator[tuple[Person, Person]]:
    """Doctor and patient in one room for several tests; each leaves the film standing."""
    async with AsyncExitStack() as stack:
        doctor, patient = await Guests(browsers, stack).both(await house.room(files))
        await same_size(doctor, patient)
        yield doctor, patient


async def shows_what_is_due(person: Person, frames: int = 2) -> None:
    """Several frames, each when it is due."""
    for _ in range(frames):
        frame = await person.asks("readingroom.frame()")
        await person.until(f"readingroom.frame() !== {frame}")
        await person.until(f"readingroom.frame() === {DUE}")


async def stops(person: Person) -> int:
    """Stops the film for everyone; the frame it stopped at."""
    before = await person.tag()
    await person.button("Stop").click()
    await person.settled(before)
    await person.until("readingroom.quality() === 'full'")
    return int(await person.asks("readingroom.frame()"))


async def test_a_film_runs_in_step_on_both_screens_and_stops_on_one_frame(
    together: tuple[Person, Person],
) -> None:
    doctor, patient = together
    await doctor.button("Play").click()
    for person in (doctor, patient):
        await person.until("readingroom.shared().cine?.playing === true")
        await shows_what_is_due(person)
    assert await patient.asks("readingroom.following()")
    frame = await stops(doctor)
    await patient.until(f"readingroom.frame() === {frame} && readingroom.quality() === 'full'")
    assert await doctor.asks("readingroom.shared().place.frame") == frame
    assert np.array_equal(await doctor.colors(), await patient.colors())
    await expect(patient.button("Play")).to_be_visible()


async def test_another_speed_counts_from_the_frame_that_is_seen(together: tuple[Person, Person]) -> None:
    doctor, patient = together
    await doctor.page.keyboard.press("c")
    await patient.until("readingroom.shared().cine?.playing === true")
    await doctor.page.get_by_label("Speed").select_option("2×")
    await patient.until("readingroom.shared().cine?.rate === 2")
    await shows_what_is_due(patient)
    await doctor.page.keyboard.press("c")
    await patient.until("readingroom.shared().cine?.playing === false")


async def test_who_comes_late_sees_the_frame_that_is_due(guests: Guests, links: Links) -> None:
    doctor = await guests.doctor()
    await doctor.joins(links.doctor)
    await doctor.button("Play").click()
    await doctor.until("readingroom.shared().cine?.playing === true")
    patient = await guests.patient()
    await patient.joins(links.patient)
    await shows_what_is_due(patient)
    assert (await patient.asks("readingroom.stats()"))["displayRequests"] > 0


async def test_turning_the_wheel_stops_the_film_for_everyone(together: tuple[Person, Person]) -> None:
    doctor, patient = together
    await doctor.button("Play").click()
    await shows_what_is_due(patient)
    await doctor.rests()
    before = await doctor.tag()
    await doctor.turns(1)
    tag = await doctor.settled(before)
    await patient.drew(tag)
    assert (await patient.asks("readingroom.shared()"))["cine"]["playing"] is False
    assert await doctor.asks("readingroom.frame()") == await patient.asks("readingroom.frame()")


async def test_a_picture_kept_of_a_running_film_is_the_one_its_note_numbers(
    together: tuple[Person, Person],
) -> None:
    doctor, patient = together
    images = await unfolds(doctor, "Key images")
    await doctor.button("Play").click()
    await shows_what_is_due(doctor, 3)
    await images.get_by_role("button", name="Keep this picture").click()
    note = await images.locator("li p").text_content() or ""
    numbered = re.fullmatch(rf"Film · (\d)/{FRAMES}", note)
    assert numbered, note
    kept = int(numbered[1]) - 1
    await stops(doctor)
    away = FRAMES - 1 if kept == 0 else 0
    await doctor.page.keyboard.press("Home" if away == 0 else "End")
    for person in (doctor, patient):
        await person.until(f"readingroom.shared().place.frame === {away} && readingroom.frame() === {away}")
    show = images.get_by_role("button", name="Show")
    before = await doctor.tag()
    await show.click()
    await both_stand_at(kept, doctor, patient, before)
    await doctor.button("Play").click()
    await shows_what_is_due(patient, 2)
    before = await doctor.tag()
    await show.click()
    await both_stand_at(kept, doctor, patient, before)


async def both_stand_at(frame: int, leader: Person, follower: Person, before: str) -> None:
    await follower.drew(await leader.settled(before))
    for person in (leader, follower):
        await expect(person.button("Play")).to_be_visible()
        assert await person.asks("[readingroom.frame(), readingroom.shared().place.frame]") == [frame, frame]
        assert await person.asks("readingroom.shared().cine.playing") is False


async def test_a_patient_who_stops_the_film_looks_alone(together: tuple[Person, Person]) -> None:
    doctor, patient = together
    await doctor.button("Play").click()
    await shows_what_is_due(patient)
    await patient.button("Stop").click()
    await expect(patient.page.get_by_text("You are looking on your own")).to_be_visible()
    await shows_what_is_due(doctor)
    await patient.button("Back to Dr. Weber").click()
    await shows_what_is_due(patient)
    await stops(doctor)


async def test_play_and_speed_are_whole_on_a_small_phone(guests: Guests, links: Links) -> None:
    patient = await guests.patient(**(PHONE | {"viewport": {"width": 320, "height": 568}}))
    await patient.joins(links.patient)
    await expect(patient.button("Play")).to_be_visible()
    cut = "[...document.querySelectorAll('.film > *')].filter((each) => each.scrollWidth > each.clientWidth)"
    assert await patient.asks(f"{cut}.length") == 0
    bar = await patient.page.locator(".film").bounding_box()
    slider = await patient.page.locator(".slider").bounding_box()
    assert bar is not None
    assert slider is not None
    assert bar["x"] + bar["width"] <= slider["x"]


async def test_nothing_moves_by_itself_for_who_wants_less_motion(guests: Guests, links: Links) -> None:
    doctor, patient = await guests.both(links, **LESS_MOTION)
    still = await patient.asks("readingroom.frame()")
    await doctor.button("Play").click()
    await expect(patient.page.get_by_text("A film is running for the others.")).to_be_visible()
    await shows_what_is_due(doctor)
    assert await patient.asks("readingroom.frame()") == still
    await patient.button("Play").click()
    await shows_what_is_due(patient)
    assert await patient.asks("readingroom.following()")
