"""A browser without WebGL2 gets pictures from the server, says so, and follows."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.conftest import Guests
from tests.e2e.house import House
from tests.e2e.pictures import both_drew, is_a_picture, likeness, same_size

NO_WEBGL = """
const { getContext } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
};
"""


async def test_without_webgl_the_servers_pictures_are_shown_with_a_note(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor, patient = await guests.doctor(), await guests.patient()
    await patient.page.add_init_script(NO_WEBGL)
    await doctor.joins(links.doctor)
    await patient.joins(links.patient)
    await same_size(doctor, patient)
    assert (await patient.asks("readingroom.stats()"))["webgl"] is False
    await expect(patient.page.get_by_text("Fine details may be missing")).to_be_visible()
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(2)
    await doctor.settled(before)
    before = await doctor.tag()
    await doctor.drags(80, 40)
    ours, theirs = await both_drew(doctor, patient, before)
    assert is_a_picture(theirs)
    assert likeness(ours, theirs) > 0.99
    assert (await patient.asks("readingroom.stats()"))["valuesRequests"] == 0
