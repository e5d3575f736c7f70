"""The `render` command: one picture of a file, folder or archive as 8-bit PNG at its native size, bare.

Native is a pixel for a pixel: of the frame, of the volume's own voxels, or of the plane that was resampled.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from readingroom.errors import BadRequest, BadSetting, BadWindow, SliceOutOfRange
from readingroom.imaging import auto_window, display
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.parallel_planes import Aim, ParallelPlanes
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.slabs import THIN, Slab
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import ImportResult, import_path
from readingroom.imaging.index import Frame, Point, Series, Stack
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.text import clean
from readingroom.imaging.tiles import Region
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import Plane, SeriesRef, VoiFunction, VoiWindow

WindowSource = Literal["given", "file", "auto", "none"]
WHITE = 255


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn picture: display bytes [y, x] or [y, x, 3], the window they were made with, whose that is.

    Color has no window.
    """

    pixels: NDArray[np.uint8]
    window: VoiWindow | None
    window_from: WindowSource


@dataclass(frozen=True, slots=True)
class Asked:
    """Which picture is wanted.

    `series` is a Series Instance UID; None is the first. `index` counts the pictures of the stack (or plane)
    from 0; None is the middle, or the plane through `point`. `frame` instead names a frame of a multi-frame
    file, from 0. `normal` is an oblique plane's. `voi_lut` instead of a window names one of the stack's VOI
    LUTs, from 0. `overlay` draws the overlay over it in white.
    """

    series: str | None = None
    stack: int = 0
    plane: Plane = Plane.ACQUISITION
    index: int | None = None
    frame: int | None = None
    window: VoiWindow | None = None
    normal: Point | None = None
    point: Point | None = None
    slab: Slab = THIN
    voi_lut: int | None = None
    overlay: bool = False


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
            if asked.normal or asked.point or asked.slab.thickness_mm:
                raise BadRequest(
                    reason="a normal, a point and a slab are of planes, not of pictures as taken"
                )
            index = _index(volume.stack, asked)
            await volume.wait_frame(index)
            return await asyncio.to_thread(_frame, volume, index, asked)
        if asked.frame is not None:
            raise BadRequest(reason="a frame is a picture as it was taken, not one of another plane")
        if asked.overlay:
            raise BadRequest(
                reason="overlays lie over the pictures as they were taken, not over other planes"
            )
        shown = through(volume.stack, Aim(asked.plane, asked.normal, asked.point))
        index = shown.checked(asked.index)
        await volume.wait_complete()
        return await asyncio.to_thread(_plane, volume, shown, index, asked)

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


async def draw(path: Path, out: Path, asked: Asked) -> Drawn:
    """Write one picture as PNG: in the given window, or the file's first, or one chosen from the picture.

    Raises what Sketchbook.draw and import_path raise, and BadSetting when `out` cannot be written.
    """
    async with DecodePool() as pool, sketchbook(path, pool) as book:
        drawn = await book.draw(asked)
    try:
        await asyncio.to_thread(Image.fromarray(drawn.pixels).save, out, "PNG")
    except OSError as error:
        raise BadSetting(name="--out", reason=error.strerror or "it cannot be written") from None
    return drawn


def parse_vector(name: str, text: str) -> Point:
    """`X,Y,Z` in LPS. Raises BadSetting."""
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise BadSetting(name=name, reason="it is written X,Y,Z, for example 0,0.5,1") from None
    if not all(math.isfinite(part) for part in (x, y, z)):
        raise BadSetting(name=name, reason="its numbers must be finite")
    return (x, y, z)


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


def _frame(volume: Volume, index: int, asked: Asked) -> Drawn:
    frame, stored = volume.stack.frames[index], volume.frame(index)
    drawn = _in_window(stored, frame, volume.stack, asked)
    if not asked.overlay:
        return drawn
    layer = np.unpackbits(volume.overlay(index), axis=1, count=volume.stack.columns)
    pixels = drawn.pixels.copy()
    pixels[layer == 1] = WHITE
    return replace(drawn, pixels=pixels)


def _plane(volume: Volume, shown: ParallelPlanes, index: int, asked: Asked) -> Drawn:
    whole = Region(0, 0, shown.rows, 0, shown.columns)
    values, frame = Block(volume).values(shown, index, whole, asked.slab)
    return _in_window(values, frame, volume.stack, asked)


def _in_window(stored: NDArray[Any], frame: Frame, stack: Stack, asked: Asked) -> Drawn:
    window, source = _window(stored, frame, stack, asked)
    return Drawn(np.ascontiguousarray(display.pixels(stored, frame, stack, window)), window, source)


def _window(
    stored: NDArray[Any], frame: Frame, stack: Stack, asked: Asked
) -> tuple[VoiWindow | None, WindowSource]:
    if asked.voi_lut is not None:
        if asked.window is not None:
            raise BadRequest(reason="either a window or a VOI LUT is given, not both")
        display.levels_of(stack, asked.voi_lut)  # refuses one that is not there
        return auto_window.over_domain(stack.voi_luts[asked.voi_lut].table, asked.voi_lut), "given"
    if stack.samples == 3:
        return None, "none"
    if asked.window is not None:
        return asked.window, "given"
    if frame.windows or frame.voi_luts:
        return auto_window.offered(stack, frame, None)[0].window, "file"
    return auto_window.of_values(auto_window.modality_values(stored, frame)), "auto"
