"""Whose picture everybody sees: with the lead, through another role, and when the leader has gone."""

from __future__ import annotations

import numpy as np
from playwright.async_api import expect

from tests.e2e.conftest import Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.pictures import same_size
from tests.e2e.test_sides import ALONE, row_of


async def turns_to(person: Person, slices: int) -> int:
    """So many slices on; the frame that is then on this screen."""
    frame = int(await person.asks("readingroom.frame()")) + slices
    await person.rests()
    await person.turns(slices)
    await person.until(f"readingroom.frame() === {frame}")
    return frame


async def gives_the_lead(doctor: Person, patient: Person) -> None:
    await row_of(doctor, "Maria").get_by_role("button", name=f"Let {patient.name} steer").click()
    await expect(patient.page.get_by_text("You are steering")).to_be_visible()


async def both_see(frame: int, leader: Person, follower: Person, before: str) -> None:
    """This frame is on both screens, and the shared one, and it is drawn alike."""
    tag = await leader.settled(before)
    await same_size(leader, follower)
    await follower.drew(tag)
    await leader.drew(tag)
    for person in (leader, follower):
        await person.until("readingroom.following() && readingroom.quality() === 'full'")
    assert [await person.asks("readingroom.frame()") for person in (leader, follower)] == [frame, frame]
    assert np.array_equal(await leader.pixels(), await follower.pixels())


async def test_who_turned_on_after_asking_shows_the_picture_she_has_come_to(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await turns_to(patient, 3)
    before = await doctor.tag()
    await turns_to(doctor, -1)
    await patient.until(f"readingroom.tag() === '{await doctor.settled(before)}'")
    await patient.button("Ask to show mine").click()
    found = await turns_to(patient, 2)
    before = await patient.tag()
    await doctor.page.locator(".banner.ask").get_by_role("button", name="Let Maria steer").click()
    await both_see(found, patient, doctor, before)


async def test_a_host_who_broke_away_shows_everybody_his_picture_and_keeps_it(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await gives_the_lead(doctor, patient)
    found = await turns_to(doctor, 3)
    await expect(doctor.page.get_by_text(ALONE)).to_be_visible()
    before = await patient.tag()
    await turns_to(patient, -2)
    before = await patient.settled(before)
    await doctor.until(f"readingroom.tag() === '{before}'")
    await doctor.button("Show them mine").click()
    await both_see(found, doctor, patient, before)
    await expect(doctor.page.get_by_text("You are steering")).to_be_visible()


async def test_who_steers_keeps_the_picture_and_the_lead_in_another_role(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await gives_the_lead(doctor, patient)
    before = await patient.tag()
    found = await turns_to(patient, 4)
    await doctor.drew(await patient.settled(before))
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await row_of(doctor, "Maria").get_by_label("Role").select_option("Clinician")
    await expect(patient.page.locator(".doctor")).to_be_visible()
    await patient.drew(await doctor.tag())
    for person in (doctor, patient):
        assert await person.asks("readingroom.frame()") == found
    before = await patient.tag()
    await turns_to(patient, 1)
    await both_see(found + 1, patient, doctor, before)


async def test_the_lead_of_a_host_who_has_gone_can_be_taken(consultation: Consultation) -> None:  # R41
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.page.close()
    steer, refused = patient.button("Steer"), patient.page.locator(".notice")
    await expect(steer).to_be_visible(timeout=10_000)
    while not await patient.asks("readingroom.leads()"):
        await expect(refused).to_have_count(0, timeout=10_000)
        await steer.click()
        await patient.until("readingroom.leads() || !!document.querySelector('.notice')")
    before = await patient.tag()
    found = await turns_to(patient, 1)
    await patient.settled(before)
    assert await patient.asks("readingroom.shared().place") == await patient.asks("readingroom.view().place")
    assert await patient.asks("readingroom.frame()") == found


async def test_the_tools_stay_in_one_line_beside_who_steers(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor, patient = await guests.doctor(), await guests.guest(1, "Maria-Magdalena Schmidt")
    await doctor.joins(links.doctor)
    await patient.joins(links.patient)
    await gives_the_lead(doctor, patient)
    await expect(doctor.page.get_by_text("Schmidt is steering")).to_be_visible()
    for width in (1440, 1280, 1100, 1000):
        await doctor.page.set_viewport_size({"width": width, "height": 800})
        tools = "[...document.querySelectorAll('.tool')].map((each) => each.getBoundingClientRect())"
        await doctor.until(f"innerWidth === {width} && {tools}.every((one) => one.top < {tools}[0].bottom)")
        assert await doctor.asks("document.scrollingElement.scrollWidth <= innerWidth")
