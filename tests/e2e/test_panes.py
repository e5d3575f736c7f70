"""Several pictures side by side: laid out by the leader for everybody, or by one for himself."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person


def pane(person: Person, number: int) -> Locator:
    return person.page.locator(".viewport").nth(number - 1).locator(".pane")


async def lays_out(person: Person, layout: str) -> None:
    await person.button("Layout").click()
    await person.button(layout).click()


async def test_two_series_lie_side_by_side_on_both_screens(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await lays_out(doctor, "Side by side")
    await patient.until("readingroom.layout() === '1x2' && readingroom.panes().length === 2")
    for person in (doctor, patient):
        await person.until(
            "[0, 1].every((pane) => document.querySelectorAll('.pane')[pane].dataset.drawnQuality === 'full')"
        )
        shown = [(await person.asks(f"readingroom.view({n})"))["shown"]["series"] for n in (0, 1)]
        assert len(set(shown)) == 2, shown


async def test_each_pane_is_scrolled_by_itself_and_others_follow_it(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await lays_out(doctor, "Side by side")
    await patient.until("readingroom.panes().length === 2 && readingroom.view(1)?.place")
    first = (await doctor.asks("readingroom.view(0)"))["place"]
    second = (await doctor.asks("readingroom.view(1)"))["place"]["point_um"][2]
    await pane(doctor, 2).hover()
    await doctor.page.mouse.wheel(0, 360)
    await patient.until(f"Math.abs(readingroom.view(1).place.point_um[2] - {second}) > 30000")
    assert (await patient.asks("readingroom.view(0)"))["place"] == first
    where = (await doctor.asks("readingroom.view(1)"))["place"]
    await patient.until(f"readingroom.view(1).place.point_um[2] === {where['point_um'][2]}")


async def test_a_double_click_fills_the_stage_with_one_pane_and_another_brings_all_back(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    await lays_out(doctor, "Four")
    await expect(doctor.page.locator(".viewport")).to_have_count(4)
    await doctor.until("!!readingroom.view(1)?.place")
    await pane(doctor, 2).dblclick()
    await expect(doctor.page.locator(".viewport")).to_have_count(1)
    assert await doctor.asks("readingroom.panes()") == [1]
    await pane(doctor, 1).dblclick()
    await expect(doctor.page.locator(".viewport")).to_have_count(4)


async def test_a_layout_of_ones_own_stays_ones_own(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.rests()
    await patient.turns(1)
    await expect(patient.page.get_by_text("You are looking on your own")).to_be_visible()
    await lays_out(doctor, "Four")
    await expect(doctor.page.locator(".viewport")).to_have_count(4)
    await patient.until("readingroom.shared(1)?.shown !== undefined")
    await expect(patient.page.locator(".viewport")).to_have_count(1)
    await patient.button("Back to Dr. Weber").click()
    await expect(patient.page.locator(".viewport")).to_have_count(4)


async def test_a_phone_shows_the_pane_that_the_leader_moved_last_and_the_others_on_a_tap(
    house: House, guests: Guests
) -> None:
    doctor, patient = await guests.both(await house.room(), **PHONE)
    await lays_out(doctor, "Side by side")
    await doctor.until("!!readingroom.view(1)?.place")
    await pane(doctor, 2).hover()
    await doctor.page.mouse.wheel(0, 240)
    await patient.until("readingroom.panes().length === 1 && readingroom.panes()[0] === 1")
    await patient.until("host().dataset.drawnQuality === 'full'")
    await patient.page.get_by_role("button", name="Picture 1 of 2").tap()
    await patient.until("readingroom.panes()[0] === 0 && host().dataset.drawnQuality === 'full'")
    assert await patient.asks("readingroom.following()")


async def test_a_series_is_dragged_from_the_strip_into_a_pane(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await lays_out(doctor, "Side by side")
    await doctor.until("!!readingroom.view(1)?.place")
    other = (await doctor.asks("readingroom.view(1)"))["shown"]["series"]
    await doctor.page.locator(".stack-card").nth(1).drag_to(pane(doctor, 1))
    await patient.until(f"readingroom.view(0).shown.series === '{other}'")


async def test_who_takes_the_lead_later_begins_with_the_layout_everyone_has(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await lays_out(doctor, "Four")
    await patient.until("readingroom.panes().length === 4")
    await doctor.page.get_by_role("button", name="Let Maria steer").click()
    await patient.until("readingroom.leads()")
    await doctor.button("Steer").click()
    await doctor.until("readingroom.leads()")
    await lays_out(doctor, "One picture")
    await patient.until("readingroom.panes().length === 1")


async def test_a_prior_is_scrolled_with_the_current_study(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await lays_out(doctor, "Side by side")
    await doctor.until("!!readingroom.view(1)?.place")
    await doctor.button("Link").click()
    # The phantom and its prior share no Frame of Reference: where the panes stand is how they were aligned.
    await expect(doctor.button("Aligned by hand")).to_be_visible()
    before = [(await doctor.asks(f"readingroom.view({n})"))["place"]["point_um"][2] for n in (0, 1)]
    await pane(doctor, 1).hover()
    await doctor.page.mouse.wheel(0, 240)
    for person in (doctor, patient):
        for number, z in enumerate(before):
            await person.until(f"Math.abs(readingroom.view({number}).place.point_um[2] - {z}) > 20000")
    moved = [(await patient.asks(f"readingroom.view({n})"))["place"]["point_um"][2] for n in (0, 1)]
    assert abs((moved[0] - before[0]) - (moved[1] - before[1])) <= 2
    await doctor.button("Aligned by hand").click()
    await pane(doctor, 1).hover()
    await doctor.page.mouse.wheel(0, 120)
    await patient.until(f"readingroom.view(0).place.point_um[2] !== {moved[0]}")
    assert (await patient.asks("readingroom.view(1)"))["place"]["point_um"][2] == moved[1]
