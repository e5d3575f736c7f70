"""Two real browsers, a real server, and a room with a doctor and a patient in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from readingroom.imaging import phantom
from tests.e2e.browsers import launched
from tests.e2e.house import House, Links
from tests.e2e.person import Person

HERE = Path(__file__).parent
DESKTOP = {"viewport": {"width": 1000, "height": 700}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here drives a browser, and all of them live in one event loop, with the browsers."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browsers() -> AsyncIterator[tuple[Browser, Browser]]:
    """Two processes, as on two machines."""
    async with async_playwright() as playwright:
        first, second = await launched(playwright), await launched(playwright)
        yield first, second
        await first.close()
        await second.close()


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chest of 24 slices of 256 x 256, and its prior."""
    folder = tmp_path_factory.mktemp("study")
    phantom.write_study(folder, slices=24, rows=256, columns=256)
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, study: Path) -> AsyncIterator[House]:
    """A server for all tests that kill nothing."""
    opened = House(tmp_path_factory.mktemp("house"))
    try:
        await opened.open(study)
        yield opened
    finally:
        await opened.close()


@dataclass(frozen=True)
class Guests:
    """Brings people in, each in a browser of their own."""

    browsers: tuple[Browser, Browser]
    stack: AsyncExitStack

    async def guest(self, browser: int, name: str, **device: Any) -> Person:
        context = await self.browsers[browser].new_context(**(DESKTOP | device))
        self.stack.push_async_callback(context.close)
        return await Person.at(context, name)

    async def doctor(self, **device: Any) -> Person:
        return await self.guest(0, "Dr. Weber", **device)

    async def patient(self, **device: Any) -> Person:
        return await self.guest(1, "Maria", **device)

    async def both(self, links: Links, **patients_device: Any) -> tuple[Person, Person]:
        doctor, patient = await self.doctor(), await self.patient(**patients_device)
        await doctor.joins(links.doctor)
        await patient.joins(links.patient)
        return doctor, patient


@pytest_asyncio.fixture(loop_scope="session")
async def guests(browsers: tuple[Browser, Browser]) -> AsyncIterator[Guests]:
    async with AsyncExitStack() as stack:
        yield Guests(browsers, stack)


@dataclass(frozen=True)
class Consultation:
    doctor: Person
    patient: Person


@pytest_asyncio.fixture(loop_scope="session")
async def consultation(house: House, guests: Guests) -> Consultation:
    """Both at a desk, in a fresh room."""
    return Consultation(*await guests.both(await house.room()))


@pytest_asyncio.fixture(loop_scope="session")
async def by_phone(house: House, guests: Guests) -> Consultation:
    """The patient at a phone, in a fresh room."""
    return Consultation(*await guests.both(await house.room(), **PHONE))


Print = Callable[[str], None]


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Print:
    """Says a figure in the closing summary, where it is seen without -s."""
    return lambda line: request.config.stash.setdefault(FIGURES, []).append(line)


FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
