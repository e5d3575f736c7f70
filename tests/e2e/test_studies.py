"""A doctor begins with nothing but a link: signs in, brings a study in, opens it, invites, adds pictures."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, Guests
from tests.e2e.house import Process
from tests.e2e.person import Person
from tests.imaging.dicoms import write_series

SIGN_IN = re.compile(r"Sign in: (http://\S+)")


class Server(Process):
    """`readingroom serve` over an empty library."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._data = data
        self.first_link = ""

    async def open(self) -> None:
        await self.start("serve", "--data", str(self._data), "--port", "0")
        self.first_link = (await self.says(SIGN_IN))[1]

    async def link(self) -> str:
        """As the operator gets another one, beside the running server."""
        command = (sys.executable, "-m", "readingroom", "host-link", "--data", str(self._data))
        asked = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        said, _ = await asked.communicate()
        return said.decode().strip()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    opened = Server(tmp_path_factory.mktemp("serve"))
    try:
        await opened.open()
        yield opened
    finally:
        await opened.stop()


@pytest.fixture(scope="module")
def packed(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom and its prior as one zip."""
    return Path(shutil.make_archive(str(tmp_path_factory.mktemp("zip") / "chest"), "zip", study))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Another patient's pictures, and a note among them."""
    folder = write_series(tmp_path_factory.mktemp("stranger"), 5)
    (folder / "notes.txt").write_text("no picture")
    return sorted(folder.iterdir())


def rows(page: Page) -> Locator:
    return page.locator(".study")


async def signed_in(server: Server, guests: Guests, **device: object) -> Person:
    doctor = await guests.doctor(**device)
    await doctor.opens(await server.link())
    await expect(doctor.page.get_by_role("heading", name="Studies", exact=True)).to_be_visible()
    return doctor


async def brings(doctor: Person, *files: Path, total: int) -> None:
    """Through the file input; done when the list shows them."""
    await doctor.page.locator("input[type=file]").first.set_input_files(files)
    await expect(doctor.page.get_by_role("status").get_by_text("In the library")).to_be_visible(
        timeout=30_000
    )
    await expect(rows(doctor.page)).to_have_count(total)


async def invites(doctor: Person, name: str = "") -> str:
    """The link of a new invitation."""
    page = doctor.page
    if not await page.get_by_label("The link must be opened within").is_visible():
        await page.locator("summary", has_text="Invite").click()
    await page.get_by_label("Name (if you like)").fill(name)
    await doctor.button("Make a link").click()
    link = page.get_by_label("Link", exact=True)
    await expect(link).to_be_visible()
    return await link.input_value()


async def test_a_doctor_signs_in_brings_a_study_in_opens_it_and_invites(
    server: Server, packed: Path, guests: Guests
) -> None:
    doctor, patient = await guests.doctor(), await guests.patient()
    await doctor.opens(server.first_link)
    await expect(doctor.page.get_by_text("No studies yet")).to_be_visible()
    assert doctor.page.url.endswith("/#studies")
    assert not [url for url in doctor.requests if server.first_link.rsplit(".", 1)[1] in url]
    await brings(doctor, packed, total=2)
    await doctor.page.get_by_label("Your name in the room").fill("Dr. Weber")
    await doctor.page.locator(".open-study").first.click()
    await doctor.sees_the_picture()
    await expect(doctor.page.get_by_text("You are steering")).to_be_visible()
    link = await invites(doctor, "Maria")
    assert link.startswith(doctor.page.url.split("/#")[0])
    await expect(doctor.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    await expect(doctor.page.get_by_role("list", name="Open invitations")).to_contain_text("Maria")
    await patient.joins(link)
    await expect(patient.page.get_by_text("Dr. Weber is steering")).to_be_visible()
    await expect(doctor.page.get_by_role("list", name="Open invitations")).to_have_count(0)
    assert doctor.troubles == patient.troubles == []
    assert not [url for url in patient.requests if "/studies-" in url or "/doctor-" in url]

    await doctor.page.go_back()
    await expect(rows(doctor.page)).to_have_count(2)


async def test_a_second_use_of_a_host_link_is_refused_in_words(server: Server, guests: Guests) -> None:
    link = await server.link()
    doctor, other = await guests.doctor(), await guests.patient()
    await doctor.opens(link)
    await expect(doctor.page.get_by_role("heading", name="Studies", exact=True)).to_be_visible()
    await other.opens(link)
    await expect(other.page.get_by_role("heading")).to_have_text("This sign-in link was already used")
    await other.opens(link.split("#")[0] + "#studies")
    await expect(other.page.get_by_role("heading")).to_have_text("You are not signed in")


async def test_signing_out_closes_the_list(server: Server, guests: Guests) -> None:
    doctor = await signed_in(server, guests)
    await doctor.button("Sign out").click()
    await expect(doctor.page.get_by_role("heading")).to_have_text("You are not signed in")
    await doctor.page.reload()
    await expect(doctor.page.get_by_role("heading")).to_have_text("You are not signed in")


async def test_studies_are_found_as_one_types_and_opened_by_keys(
    server: Server, packed: Path, guests: Guests
) -> None:
    doctor = await signed_in(server, guests)
    await brings(doctor, packed, total=2)
    page = doctor.page
    await page.reload()
    search = page.get_by_label("Search")
    await search.fill("nobody at all")
    await expect(page.get_by_text("No study matches “nobody at all”.")).to_be_visible()
    await search.fill("CT")
    await expect(rows(page)).to_have_count(2)
    await page.locator(".study-row").first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".study-row").nth(1)).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.locator(".study-details")).to_be_visible()
    await page.keyboard.press("Enter")
    await doctor.sees_the_picture()


