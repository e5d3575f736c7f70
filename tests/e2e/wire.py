"""What crosses the wire of one page, by Chromium's own count, and how slow that wire is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import CDPSession

from tests.e2e.person import Person

PICTURES: Final = ("/values/", "/values-range/", "/preview?", "/display/", "/thumbnail", "/overlay/")
"""Parts of addresses whose answers are pixels."""
SLOW_4G: Final = (1.6, 150.0)
"""Megabits a second down, milliseconds of a request before its answer begins."""
UP_SHARE: Final = 750 / 1600


FIRST_PICTURE: Final = """
new MutationObserver((changes, observer) => {
  const panes = [...document.querySelectorAll(".pane")];
  if (!panes.some(({ dataset }) => ["preview", "full"].includes(dataset.drawnQuality))) return;
  observer.disconnect();
  window.firstPictureAt = performance.timeOrigin + performance.now();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-drawn-quality"] });
"""
"""Notes when a page first shows pixels of the study, in ms since 1970."""


@dataclass
class Crossing:
    """One request: bytes of its answer as they were received, head and body, still compressed."""

    url: str
    sent_at: float
    """Seconds since 1970."""
    received: int = 0

    @property
    def is_picture(self) -> bool:
        return any(part in self.url for part in PICTURES)


@dataclass
class Wire:
    """`crossings` by Chromium's id of the request; `heard`: bytes of the WebSocket, `heard_of` by event."""

    cdp: CDPSession
    crossings: dict[str, Crossing] = field(default_factory=dict)
    heard: int = 0
    heard_of: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def of(cls, person: Person) -> Wire:
        wire = cls(await person.page.context.new_cdp_session(person.page))
        wire.cdp.on("Network.requestWillBeSent", wire._sent)
        wire.cdp.on("Network.responseReceived", wire._headed)
        wire.cdp.on("Network.dataReceived", wire._received)
        wire.cdp.on("Network.loadingFinished", wire._finished)
        wire.cdp.on("Network.webSocketFrameReceived", wire._heard)
        await wire.cdp.send("Network.enable")
        await person.page.add_init_script(FIRST_PICTURE)
        return wire

    async def accepts(self, *encodings: str) -> None:
        """Only these of gzip, br and zstd are asked for."""
        headers = {"Accept-Encoding": ", ".join(encodings)}
        await self.cdp.send("Network.setExtraHTTPHeaders", {"headers": headers})

    async def is_slow(self, megabits: float, latency_ms: float) -> None:
        """For HTTP; Chromium slows no WebSocket, and sets up connections at once."""
        down = megabits * 1e6 / 8
        await self.cdp.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": latency_ms,
                "downloadThroughput": down,
                "uploadThroughput": down * UP_SHARE,
            },
        )

    async def forgets(self) -> None:
        """The browser's cache is empty, and so are these counts."""
        await self.cdp.send("Network.clearBrowserCache")
        self.restart()

    def restart(self) -> None:
        self.crossings.clear()
        self.heard = 0
        self.heard_of.clear()

    @property
    def picture_bytes(self) -> int:
        return sum(each.received for each in self.crossings.values() if each.is_picture)

    def other_bytes(self, until: float = math.inf) -> int:
        """All that was asked for until then but pictures, with what was heard over the socket."""
        others = [each for each in self.crossings.values() if not each.is_picture and each.sent_at <= until]
        return self.heard + sum(each.received for each in others)

    def table(self) -> str:
        """For people who read why a page is too heavy."""
        rows = sorted(self.crossings.values(), key=lambda each: -each.received)
        return "\n".join(f"{each.received:9} {each.url}" for each in rows) + f"\n{self.heard:9} socket"

    def _sent(self, event: dict[str, Any]) -> None:
        self.crossings[event["requestId"]] = Crossing(event["request"]["url"], event["wallTime"])

    def _headed(self, event: dict[str, Any]) -> None:
        if found := self.crossings.get(event["requestId"]):
            found.received = max(found.received, int(event["response"]["encodedDataLength"]))

    def _received(self, event: dict[str, Any]) -> None:
        if found := self.crossings.get(event["requestId"]):
            found.received += max(0, int(event["encodedDataLength"]))

    def _finished(self, event: dict[str, Any]) -> None:
        if found := self.crossings.get(event["requestId"]):
            found.received = max(found.received, int(event["encodedDataLength"]))

    def _heard(self, event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        size = len(payload.encode())
        size += 2 if size < 126 else 4
        self.heard += size
        self.heard_of[payload.split('"', 2)[1] if '"' in payload else payload] += size
