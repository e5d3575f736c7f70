"""Tiles of planes: the bodies hold the pixels, display and values show the same, refusals come through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from readingroom.errors import NoSuchTile, NotAVolume, SliceNotReady, SliceOutOfRange
from readingroom.imaging import window
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.plane_renderer import PlaneRenderer
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.cutting.turned_copies import TurnedCopies
from readingroom.imaging.index import Palette
from readingroom.imaging.renderer import Renderer
from readingroom.imaging.tiles import Region
from readingroom.values import Plane, Rescale, SeriesRef, StudyId, TileAddress, VoiWindow
from tests.imaging.arrange import Held
from tests.imaging.cutting import blocks
from tests.imaging.test_encode import decode
from tests.imaging.test_renderer import Shelf

REF = SeriesRef(StudyId("study"), 0)
WINDOW = VoiWindow(1000, 300)
CORONAL, SAGITTAL = Aim(Plane.CORONAL), Aim(Plane.SAGITTAL)
OBLIQUE = Aim(Plane.OBLIQUE, (0.2, 0.5, 0.8))


@pytest.fixture
def volume() -> Held:
    """600 columns, so that there is more than one tile."""
    return blocks.ramp(
        blocks.regular(spacing_mm=(0.5, 0.25), columns=600, frames={"rescale": Rescale(2.0, -9.0)})
    )


@pytest.fixture
async def planes(volume: Held, tmp_path: Path) -> AsyncIterator[PlaneRenderer]:
    shelf = Shelf(volume)
    renderer = Renderer(shelf)
    yield PlaneRenderer(renderer, shelf, TurnedCopies(tmp_path))
    await renderer.close()


def tile(aim: Aim, index: int, level: int = 0, column: int = 0, row: int = 0) -> TileAddress:
    return TileAddress(0, aim.plane, index, level, column, row)


async def test_a_values_tile_is_a_rectangle_of_the_plane(planes: PlaneRenderer, volume: Held):
    body = await planes.values_tile(REF, tile(CORONAL, 3, 0, 1), CORONAL, Slab(), "identity")
    assert np.array_equal(decode(body), volume.array[::-1, 3, 512:600])
    assert np.frombuffer(body, "<f8", 2, 16).tolist() == [2.0, -9.0]
    body = await planes.values_tile(REF, tile(SAGITTAL, 77), SAGITTAL, Slab(), "identity")
    assert np.array_equal(decode(body), volume.array[::-1, :, 77])


async def test_levels_are_means_of_the_plane(planes: PlaneRenderer, volume: Held):
    body = await planes.values_tile(REF, tile(CORONAL, 3, 1), CORONAL, Slab(), "identity")
    coronal = volume.array[::-1, 3].astype(float)
    means = coronal[:14].reshape(7, 2, 300, 2).mean(axis=(1, 3))
    assert np.array_equal(decode(body)[:7], np.floor(means + 0.5))


async def test_a_slab_is_in_the_tile(planes: PlaneRenderer, volume: Held):
    body = await planes.values_tile(REF, tile(CORONAL, 5), CORONAL, Slab(1.0, Projection.MINIP), "identity")
    assert np.array_equal(decode(body), volume.array[::-1, 4:7, :512].min(axis=1))


@pytest.mark.parametrize("aim", [CORONAL, OBLIQUE])
async def test_a_display_tile_is_the_values_tile_in_its_window(planes: PlaneRenderer, volume: Held, aim: Aim):
    shown = through(volume.stack, aim)
    values, frame = Block(volume).values(
        shown, shown.index, Region(0, 0, min(512, shown.rows), 0, min(512, shown.columns)), Slab()
    )
    body = await planes.display_tile(REF, tile(aim, shown.index), aim, Slab(), WINDOW, quality=100)
    gray = simplejpeg.decode_jpeg(body, colorspace="GRAY")[:, :, 0].astype(float)
    exact = window.to_gray(values, frame.rescale, frame.padding, False, WINDOW)
    assert np.abs(gray - exact).mean() < 1


async def test_the_same_plane_is_made_once(volume: Held, tmp_path: Path):
    shelf = Shelf(volume)
    renderer = Renderer(shelf)
    planes = PlaneRenderer(renderer, shelf, TurnedCopies(tmp_path))
    first = await planes.values_tile(REF, tile(OBLIQUE, 4), OBLIQUE, Slab(2.0), "zstd")
    assert await planes.values_tile(REF, tile(OBLIQUE, 4), OBLIQUE, Slab(2.0), "zstd") == first
    assert shelf.opened == 1
    await renderer.close()


async def test_what_does_not_exist_is_refused(planes: PlaneRenderer):
    for at, refusal in (
        (tile(CORONAL, 20), SliceOutOfRange),
        (tile(CORONAL, 0, 9), NoSuchTile),
        (tile(CORONAL, 0, 0, 2), NoSuchTile),
    ):
        with pytest.raises(refusal):
            await planes.values_tile(REF, at, CORONAL, Slab(), "zstd")
        with pytest.raises(refusal):
            await planes.display_tile(REF, at, CORONAL, Slab(), WINDOW)


async def test_planes_wait_for_every_slice_and_end_with_a_damaged_one(planes: PlaneRenderer, volume: Held):
    volume.ready.discard(2)
    assert (await planes.planes(REF, 0, CORONAL)).count == 20  # where they lie is known before
    with pytest.raises(SliceNotReady):
        await planes.values_tile(REF, tile(CORONAL, 0), CORONAL, Slab(), "zstd")
    volume.ready.add(2)
    assert await planes.values_tile(REF, tile(CORONAL, 0), CORONAL, Slab(), "zstd")


async def test_a_damaged_slice_is_said_before_any_plane_is_asked_for(planes: PlaneRenderer, volume: Held):
    volume.damaged = {2}
    for asked in (
        planes.planes(REF, 0, CORONAL),
        planes.values_tile(REF, tile(CORONAL, 0), CORONAL, Slab(), "zstd"),
    ):
        with pytest.raises(NotAVolume, match="picture 3 of 15 is damaged"):
            await asked


async def test_labels_keep_their_colors(tmp_path: Path):
    palette = Palette(first=100, red=(255,), green=(0,), blue=(0,))
    stack = blocks.regular(dtype="uint8", bits_stored=8, palette=palette, columns=100)
    shelf = Shelf(Held(stack, np.full((15, 20, 100), 120, np.uint8)))
    renderer = Renderer(shelf)
    planes = PlaneRenderer(renderer, shelf, TurnedCopies(tmp_path))
    body = await planes.display_tile(REF, tile(CORONAL, 5, 1), CORONAL, Slab(), WINDOW)
    picture = simplejpeg.decode_jpeg(body, colorspace="RGB").reshape(-1, 3).mean(axis=0)
    assert np.allclose(picture, (255, 0, 0), atol=4)
    await renderer.close()
