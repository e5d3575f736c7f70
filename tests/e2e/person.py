"""One person at one browser page: what they do with hands and keys, and what is on their screen."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request

WATCH: Final = Path(__file__).with_name("watch.js")
TILES: Final = ("/values/", "/values-range/", "/preview?", "/display/")

Pixels = NDArray[np.uint8]
"""Greys [rows, columns] of a drawn canvas, or its colors [rows, columns, 3]."""

READ_PIXELS: Final = """() => {
  const { width, height, data } = window.readingroom.pixels();
  const colors = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) colors.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  let text = "";
  for (let i = 0; i < colors.length; i += 9999) text += String.fromCharCode(...colors.subarray(i, i + 9999));
  return { width, height, colors: btoa(text) };
}"""


@dataclass
class Person:
    """`troubles` are the console's errors, `requests` every address the page asked for."""

    page: Page
    name: str
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @classmethod
    async def at(cls, context: BrowserContext, name: str) -> Person:
        await context.add_init_script(path=WATCH)
        page = await context.new_page()
        person = cls(page, name)
        page.on("request", person._asked)
        page.on("console", person._complained)
        page.on("pageerror", lambda error: person.troubles.append(str(error)))
        return person

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _complained(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    @property
    def tile_requests(self) -> int:
        return sum(any(part in url for part in TILES) for url in self.requests)

    # --- coming in ------------------------------------------------------------------------------------------
    async def opens(self, address: str) -> None:
        await self.page.goto(address)

    async def joins(self, link: str) -> None:
        """Types the name and comes in; done when the picture is drawn."""
        await self.opens(link)
        await self.page.get_by_label("Your name").fill(self.name)
        await self.button("Join").click()
        await self.sees_the_picture()

    async def sees_the_picture(self) -> None:
        await self.until("window.readingroom?.connection() === 'live' && !!host().dataset.drawn")

    # --- the screen -----------------------------------------------------------------------------------------
    @property
    def pane(self) -> Locator:
        return self.page.locator(".pane")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def marks(self) -> Locator:
        return self.page.locator(".stage-mark")

    async def asks(self, expression: str) -> Any:
        """What the page says of itself: `readingroom` is the support object, `host()` the pane's element."""
        return await self.page.evaluate(f"() => {{ {HOST} return {expression}; }}")

    async def until(self, expression: str, *, limit_s: float = 15) -> None:
        """Looks again and again. Not by `wait_for_function`: our content policy forbids what that does."""
        script = f"""async () => {{
          {HOST}
          const holds = () => {{ try {{ return {expression}; }} catch {{ return false; }} }};
          const end = performance.now() + {limit_s * 1000};
          while (!holds()) {{
            if (performance.now() > end) return false;
            await new Promise((next) => setTimeout(next, 5));
          }}
          return true;
        }}"""
        assert await self.page.evaluate(script), (
            f"{self.name} waited in vain for: {expression}\n{await self.state()}"
        )

    async def state(self) -> str:
        """For people who read why a test failed."""
        told = await self.page.evaluate(
            """() => {
              const { readingroom } = window;
              const said = readingroom && [readingroom.connection(), readingroom.process(), readingroom.tag(),
                readingroom.quality(), readingroom.stats(), readingroom.view(), readingroom.shared()];
              const host = document.querySelector(".pane");
              const drawn = host && { ...host.dataset };
              return JSON.stringify([location.href, said, drawn, document.body.innerText]);
            }"""
        )
        return f"{told}\n{self.troubles}\n{self.requests[-5:]}"

    async def tag(self) -> str:
        return str(await self.asks("readingroom.tag()"))

    async def settled(self, before: str) -> str:
        """The tag of the shared view after the one `before`, once this screen, which steers, has drawn it."""
        await self.until(f"host().dataset.drawn === readingroom.tag() && readingroom.tag() !== '{before}'")
        return await self.tag()

    async def drew(self, tag: str) -> None:
        await self.until(f"host().dataset.drawn === '{tag}'")

    async def pixels(self) -> Pixels:
        colors = await self.colors()
        assert (colors == colors[:, :, :1]).all(), "colored"
        return colors[:, :, 0]

    async def colors(self) -> Pixels:
        """RGB [rows, columns, 3] of the drawn canvas."""
        read = await self.page.evaluate(READ_PIXELS)
        colors = np.frombuffer(base64.b64decode(read["colors"]), np.uint8)
        return colors.reshape(read["height"], read["width"], 3)

    async def shows(self, series: str) -> None:
        """Opens a series for everyone; done when all of it that the screen can show is drawn."""
        card = self.page.locator(".stack-card").filter(has=self.page.get_by_text(series, exact=True))
        if await card.get_attribute("aria-current") != "true":
            before = await self.tag()
            await card.click()
            await self.settled(before)
        await self.until("host().dataset.drawnQuality === 'full'")

    async def has_marks(self, count: int) -> None:
        """So many marks lie on the picture, and all are saved."""
        await self.until(
            f"document.querySelectorAll('.stage-mark').length === {count} "
            "&& !document.querySelector('.stage-pending') && readingroom.unsaved() === 0"
        )

    async def quiet(self) -> None:
        """No tile is on its way and none is wanted: the count has stood still for a while."""
        script = f"""async () => {{ {HOST}
          const count = () => readingroom.stats().valuesRequests + readingroom.stats().displayRequests;
          const before = count();
          for (let frame = 0; frame < 15; frame++) await new Promise(requestAnimationFrame);
          return count() === before && host().dataset.drawn === readingroom.tag();
        }}"""
        while not await self.page.evaluate(script):
            pass

    # --- hands ----------------------------------------------------------------------------------------------
    async def center(self) -> tuple[float, float]:
        box = await self.pane.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def rests(self, dx: float = 0, dy: float = 0) -> None:
        """The mouse lies so far from the middle of the picture."""
        x, y = await self.center()
        await self.page.mouse.move(x + dx, y + dy)

    async def turns(self, notches: int) -> None:
        """The wheel, one notch; the mouse lies on the picture."""
        await self.page.mouse.wheel(0, 120 * notches)

    async def drags(self, dx: float, dy: float, *, button: Any = "left", steps: int = 10) -> None:
        x, y = await self.center()
        await self.drags_from(x - dx / 2, y - dy / 2, x + dx / 2, y + dy / 2, button=button, steps=steps)

    async def drags_from(
        self, x: float, y: float, to_x: float, to_y: float, *, button: Any = "left", steps: int = 10
    ) -> None:
        mouse = self.page.mouse
        await mouse.move(x, y)
        await mouse.down(button=button)
        await mouse.move(to_x, to_y, steps=steps)
        await mouse.up(button=button)

    async def draws_arrow(self, dx: float = -60, dy: float = -50) -> None:
        """From the middle's upper right to so far from the middle."""
        await self.page.keyboard.press("a")
        x, y = await self.center()
        await self.drags_from(x + dx + 60, y + dy - 40, x + dx, y + dy)


HOST: Final = "const host = () => document.querySelector('.pane');"
