"""Every kind of real picture as tiles: what the screen makes of the values is what the server draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from readingroom.errors import SliceDamaged
from readingroom.imaging import auto_window, display, encode, levels, window
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import TILE_EDGE, Plane, Rescale, SeriesRef, TileAddress
from tests.imaging.dicoms import DATA, NO_DATA
from tests.imaging.test_encode import decode

SINGLES = DATA / "singles"
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.skipif(not SINGLES.is_dir(), reason=NO_DATA)
async def test_the_tiles_of_every_single_file_are_its_picture(pool: DecodePool, tmp_path: Path):
    library, cache = Library(tmp_path / "studies"), tmp_path / "cache"
    found = await import_path(SINGLES, library, pool, lambda _: None)
    kinds = set()
    async with Ingest(library, cache, pool) as ingest:
        volumes = Volumes(library, cache, ingest)
        renderer = Renderer(volumes)
        for study in found.studies:
            for place, series in enumerate(study.series):
                for number in range(len(series.stacks)):
                    ref = SeriesRef(study.id, place)
                    volume = await volumes.open(ref, number)
                    await volume.wait_complete()
                    kinds.add(await check(renderer, ref, number, volume))
        await renderer.close()
    assert {"uint8 1", "uint16 1", "int16 1", "uint32 1", "float32 1", "uint8 3"} <= kinds


async def check(renderer: Renderer, ref: SeriesRef, number: int, volume: Volume) -> str:
    """The middle frame's upper left tile of the finest and the coarsest level, and the thumbnail."""
    stack = volume.stack
    try:
        index, whole = display.middle(volume)
    except SliceDamaged:
        return ""
    frame, voi = stack.frames[index], auto_window.first(stack, stack.frames[index], whole)
    for level in {0, levels.level_count(stack.rows, stack.columns) - 1}:
        at = TileAddress(number, Plane.ACQUISITION, index, level)
        part = whole[: TILE_EDGE << level, : TILE_EDGE << level]
        stored = levels.pick(part, level) if stack.palette else levels.reduce(part, level, frame.padding)
        drawn = display.pixels(stored, frame, stack, voi)
        body = await renderer.values_tile(ref, at, "identity")
        values = decode(body)
        if body[4] == encode.DTYPES["float32"]:
            assert voi is not None
            seen = window.to_gray(values, Rescale(), None, stack.inverted, voi)
            assert np.abs(seen.astype(int) - drawn).max() <= 1
        else:
            assert np.array_equal(values, stored)
        picture = simplejpeg.decode_jpeg(
            await renderer.display_tile(ref, at, voi, quality=100), colorspace="RGB"
        )
        assert np.abs(picture.astype(int) - (drawn if drawn.ndim == 3 else drawn[:, :, None])).mean() < 2
    assert await renderer.thumbnail(ref, number)
    return f"{stack.dtype} {stack.samples}"
