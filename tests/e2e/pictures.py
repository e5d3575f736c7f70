"""Compares drawn pictures, pixel by pixel."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.e2e.person import Person, Pixels


def is_a_picture(pixels: Pixels) -> bool:
    """Neither black nor one grey."""
    return float(pixels.std()) > 10


async def same_size(person: Person, other: Person) -> None:
    """Turns the window of `other` until both canvases have the same size: the pages differ in layout."""
    size = "[host().clientWidth, host().clientHeight]"
    width, height = await person.asks(size)
    for _ in range(4):
        own_width, own_height = await other.asks(size)
        if (own_width, own_height) == (width, height):
            break
        viewport = other.page.viewport_size
        assert viewport is not None
        wider, higher = width - own_width, height - own_height
        await other.page.set_viewport_size(
            {"width": viewport["width"] + wider, "height": viewport["height"] + higher}
        )
    for each in (person, other):
        ratio = "Math.round(document.querySelector('.stage-canvas').width / devicePixelRatio)"
        await each.until(f"host().clientWidth === {width} && host().clientHeight === {height}")
        await each.until(f"{ratio.replace('.stage-canvas', '.stage-canvas:not([hidden])')} === {width}")


async def as_high_as(person: Person, rows: int) -> None:
    """Makes the window so high that the canvas has so many rows, and an even number of columns."""
    viewport = person.page.viewport_size
    assert viewport is not None
    width, height = await person.asks("[host().clientWidth, host().clientHeight]")
    if (width % 2, height) != (0, rows):
        await person.page.set_viewport_size(
            {"width": viewport["width"] + width % 2, "height": viewport["height"] + rows - height}
        )
    await person.until(f"host().querySelector('canvas:not([hidden])').height === {rows}")
    await person.until("host().querySelector('canvas:not([hidden])').width % 2 === 0")


async def both_drew(leader: Person, follower: Person, before: str) -> tuple[Pixels, Pixels]:
    """Both screens, once they have drawn the shared view that follows the one `before`."""
    tag = await leader.settled(before)
    await follower.drew(tag)
    return await leader.pixels(), await follower.pixels()


def resampled(pixels: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX))


def likeness(one: Pixels, other: Pixels) -> float:
    """Pearson's correlation; 1 is the same picture."""
    return float(np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1])
