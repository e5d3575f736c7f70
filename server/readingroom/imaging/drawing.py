"""The `render` command: one picture of a file, folder or archive as 8-bit PNG at its native size, bare."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from readingroom.errors import BadRequest, BadSetting, BadWindow, SliceOutOfRange
from readingroom.imaging import auto_window, display, planes
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import ImportResult, import_path
from readingroom.imaging.index import Frame, Series, Stack
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.text import clean
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.imaging.window import Gray
from readingroom.values import Plane, SeriesRef, VoiFunction, VoiWindow

WindowSource = Literal["given", "file", "auto"]
Lines = list[tuple[NDArray[Any], Frame]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn picture: display bytes [y, x], the window they were made with, and where that came from."""

    gray: Gray
    window: VoiWindow
    window_from: WindowSource


@dataclass(frozen=True, slots=True)
class Asked:
    """Which picture is wanted.

    `series` is a Series Instance UID; None is the first. `index` counts the pictures of the stack (or plane)
    from 0; None is the middle. `frame` instead names a frame of a multi-frame file, from 0.
    """

    series: str | None = None
    stack: int = 0
    plane: Plane = Plane.ACQUISITION
    index: int | None = None
    frame: int | None = None
    window: VoiWindow | None = None


class Sketchbook:
    """What was found under a path, ready to be drawn from."""

    def __init__(self, found: ImportResult, volumes: Volumes) -> None:
        self.found = found
        self._volumes = volumes

    async def draw(self, asked: Asked) -> Drawn:
        """Raises BadRequest, SliceOutOfRange, SliceDamaged, NotAVolume, BadWindow."""
        ref, series = self._series(asked.series)
        if not 0 <= asked.stack < len(series.stacks):
            raise BadRequest(reason=f"the series has {len(series.stacks)} stacks, counted from 0")
        volume = await self._volumes.open(ref, asked.stack)
        if asked.plane is Plane.ACQUISITION:
            index = _index(volume.stack, asked)
            await volume.wait_frame(index)
            return await asyncio.to_thread(_frame, volume, index, asked.window)
        if asked.frame is not None:
            raise BadRequest(reason="a frame is a picture as it was taken, not one of another plane")
        cut = planes.cut(volume.stack, asked.plane, asked.index)
        await volume.wait_complete()
        return await asyncio.to_thread(_plane, volume, cut, asked.window)

    def _series(self, uid: str | None) -> tuple[SeriesRef, Series]:
        for study in self.found.studies:
            for place, series in enumerate(study.series):
                if uid is None or series.series_uid == uid:
                    return SeriesRef(study.id, place), series
        raise BadRequest(reason=f"these files hold no series {clean(uid or '')}".rstrip())


@asynccontextmanager
async def sketchbook(path: Path, pool: DecodePool) -> AsyncIterator[Sketchbook]:
    """Import `path` into a folder of its own that is gone afterwards. Raises what import_path raises."""
    with tempfile.TemporaryDirectory(prefix="readingroom-") as folder:
        library, cache = Library(Path(folder, "studies")), Path(folder, "cache")
        found = await import_path(path, library, pool, lambda progress: None)
        async with Ingest(library, cache, pool) as ingest:
            yield Sketchbook(found, Volumes(library, cache, ingest))


async def draw(
    path: Path,
    out: Path,
    *,
    series: str | None = None,
    stack: int = 0,
    plane: Plane = Plane.ACQUISITION,
    index: int | None = None,
    frame: int | None = None,
    window: VoiWindow | None = None,
) -> Drawn:
    """Write one picture as PNG: in the given window, or the file's first, or one chosen from the picture.

    Raises what Sketchbook.draw and import_path raise, and BadSetting when `out` cannot be written.
    """
    async with DecodePool() as pool, sketchbook(path, pool) as book:
        drawn = await book.draw(Asked(series, stack, plane, index, frame, window))
    try:
        await asyncio.to_thread(Image.fromarray(drawn.gray).save, out, "PNG")
    except OSError as error:
        raise BadSetting(name="--out", reason=error.strerror or "it cannot be written") from None
    return drawn


def parse_window(text: str) -> VoiWindow:
    """`C,W` or `C,W,linear|linear-exact|sigmoid`. Raises BadWindow."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (2, 3):
        raise BadWindow(reason="it is written CENTER,WIDTH or CENTER,WIDTH,FUNCTION, for example 40,400")
    try:
        center, width = float(parts[0]), float(parts[1])
    except ValueError:
        raise BadWindow(reason=f"'{parts[0]},{parts[1]}' are not two numbers") from None
    name = parts[2].upper().replace("-", "_") if len(parts) == 3 else "LINEAR"
    if name not in VoiFunction.__members__:
        raise BadWindow(reason=f"'{parts[2]}' is none of linear, linear-exact, sigmoid")
    return VoiWindow(center, width, VoiFunction[name])


def _index(stack: Stack, asked: Asked) -> int:
    if asked.frame is None:
        index = len(stack.frames) // 2 if asked.index is None else asked.index
        if not 0 <= index < len(stack.frames):
            raise SliceOutOfRange(index=index, slices=len(stack.frames))
        return index
    if asked.index is not None:
        raise BadRequest(reason="either a picture's index or a frame's number is given, not both")
    for index, frame in enumerate(stack.frames):
        if frame.frame == asked.frame:
            return index
    raise BadRequest(reason=f"no file of this stack has a frame {asked.frame}, counted from 0")


def _frame(volume: Volume, index: int, given: VoiWindow | None) -> Drawn:
    frame, stored = volume.stack.frames[index], volume.frame(index)
    window, source = _window(given, frame, [(stored, frame)])
    return Drawn(display.gray(stored, frame, volume.stack.inverted, window), window, source)


def _plane(volume: Volume, cut: planes.Cut, given: VoiWindow | None) -> Drawn:
    """A cut, each of its lines under the rescale and padding of the frame it comes from."""
    stack = volume.stack
    for index in range(len(stack.frames)):
        volume.frame(index)  # one damaged slice, and the plane has a hole
    lines = _lines(cut.of(volume.array), cut, stack.frames)
    window, source = _window(given, stack.frames[len(stack.frames) // 2], lines)
    gray = np.concatenate([display.gray(line, frame, stack.inverted, window) for line, frame in lines])
    return Drawn(cut.turned(gray), window, source)


def _window(given: VoiWindow | None, frame: Frame, lines: Lines) -> tuple[VoiWindow, WindowSource]:
    if given is not None:
        return given, "given"
    if frame.windows:
        return frame.windows[0].window, "file"
    values = [auto_window.modality_values(line, frame) for line, frame in lines]
    return auto_window.of_values(np.concatenate(values)), "auto"


def _lines(stored: NDArray[Any], cut: planes.Cut, frames: tuple[Frame, ...]) -> Lines:
    """A cut in pieces of one rescale and one padding each, with a frame that has them."""
    if cut.axis == 0:
        return [(stored, frames[cut.index])]
    if len({(frame.rescale, frame.padding) for frame in frames}) == 1:
        return [(stored, frames[0])]
    return [(stored[z : z + 1], frame) for z, frame in enumerate(frames)]
