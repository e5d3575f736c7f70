"""3,000 slices on a phone: any of them is there at once, it is the right one, and memory stays bounded."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.e2e.conftest import PHONE, Guests, Print
from tests.e2e.house import House, Links
from tests.e2e.person import Person
from tests.long_series import index_of, write_long_series

SLICES = 3000
MOST_BYTES = 150_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def long_room(house: House, tmp_path_factory: pytest.TempPathFactory) -> Links:
    files = tmp_path_factory.mktemp("long") / "files"
    write_long_series(files, SLICES)
    return await house.room(files)


async def slides_to(person: Person, frame: int) -> None:
    """The slider at the picture's edge."""
    await person.page.locator(".slider input").fill(str(frame))
    await person.until(f"readingroom.frame() === {frame}")


async def drawn_index(person: Person) -> int:
    """Which slice the stripes on the canvas say it is."""
    pixels = await person.pixels()
    rows, columns = pixels.shape
    edge = min(rows, columns)
    return index_of(pixels, (columns - edge) / 2, edge, rows // 2 - edge // 4)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_three_thousand_slices_scroll_on_a_phone(
    long_room: Links, guests: Guests, report: Print
) -> None:
    doctor = await guests.doctor(**PHONE)
    await doctor.joins(long_room.doctor)
    await doctor.until("host().dataset.drawnQuality === 'full'", limit_s=60)
    await doctor.until(f"readingroom.stats().previewed === {SLICES}", limit_s=90)
    most = 0
    for frame in [*range(0, SLICES, 131), SLICES - 1, 1, 2047, 2048]:
        before = await doctor.asks("readingroom.stats().valuesRequests")
        await slides_to(doctor, frame)
        assert await drawn_index(doctor) == frame  # at once: nothing is waited for
        most = max(most, await doctor.asks("readingroom.stats().cacheBytes"))
        assert await doctor.asks("readingroom.stats().valuesRequests") <= before + 8
    for frame in range(1000, 1400):
        await slides_to(doctor, frame)
    await doctor.until("readingroom.quality() === 'full'")
    assert await drawn_index(doctor) == 1399
    most = max(most, await doctor.asks("readingroom.stats().cacheBytes"))
    report(f"3,000 slices on a phone: at most {most / 1e6:.0f} MB kept (aim {MOST_BYTES / 1e6:.0f})")
    assert most <= MOST_BYTES
