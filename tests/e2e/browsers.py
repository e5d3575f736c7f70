"""Starts Chromium so that it asks nobody anything of its own accord."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Browser, Playwright

from tests.e2e.chromium import executable

SILENT: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A window of the tests is never in front; a page in the background must draw all the same.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
)


async def launched(playwright: Playwright, *more: str) -> Browser:
    """A browser process of its own. Raises NoBrowser."""
    program, arguments = executable()
    return await playwright.chromium.launch(executable_path=program, args=[*arguments, *SILENT, *more])