async def test_a_study_and_its_prior_are_opened_together(
    server: Server, packed: Path, guests: Guests
) -> None:
    doctor = await signed_in(server, guests)
    await brings(doctor, packed, total=2)
    await doctor.page.locator(".study-row").first.click()
    await doctor.page.get_by_role("button", name=re.compile("^Open with 20")).first.click()
    await doctor.sees_the_picture()
    dates = await doctor.page.locator(".stack-facts span:last-child").all_inner_texts()
    assert len(set(dates)) == 2


async def test_a_revoked_invitation_opens_nothing(server: Server, packed: Path, guests: Guests) -> None:
    doctor, patient = await signed_in(server, guests), await guests.patient()
    await brings(doctor, packed, total=2)
    await doctor.page.locator(".open-study").first.click()
    await doctor.sees_the_picture()
    link = await invites(doctor)
    await doctor.button("Revoke the invitation of Patient").click()
    await expect(doctor.button("Make a link")).to_be_visible()
    await patient.opens(link)
    await patient.page.get_by_label("Your name").fill("Maria")
    await patient.button("Join").click()
    await expect(patient.page.get_by_role("heading")).to_have_text("This link opens no room")


async def test_what_is_left_out_is_named_and_another_patient_is_asked_about(
    server: Server, packed: Path, stranger: list[Path], guests: Guests
) -> None:
    doctor = await signed_in(server, guests)
    await brings(doctor, packed, total=2)
    page = doctor.page
    await brings(doctor, *stranger, total=3)
    await expect(page.locator(".left-out")).to_contain_text("notes.txt This is not a DICOM file")
    await page.get_by_label("Search").fill("chest")
    await expect(rows(page)).to_have_count(2)
    await page.locator(".open-study").first.click()
    await doctor.sees_the_picture()
    cards = page.locator(".stack-card")
    before = await cards.count()
    await doctor.button("Add pictures").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Search").fill("Roe")
    await expect(dialog.locator(".study")).to_have_count(1)
    await dialog.locator(".study-row").click()
    await dialog.get_by_role("button", name=re.compile("^Add ")).click()
    await dialog.get_by_text("This is another patient. Open it all the same?").wait_for()
    assert await cards.count() == before
    await dialog.get_by_role("button", name="Open it all the same").click()
    await expect(dialog.get_by_text("Added")).to_be_visible()
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await expect(cards).to_have_count(before + 1)
    await expect(page.get_by_text("Another patient")).to_be_visible()
    await page.locator(".close-series").last.click()
    await doctor.button("Close").click()
    await expect(cards).to_have_count(before)


async def test_the_studies_page_fits_a_phone(server: Server, packed: Path, guests: Guests) -> None:
    doctor = await signed_in(server, guests, **PHONE)
    await doctor.page.locator("input[type=file]").first.set_input_files(packed)
    await expect(doctor.page.get_by_role("status").get_by_text("In the library")).to_be_visible(
        timeout=30_000
    )
    wide = await doctor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    for row in await doctor.page.locator("button:visible").all():
        box = await row.bounding_box()
        assert box is None or box["height"] >= 43.5, await row.inner_text()
