"""axe finds nothing on the studies page, whatever it shows (WCAG 2.2 AA)."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import Guests
from tests.e2e.test_accessibility import nothing_found
from tests.e2e.test_studies import Server, packed

__all__ = ["packed"]


async def test_the_studies_page(guests: Guests, packed: Path, tmp_path: Path) -> None:
    server = Server(tmp_path / "serve")
    try:
        await server.open()
        doctor = await guests.doctor()
        await doctor.opens(server.first_link)
        await expect(doctor.page.get_by_text("No studies yet")).to_be_visible()
        await nothing_found(doctor)
        await doctor.page.locator("input[type=file]").first.set_input_files(packed)
        await expect(doctor.page.get_by_role("progressbar").first).to_be_visible()
        await nothing_found(doctor)
        await expect(doctor.page.get_by_text("In the library")).to_be_visible(timeout=30_000)
        await expect(doctor.page.get_by_text("Compare with a prior")).to_be_visible()
        await nothing_found(doctor)
        await doctor.page.get_by_label("Search").fill("nobody is called so")
        await expect(doctor.page.get_by_text("No study matches")).to_be_visible()
        await nothing_found(doctor)
    finally:
        await server.stop()
