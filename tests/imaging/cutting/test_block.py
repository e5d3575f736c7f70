"""Cutting a block: ramps come out exact, slabs equal brute force, padding and gaps are nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.errors import BadRequest
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.grid import Grid
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.plane_layout import through
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.tiles import Region
from readingroom.values import Plane, Rescale
from tests.imaging.arrange import Held, untimed
from tests.imaging.cutting import blocks
from tests.imaging.cutting.blocks import RAMPS, cut, inside, whole

ANATOMICAL = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)
directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


def projected(projection: Projection, samples: np.ndarray, axis: int = 0) -> np.ndarray:
    """Greatest, least or mean of samples, NaN left out; axis kept."""
    match projection:
        case Projection.MIP:
            return np.fmax.reduce(samples, axis, keepdims=True)
        case Projection.MINIP:
            return np.fmin.reduce(samples, axis, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.nansum(samples, axis, keepdims=True) / np.sum(~np.isnan(samples), axis, keepdims=True)


def well_inside(volume: Held, places: np.ndarray) -> np.ndarray:
    """Which places have voxels on all sides."""
    indices = Grid(volume.stack).indices(places)
    return np.all((indices >= 0) & (indices <= np.array(volume.array.shape) - 1), axis=-1)


# --- interpolation ----------------------------------------------------------------------------------------
@untimed
@given(st.sampled_from(sorted(RAMPS)), directions, st.floats(0, 1))
def test_a_ramp_is_a_ramp_on_every_oblique_plane(which, normal, part):
    volume = RAMPS[which]
    shown = through(volume.stack, Aim(Plane.OBLIQUE, normal))
    index = round(part * (shown.count - 1))
    _, values = cut(volume, Aim(Plane.OBLIQUE, normal), index)
    places = blocks.pixel_centers(shown, index)
    surely = well_inside(volume, places)
    exact = blocks.AT_ORIGIN + places @ blocks.RAMP
    # Voxels are rounded by up to 1/2, and the pixel once more.
    assert np.abs(values - exact)[surely].max(initial=0) <= (1 + 1e-4 if which[1] == "int16" else 1e-3)
    assert not np.isnan(values[inside(volume, places)]).any()
    outside = np.any(np.abs(Grid(volume.stack).indices(places) - _middle(volume)) > _half(volume), axis=-1)
    assert np.isnan(values[outside]).all()


def _middle(volume: Held) -> np.ndarray:
    return (np.array(volume.array.shape) - 1) / 2


def _half(volume: Held) -> np.ndarray:
    return np.array(volume.array.shape) / 2 + 1e-6


@pytest.mark.parametrize("plane", ANATOMICAL)
@pytest.mark.parametrize("name", ["tilted", "uneven"])
def test_a_ramp_is_a_ramp_on_the_anatomical_planes_of_an_irregular_block(name, plane):
    volume = RAMPS[name, "float32"]
    shown = through(volume.stack, Aim(plane))
    seen = 0
    for index in range(shown.count):
        _, values = cut(volume, Aim(plane), index)
        places = blocks.pixel_centers(shown, index)
        surely = well_inside(volume, places)
        exact = blocks.AT_ORIGIN + places @ blocks.RAMP
        assert np.abs(values - exact)[surely].max(initial=0) < 1e-3
        seen += int(surely.sum())
    assert seen > 1000


@pytest.mark.parametrize("padding", [None, (-2600, -2400), (-3000, -2999)])
@pytest.mark.parametrize("slab", [Slab(), Slab(9.0, Projection.MEAN), Slab(9.0, Projection.MINIP), Slab(9.0)])
def test_the_two_ways_to_interpolate_agree(slab, padding):
    """Even blocks are cut in fixed point, others in floats; the same voxels must give the same picture."""
    random = np.random.default_rng(7)
    frames = {"padding": padding}
    shown = blocks.regular(spacing_mm=(1.5, 1.5), frames=frames)
    loose = blocks.regular(spacing_mm=(1.5, 1.5), frames=frames, dtype="float32")
    voxels = random.integers(-2000, 3000, (15, 20, 24)).astype(np.int16)
    if padding is not None:
        voxels[:8, :9, :10] = random.integers(*padding, (8, 9, 10), endpoint=True)
        voxels[10, 15, ::7] = padding[0]
    for normal in ((0.3, 0.4, 0.8), (0.0, 0.0, 1.0), (-0.7, 0.1, 0.1), (0.0, 1.0, 0.0)):
        _, fixed = cut(Held(shown, voxels), Aim(Plane.OBLIQUE, normal), slab=slab)
        _, floating = cut(Held(loose, voxels.astype(np.float32)), Aim(Plane.OBLIQUE, normal), slab=slab)
        assert np.array_equal(np.isnan(fixed), np.isnan(floating))
        assert np.nanmax(np.abs(fixed - floating)) <= 0.51


def test_a_tilted_block_is_not_sheared():
    """A rod upright in the patient stands upright in the coronal plane, though slices are shifted."""
    stack = blocks.tilted(dtype="uint16")
    places = blocks.centers(stack)
    rod = np.hypot(places[..., 0] - 1, places[..., 1] - 2) < 3
    index = through(stack, Aim(Plane.OBLIQUE, (0, 1, 0), point=(1, 2, 45))).index
    shown, values = cut(
        Held(stack, np.where(rod, 1000, 0).astype(np.uint16)), Aim(Plane.OBLIQUE, (0, 1, 0)), index
    )
    x = blocks.pixel_centers(shown, index)[..., 0]
    weights = np.nan_to_num(values)
    rows = weights.sum(axis=1) > 0
    means = (weights * x).sum(axis=1)[rows] / weights.sum(axis=1)[rows]
    assert rows.sum() > 10
    assert np.abs(means - 1).max() < 0.7


# --- the volume's own voxels ------------------------------------------------------------------------------
@pytest.mark.parametrize("projection", list(Projection))
@pytest.mark.parametrize("plane", ANATOMICAL)
@pytest.mark.parametrize("padding", [None, (-50, 40)])
def test_slabs_of_whole_voxels_equal_brute_force(plane, projection, padding):
    random = np.random.default_rng(3)
    stack = blocks.regular(orientation=(0, 0, 1, 1, 0, 0), frames={"padding": padding})
    voxels = random.integers(-200, 200, (15, 20, 24)).astype(np.int16)
    picture = voxels.astype(float)
    if padding is not None:
        picture[(voxels >= padding[0]) & (voxels <= padding[1])] = np.nan
        picture[:, 3, 4] = np.nan
        voxels[:, 3, 4] = padding[0]
    volume = Held(stack, voxels)
    shown = through(stack, Aim(plane))
    places = blocks.centers(stack)
    step = np.array(shown.step_mm)
    for index in (0, 5, shown.count - 1):
        _, values = cut(volume, Aim(plane), index, Slab(3.5 * shown.step_length_mm, projection))
        away = (places - shown.corner_mm(index)) @ step / shown.step_length_mm**2
        slab = np.where(np.abs(away) <= 3.5 / 2, picture, np.nan)
        axis = int(np.argmax(np.abs(Grid(stack).steps(step))))
        voxel = np.rint(Grid(stack).indices(blocks.pixel_centers(shown, index))).astype(int)
        voxel[..., axis] = 0
        expected = projected(projection, slab, axis)[tuple(np.moveaxis(voxel, -1, 0))]
        if projection is Projection.MEAN:
            expected = np.floor(expected + 0.5)
            if padding is not None:  # picture on both sides of the padding stays picture
                between = (expected >= padding[0]) & (expected <= padding[1])
                expected[between] = np.nan
                values[between] = np.nan
        assert np.array_equal(values, expected, equal_nan=True)


@untimed
@given(st.sampled_from(ANATOMICAL), st.integers(0, 14), st.data())
def test_a_part_of_a_plane_is_that_part(plane, index, data):
    volume = RAMPS["acquired obliquely", "int16"]
    shown = through(volume.stack, Aim(plane))
    top = data.draw(st.integers(0, shown.rows - 1))
    left = data.draw(st.integers(0, shown.columns - 1))
    bottom = data.draw(st.integers(top + 1, shown.rows))
    right = data.draw(st.integers(left + 1, shown.columns))
    block = Block(volume)
    for slab in (Slab(), Slab(7.0, Projection.MEAN)):
        all_of_it, _ = block.values(shown, index, whole(shown), slab)
        part, _ = block.values(shown, index, Region(0, top, bottom, left, right), slab)
        assert np.array_equal(part, all_of_it[top:bottom, left:right])


def test_a_part_of_an_oblique_plane_is_that_part():
    volume = RAMPS["tilted", "int16"]
    shown = through(volume.stack, Aim(Plane.OBLIQUE, (1, 1, 1)))
    all_of_it, _ = Block(volume).values(shown, shown.index, whole(shown), Slab(4.0))
    part, _ = Block(volume).values(shown, shown.index, Region(0, 5, 17, 8, 20), Slab(4.0))
    assert np.abs(part.astype(int) - all_of_it[5:17, 8:20].astype(int)).max() <= 1


def test_a_turned_copy_gives_the_same_pictures():
    volume = RAMPS["regular", "int16"]
    copy = np.ascontiguousarray(volume.array.transpose(2, 0, 1))
    plain, turned = Block(volume), Block(volume, lambda: copy)
    shown = through(volume.stack, Aim(Plane.SAGITTAL))
    for slab in (Slab(), Slab(9.0), Slab(9.0, Projection.MEAN)):
        for index in (0, 11, 23):
            expected, _ = plain.values(shown, index, whole(shown), slab)
            assert np.array_equal(turned.values(shown, index, whole(shown), slab)[0], expected)


def test_each_line_has_the_rescale_and_the_padding_of_its_own_slice():
    stack = blocks.regular(dtype="uint16")
    frames = tuple(
        replace(one, rescale=Rescale(1 + i / 4, -float(i)), padding=(i, i))
        for i, one in enumerate(stack.frames)
    )
    voxels = np.random.default_rng(1).integers(0, 40, (15, 20, 24)).astype(np.uint16)
    volume = Held(replace(stack, frames=frames), voxels)
    slices = np.arange(15)[:, None, None]
    modality = np.where(voxels == slices, np.nan, voxels * (1 + slices / 4) - slices)
    _, coronal = cut(volume, Aim(Plane.CORONAL), 7)
    assert np.allclose(coronal, modality[::-1, 7], equal_nan=True)
    _, axial = cut(volume, Aim(Plane.AXIAL), 6)
    assert np.allclose(axial, modality[6], equal_nan=True)
    _, mip = cut(volume, Aim(Plane.AXIAL), 6, Slab(8.0))
    assert np.allclose(mip, np.fmax.reduce(modality[4:9]), equal_nan=True)
    _, mean = cut(volume, Aim(Plane.SAGITTAL), 9, Slab(5.0, Projection.MEAN))
    assert np.allclose(mean, projected(Projection.MEAN, modality[::-1, :, 7:12], 2)[..., 0], equal_nan=True)


def test_oblique_planes_interpolate_modality_values_where_slices_differ():
    stack = blocks.regular(dtype="float32")
    frames = tuple(replace(one, rescale=Rescale(1 / (1 + i), 0.0)) for i, one in enumerate(stack.frames))
    exact = blocks.AT_ORIGIN + blocks.centers(stack) @ blocks.RAMP
    stored = (exact * (1 + np.arange(15))[:, None, None]).astype(np.float32)
    volume = Held(replace(stack, frames=frames), stored)
    shown, values = cut(volume, Aim(Plane.OBLIQUE, (0.2, 0.5, 0.7)))
    places = blocks.pixel_centers(shown, shown.index)
    surely = well_inside(volume, places)
    assert np.abs(values - (blocks.AT_ORIGIN + places @ blocks.RAMP))[surely].max() < 0.01


def test_with_a_negative_slope_the_greatest_is_the_least_stored():
    stack = blocks.regular(frames={"rescale": Rescale(-2.0, 5.0)})
    voxels = np.random.default_rng(5).integers(-300, 300, (15, 20, 24)).astype(np.int16)
    volume = Held(stack, voxels)
    modality = voxels * -2.0 + 5
    _, native = cut(volume, Aim(Plane.AXIAL), 6, Slab(4.0, Projection.MIP))
    assert np.array_equal(native, modality[5:8].max(axis=0))
    _, whole_block = cut(volume, Aim(Plane.OBLIQUE, (0, 0, 1)), None, Slab(1000.0, Projection.MIP))
    assert np.nanmax(whole_block) > modality.max() - 60  # not the least


# --- oblique slabs ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("projection", list(Projection))
@pytest.mark.parametrize("which", sorted(RAMPS))
def test_an_oblique_slab_is_made_of_the_planes_in_it(which, projection):
    volume = RAMPS[which]
    aim = Aim(Plane.OBLIQUE, (0.3, -0.5, 0.6))
    shown = through(volume.stack, aim)
    step = min(Grid(volume.stack).spacing_mm)
    assert shown.step_length_mm == pytest.approx(step)
    _, values = cut(volume, aim, shown.index, Slab(4.2 * step, projection))
    planes = [cut(volume, aim, shown.index + k)[1] for k in (-2, -1, 0, 1, 2)]
    expected = projected(projection, np.stack(planes))[0]
    assert np.array_equal(np.isnan(values), np.isnan(expected))
    assert np.nanmax(np.abs(values - expected)) <= (1.001 if which[1] == "int16" else 1e-3)


def test_a_slab_thinner_than_two_steps_is_the_plane():
    volume = RAMPS["regular", "int16"]
    for aim in (Aim(Plane.AXIAL), Aim(Plane.OBLIQUE, (1, 2, 3))):
        _, plane = cut(volume, aim)
        _, thin = cut(volume, aim, slab=Slab(2.4, Projection.MEAN))
        assert np.array_equal(plane, thin, equal_nan=True)


def test_a_slab_thicker_than_the_block_is_the_block():
    volume = RAMPS["regular", "int16"]
    _, values = cut(volume, Aim(Plane.AXIAL), 3, Slab(1e9))
    assert np.array_equal(values, volume.array.max(axis=0))
    shown, values = cut(volume, Aim(Plane.OBLIQUE, (0, 0, 1)), None, Slab(1e300))
    assert np.nanmax(values) >= volume.array.max() - 2


def test_a_slab_of_too_many_samples_is_refused():
    long = blocks.placed([(0.0, 0.0, 10.0 * i) for i in range(90)], spacing_mm=(0.5, 0.5))
    volume = Held(long, np.zeros((90, 20, 24), np.int16))
    with pytest.raises(BadRequest, match="at most 256 mm thick"):
        cut(volume, Aim(Plane.OBLIQUE, (0, 0, 1)), None, Slab(400.0))


def test_a_slab_of_too_many_samples_for_one_tile_is_refused():
    wide = blocks.placed(
        [(0.0, 0.0, float(i)) for i in range(200)], rows=1000, columns=1000, spacing_mm=(1.0, 1.0)
    )
    volume = Held(wide, np.zeros((200, 1000, 1000), np.uint8))
    with pytest.raises(BadRequest, match="in more detail"):
        cut(volume, Aim(Plane.OBLIQUE, (0, 0.1, 1)), None, Slab(150.0))


@pytest.mark.parametrize("thickness", [-1.0, float("nan"), float("inf")])
def test_a_thickness_that_is_none_is_refused(thickness: float):
    with pytest.raises(BadRequest):
        Slab(thickness)


# --- padding and nothing ----------------------------------------------------------------------------------
def padded_ramp(**differing) -> tuple[Held, np.ndarray]:
    """A ramp with a corner and single voxels of padding, and where these are."""
    stack = blocks.regular(frames={"padding": (-2000, -1900)}, **differing)
    volume = blocks.ramp(stack)
    padded = np.random.default_rng(11).random(volume.array.shape) < 0.02
    padded[:6, :7, :8] = True
    volume.array[padded] = -2000
    return volume, padded


@pytest.mark.parametrize("kind", ["even", "uneven"])
def test_padding_never_takes_part(kind):
    volume, padded = padded_ramp()
    if kind == "uneven":
        volume = blocks.ramp(blocks.uneven(frames={"padding": (-2000, -1900)}))
        padded = np.random.default_rng(12).random(volume.array.shape) < 0.02
        volume.array[padded] = -1950
    aim = Aim(Plane.OBLIQUE, (0.1, 0.4, 0.9))
    for slab in (Slab(), Slab(8.0, Projection.MEAN), Slab(8.0), Slab(8.0, Projection.MINIP)):
        shown, values = cut(volume, aim, slab=slab)
        assert np.nanmin(values) >= volume.array[~padded].min()
    shown, values = cut(volume, aim)
    places = blocks.pixel_centers(shown, shown.index)
    surely = well_inside(volume, places)
    exact = blocks.AT_ORIGIN + places @ blocks.RAMP
    # What is left of the neighbors lies within a voxel of the place.
    off = np.abs(values - exact)[surely]
    assert np.nanmax(off) < 1 + np.abs(blocks.RAMP) @ (2.5, 2.5, 2.5)


def test_among_padding_alone_there_is_nothing():
    volume, padded = padded_ramp()
    shown, values = cut(volume, Aim(Plane.OBLIQUE, (0, 0, 1)))
    places = blocks.pixel_centers(shown, shown.index)
    indices = Grid(volume.stack).indices(places)
    everything = np.ones(values.shape, bool)
    for corner in np.ndindex(2, 2, 2):
        around = np.clip(np.floor(indices).astype(int) + corner, 0, np.array(volume.array.shape) - 1)
        everything &= padded[tuple(np.moveaxis(around, -1, 0))]
    assert np.isnan(values[everything]).all()
    assert not np.isnan(values[inside(volume, places) & ~_near(padded, indices)]).any()


def _near(padded: np.ndarray, indices: np.ndarray) -> np.ndarray:
    near = np.zeros(indices.shape[:-1], bool)
    for corner in np.ndindex(2, 2, 2):
        around = np.clip(np.floor(indices).astype(int) + corner, 0, np.array(padded.shape) - 1)
        near |= padded[tuple(np.moveaxis(around, -1, 0))]
    return near


def test_picture_on_both_sides_of_the_padding_does_not_become_padding():
    stack = blocks.regular(frames={"padding": (-5, 5)})
    voxels = np.where(np.arange(24) % 2, 100, -100) * np.ones((15, 20, 1))
    volume = Held(stack, voxels.astype(np.int16))
    for aim in (Aim(Plane.OBLIQUE, (0.9, 0.3, 0.2)), Aim(Plane.SAGITTAL)):
        shown, values = cut(volume, aim, slab=Slab(2.5 * 2, Projection.MEAN))
        assert not np.isnan(values[inside(volume, blocks.pixel_centers(shown, shown.index))]).any()


@pytest.mark.parametrize("values", [(0, 255), (0, 200), (3, 255)])
def test_outside_of_the_block_is_a_value_no_voxel_has_or_none(values):
    stack = blocks.regular(dtype="uint8", bits_stored=8)
    voxels = np.random.default_rng(2).integers(values[0], values[1] + 1, (15, 20, 24)).astype(np.uint8)
    voxels.flat[:2] = values
    block = Block(Held(stack, voxels))
    shown = through(stack, Aim(Plane.OBLIQUE, (1, 1, 1)))
    picture, said = block.values(shown, 0, whole(shown), Slab())
    if values == (0, 255):
        assert (picture.dtype, said.padding) == (np.float32, None)
        assert np.isnan(picture).any()
    else:
        nothing = 0 if values[0] else 255
        assert (picture.dtype, said.padding) == (np.uint8, (nothing, nothing))
        assert (picture == nothing).any()
