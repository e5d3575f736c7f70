"""Blocks of every kind of stack: dtypes, labels, damage and color, and what has no planes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from readingroom.errors import BadRequest, NotAVolume, SliceNotReady, SliceOutOfRange
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.index import Palette
from readingroom.values import Plane, Rescale
from tests.imaging.arrange import Held
from tests.imaging.cutting import blocks
from tests.imaging.cutting.blocks import RAMPS, cut, inside, whole


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32"])
def test_every_dtype_is_cut(dtype):
    stack = blocks.regular(dtype=dtype)
    voxels = np.random.default_rng(4).integers(0, 200, (15, 20, 24)).astype(dtype)
    volume = Held(stack, voxels)
    _, coronal = cut(volume, Aim(Plane.CORONAL), 4)
    assert np.array_equal(coronal, voxels[::-1, 4])
    _, slab = cut(volume, Aim(Plane.AXIAL), 4, Slab(4.0))
    assert np.array_equal(slab, voxels[3:6].max(axis=0))
    _, oblique = cut(volume, Aim(Plane.OBLIQUE, (1, 2, 2)))
    assert 0 <= np.nanmin(oblique) <= np.nanmax(oblique) <= 200


def test_numbers_that_are_none_take_no_part():
    volume = RAMPS["regular", "float32"]
    holed = Held(volume.stack, volume.array.copy())
    holed.array[::2, ::3] = np.nan
    _, values = cut(holed, Aim(Plane.AXIAL), 4, Slab(4.0))
    assert np.array_equal(values, np.fmax.reduce(holed.array[3:6]), equal_nan=True)


def test_labels_are_picked_never_mixed():
    palette = Palette(first=100, red=(255,), green=(0,), blue=(0,))
    stack = blocks.regular(dtype="uint8", palette=palette)
    voxels = np.random.default_rng(6).choice(np.array([3, 120, 251], np.uint8), (15, 20, 24))
    volume = Held(stack, voxels)
    shown, values = cut(volume, Aim(Plane.OBLIQUE, (0.3, 0.2, 0.9)))
    assert set(np.unique(values[~np.isnan(values)])) == {3, 120, 251}
    places = blocks.pixel_centers(shown, shown.index)
    indices = Grid(stack).indices(places)
    nearest = np.rint(indices).astype(int)
    sure = inside(volume, places) & (np.abs(indices - nearest) < 0.499).all(axis=-1)
    assert np.array_equal(values[sure], voxels[tuple(nearest[sure].T)])
    with pytest.raises(BadRequest, match="labels"):
        cut(volume, Aim(Plane.AXIAL), slab=Slab(9.0))


def test_labels_that_differ_in_meaning_have_no_planes():
    palette = Palette(first=100, red=(255,), green=(0,), blue=(0,))
    even = blocks.regular(dtype="uint8", palette=palette)
    first, *others = even.frames
    differing = replace(even, frames=(replace(first, rescale=Rescale(2.0, 0.0)), *others))
    for aim in (Aim(Plane.AXIAL), Aim(Plane.OBLIQUE, (0.3, 0.2, 0.9))):
        with pytest.raises(NotAVolume, match="mean something else"):
            through(differing, aim)


def test_labels_are_not_cut_where_no_value_can_mean_nothing():
    palette = Palette(first=100, red=(255,), green=(0,), blue=(0,))
    stack = blocks.regular(dtype="uint8", palette=palette)
    voxels = np.arange(15 * 20 * 24, dtype=np.int64).astype(np.uint8).reshape(15, 20, 24)
    _, coronal = cut(Held(stack, voxels), Aim(Plane.CORONAL), 3)
    assert np.array_equal(coronal, voxels[::-1, 3])
    with pytest.raises(NotAVolume, match="no value is free"):
        cut(Held(stack, voxels), Aim(Plane.OBLIQUE, (0.3, 0.2, 0.9)))


def test_a_damaged_slice_leaves_no_planes():
    volume = RAMPS["regular", "int16"]
    holed = Held(volume.stack, volume.array)
    holed.damaged = {11}
    with pytest.raises(NotAVolume, match="picture 12 of 15 is damaged, the file ends early"):
        Block(holed)
    holed.damaged, holed.ready = set(), holed.ready - {3}
    with pytest.raises(SliceNotReady):
        Block(holed)


def test_color_has_no_planes():
    stack = blocks.regular(dtype="uint8", samples=3)
    with pytest.raises(NotAVolume, match="color"):
        Block(Held(stack, np.zeros((15, 20, 24, 3), np.uint8)))


def test_a_plane_beside_the_block_is_refused():
    volume = RAMPS["regular", "int16"]
    shown = through(volume.stack, Aim(Plane.CORONAL))
    with pytest.raises(SliceOutOfRange):
        Block(volume).values(shown, shown.count, whole(shown), Slab())


@pytest.mark.parametrize("shape", [(2, 1, 1), (3, 1, 24), (3, 20, 1)])
def test_a_block_thin_as_a_thread_is_cut_too(shape):
    slices, rows, columns = shape
    stack = blocks.placed([(0.0, 0.0, 2.0 * i) for i in range(slices)], rows=rows, columns=columns)
    volume = Held(stack, np.full(shape, 7, np.int16))
    _, values = cut(volume, Aim(Plane.OBLIQUE, (0.3, 0.2, 1)))
    assert set(np.unique(values[~np.isnan(values)])) <= {7}
