"""One participant whose page is a real one: Chromium, which draws, and is asked what it holds."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PageError
from playwright.async_api import Page, async_playwright

from readingroom.rooms.state_hash import StateHashes
from readingroom.values import RoomId
from tests.chaos.witness import Witness
from tests.e2e.browsers import launched
from tests.e2e.person import Person

HOLDS = """async () => {
  const { readingroom } = window;
  if (!readingroom) return null;
  const hashes = await readingroom.hashes();
  return {
    connection: readingroom.connection(), unsaved: readingroom.unsaved(), revision: readingroom.revision(),
    divergences: readingroom.divergences(), document: hashes?.document, view: hashes?.view,
  };
}"""


@dataclass
class Browser:
    """A patient at a real page in `room`."""

    room: str
    person: Person
    drawn: int = 0

    @property
    def page(self) -> Page:
        return self.person.page

    async def draws(self) -> None:
        """An arrow, if he can now."""
        with contextlib.suppress(PageError, AssertionError):
            await self.person.draws_arrow(dx=-60 + 7 * (self.drawn % 15))
            self.drawn += 1

    async def lacks(self, witness: Witness) -> str:
        """What he has that the store has not, in words; empty when he has all."""
        state, view = await witness.whole(self.room)
        truth = StateHashes().of(state, view)
        holds: dict[str, Any] | None = await self.page.evaluate(HOLDS)
        if holds is None:
            return "the browser shows no room"
        wants = {
            "connection": "live", "unsaved": 0, "revision": state.revision, "divergences": 0,
            "document": truth.document, "view": truth.view,
        }  # fmt: skip
        return "" if holds == wants else f"the browser has {holds} of {wants}"


@asynccontextmanager
async def browsing(url: str, room: RoomId, secret: str) -> AsyncIterator[Browser]:
    """Comes in by a link, and stays until the block ends. Raises NoBrowser."""
    async with async_playwright() as playwright:
        chromium = await launched(playwright)
        context = await chromium.new_context(viewport={"width": 1000, "height": 700})
        person = await Person.at(context, "Maria")
        await person.joins(f"{url}/#{room}.{secret}")
        try:
            yield Browser(room, person)
        finally:
            await chromium.close()
