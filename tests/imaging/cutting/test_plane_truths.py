"""What is known of the phantom is where it is known to be, on every plane through it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from readingroom.imaging import phantom
from readingroom.imaging.cutting.block import Block
from readingroom.imaging.cutting.parallel_planes import Aim
from readingroom.imaging.cutting.slabs import Slab
from readingroom.imaging.tiles import Region
from readingroom.values import Plane, Rescale
from tests.imaging.arrange import Held
from tests.imaging.cutting import blocks
from tests.imaging.cutting.blocks import cut

GRID = phantom.Grid(24, 96, 96)
HU = Rescale(1.0, phantom.INTERCEPT_HU)
NOISE_HU = 80.0
NORMALS = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.3, 0.4, 0.9), (-0.8, 0.5, 0.2), (0.1, -0.9, 0.4))


@cache
def chest() -> Held:
    """The phantom's own voxels; its nodule and markers are centered on some."""
    x, y, _ = GRID.origin_mm
    _, between_rows, between_columns = GRID.spacing_mm
    stack = blocks.placed(
        [(x, y, GRID.z_mm(index)) for index in range(GRID.slices)],
        rows=GRID.rows,
        columns=GRID.columns,
        spacing_mm=(between_rows, between_columns),
        dtype="uint16",
        frames={"rescale": HU, "padding": (phantom.PADDING_STORED, phantom.PADDING_STORED)},
    )
    return Held(stack, np.stack([phantom.stored_slice(GRID, index) for index in range(GRID.slices)]))


@pytest.mark.parametrize("normal", NORMALS)
@pytest.mark.parametrize("ball", [phantom.TRUTHS.nodule, *phantom.TRUTHS.markers])
def test_a_plane_through_a_ball_shows_it_at_its_center(ball, normal):
    center = np.array(ball.center.to_mm())
    block = Block(chest())
    shown = block.shown(Aim(Plane.OBLIQUE, normal, tuple(center), spacing_mm=0.25))
    away = center - shown.corner_mm(shown.index)
    assert np.dot(away, shown.step_mm) == pytest.approx(0, abs=1e-6)
    row, column = (round(float(np.dot(away, axis) / 0.25)) for axis in (shown.down, shown.right))
    values, frame = block.values(shown, shown.index, Region(0, row, row + 1, column, column + 1), Slab())
    assert float(values[0, 0]) + frame.rescale.intercept == pytest.approx(ball.hu, abs=NOISE_HU)


@pytest.mark.parametrize("normal", NORMALS)
def test_the_densest_marker_is_the_brightest_place_of_a_mip_of_everything(normal):
    densest = phantom.TRUTHS.markers[3]
    shown, values = cut(chest(), Aim(Plane.OBLIQUE, normal, spacing_mm=2.0), None, Slab(900.0))
    row, column = np.unravel_index(np.nanargmax(values), values.shape)
    place = blocks.pixel_centers(shown, shown.index)[row, column]
    off = place - densest.center.to_mm()
    across = off - np.dot(off, shown.step_mm) * np.array(shown.step_mm) / shown.step_length_mm**2
    assert np.linalg.norm(across) < densest.radius_mm
    assert np.nanmax(values) == pytest.approx(densest.hu, abs=3 * NOISE_HU)
