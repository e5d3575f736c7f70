"""What a screen must show, apart from the page: the server's own drawing, and plain numpy when zoomed."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readingroom.imaging import display, levels
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, Sketchbook
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Frame, Stack
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef, VoiFunction, VoiWindow
from tests.e2e.person import Pixels

Values = NDArray[Any]


@dataclass(frozen=True)
class Truth:
    """The pictures of some files, by the description of their series. Each is its stack's middle one."""

    book: Sketchbook
    volumes: Volumes

    async def drawn(self, series: str, window: Mapping[str, Any]) -> Pixels:
        """As `readingroom render` writes it."""
        uid = self._named(series)[1]
        return (await self.book.draw(Asked(series=uid, window=voi(window)))).pixels

    async def enlarged(self, series: str, window: Mapping[str, Any]) -> Pixels:
        """Each pixel as 2 x 2 between its neighbors, then windowed."""
        stored, frame, stack = await self._picture(series)
        return display.pixels(enlarged(stored, frame, stack), frame, stack, voi(window))

    async def reduced(self, series: str, window: Mapping[str, Any]) -> Pixels:
        """The mean of each 2 x 2 pixels, then windowed; of labels the upper left one."""
        stored, frame, stack = await self._picture(series)
        half = levels.pick(stored, 1) if stack.palette else levels.reduce(stored, 1, frame.padding)
        return display.pixels(half, frame, stack, voi(window))

    async def rows(self, series: str) -> int:
        return (await self._picture(series))[2].rows

    async def _picture(self, series: str) -> tuple[Values, Frame, Stack]:
        volume = await self.volumes.open(self._named(series)[0], 0)
        index = len(volume.stack.frames) // 2
        await volume.wait_frame(index)
        return volume.frame(index), volume.stack.frames[index], volume.stack

    def _named(self, name: str) -> tuple[SeriesRef, str]:
        for study in self.book.found.studies:
            for place, series in enumerate(study.series):
                if series.description == name:
                    return SeriesRef(study.id, place), series.series_uid
        raise AssertionError(f"{name} was refused: {[study.refused for study in self.book.found.studies]}")


@asynccontextmanager
async def truth_of(files: Path) -> AsyncIterator[Truth]:
    with tempfile.TemporaryDirectory() as folder:
        library, cache = Library(Path(folder, "studies")), Path(folder, "cache")
        async with DecodePool() as pool:
            found = await import_path(files, library, pool, lambda _: None)
            async with Ingest(library, cache, pool) as ingest:
                volumes = Volumes(library, cache, ingest)
                yield Truth(Sketchbook(found, volumes), volumes)


def voi(window: Mapping[str, Any]) -> VoiWindow:
    """The window of a page's view."""
    return VoiWindow(window["center"], window["width"], VoiFunction(window["function"]), window.get("lut"))


def enlarged(stored: Values, frame: Frame, stack: Stack) -> Values:
    """Bilinear between pixel centers, twice as large, in float64; integers are rounded half up.

    Padding and NaN take no part and stay where they lie nearest; labels stay what they are.
    """
    nearest = stored.repeat(2, 0).repeat(2, 1)
    if stack.palette:
        return nearest
    exact = stored.astype(np.float64)
    absent = np.isnan(exact)
    if frame.padding is not None:
        absent |= (exact >= frame.padding[0]) & (exact <= frame.padding[1])
    total = np.zeros(nearest.shape)
    weights = np.zeros(nearest.shape)
    for rows, row_part in _sides(stored.shape[0]):
        for columns, column_part in _sides(stored.shape[1]):
            weight = np.multiply.outer(row_part, column_part)
            weight = weight if stored.ndim == 2 else weight[:, :, np.newaxis]
            there = ~absent[rows][:, columns]
            total += weight * np.where(there, exact[rows][:, columns], 0)
            weights += weight * there
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / weights
    if stored.dtype.kind != "f":
        mean = np.floor(mean + 0.5)
    gone = absent.repeat(2, 0).repeat(2, 1)
    return np.where(gone, nearest, np.nan_to_num(mean) if stored.dtype.kind != "f" else mean).astype(
        stored.dtype
    )


def _sides(count: int) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """For each of twice as many pixels: its neighbor before and after, with their shares."""
    at = (np.arange(2 * count) + 0.5) / 2 - 0.5
    before = np.floor(at)
    part = at - before
    inside = [np.clip(before + side, 0, count - 1).astype(np.intp) for side in (0, 1)]
    return [(inside[0], 1 - part), (inside[1], part)]
