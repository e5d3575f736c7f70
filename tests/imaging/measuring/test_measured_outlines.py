"""Outlines and ellipses in a plane: areas exact, and the very pixels whose centers lie inside."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from readingroom.errors import NotMeasurable
from readingroom.imaging.measuring import ellipse, polygon
from readingroom.imaging.measuring.covered import Covered
from tests.imaging.arrange import untimed

ROWS, COLUMNS = 24, 30
Floats = NDArray[np.float64]

corner = st.tuples(st.integers(-8000, 38000), st.integers(-8000, 32000))
outlines = st.lists(corner, min_size=3, max_size=9, unique=True).map(lambda c: np.array(c) / 1000)


def outline(*corners: tuple[float, float]) -> Floats:
    return np.array(corners, np.float64)


def picture(found: Covered, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[np.bool_]:
    """The covered pixels as a mask of the whole picture."""
    mask = np.zeros((rows, columns), bool)
    height, width = found.inside.shape
    mask[found.top : found.top + height, found.left : found.left + width] = found.inside
    return mask


def is_inside(corners: Floats, x: float, y: float) -> bool:
    """The even-odd rule, one edge at a time, half-open."""
    odd = False
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if (y0 <= y) != (y1 <= y):
            odd ^= round(x0 + (y - y0) / (y1 - y0) * (x1 - x0), 6) <= x
    return odd


# --- areas ------------------------------------------------------------------------------------------------
def test_the_area_of_a_simple_outline_is_its_own() -> None:
    assert polygon.area(outline((0, 0), (4, 0), (0, 3))) == pytest.approx(6, rel=1e-12)
    assert polygon.area(outline((0, 0), (0, 3), (4, 0))) == pytest.approx(
        6, rel=1e-12
    )  # the other way around
    concave = outline((0, 0), (4, 0), (4, 4), (2, 1), (0, 4))
    assert polygon.area(concave) == pytest.approx(10, rel=1e-12)
    assert polygon.perimeter(outline((0, 0), (4, 0), (0, 3))) == pytest.approx(12)


def test_an_outline_like_an_8_encloses_both_loops() -> None:  # Gauss's formula says 0
    eight = outline((0, 0), (2, 2), (2, 0), (0, 2))
    assert polygon.signed_area(eight) == pytest.approx(0)
    assert polygon.area(eight) == pytest.approx(2)


def test_an_8_through_a_corner_encloses_both_loops() -> None:
    eight = outline((0, 0), (1, 1), (2, 0), (2, 2), (1, 1), (0, 2))
    assert polygon.area(eight) == pytest.approx(2)


def test_what_is_gone_around_twice_is_outside() -> None:  # the even-odd rule, as for pixels
    star = outline(*((math.cos(t), math.sin(t)) for t in (math.radians(144 * k + 90) for k in range(5))))
    inner = math.sin(math.radians(18)) / math.sin(math.radians(54))
    whole = 5 * inner * math.sin(math.radians(36))
    pentagon = 2.5 * inner**2 * math.sin(math.radians(72))
    assert polygon.area(star) == pytest.approx(whole - pentagon)


def test_an_outline_drawn_twice_over_encloses_nothing() -> None:
    assert polygon.area(outline((0, 0), (4, 0), (0, 3), (0, 0), (4, 0), (0, 3))) == pytest.approx(0)


@untimed
@given(outlines)
def test_the_area_is_what_fine_counting_says(corners: Floats) -> None:
    fine = 20
    counted = polygon.covered((corners + 10) * fine, 60 * fine, 60 * fine).count / fine**2
    slack = polygon.perimeter(corners) * 1.5 / fine + 0.01
    assert polygon.area(corners) == pytest.approx(counted, abs=slack)


@untimed
@given(outlines)
def test_the_area_is_the_same_from_every_corner_and_both_ways(corners: Floats) -> None:
    whole = polygon.area(corners)
    for same in (corners[::-1], np.roll(corners, 2, axis=0), corners[:, ::-1], corners + (300, -200)):
        assert polygon.area(same) == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_scribble_is_refused() -> None:
    numbers = np.random.default_rng(1).integers(0, 1000, (400, 2)).astype(np.float64)
    with pytest.raises(NotMeasurable, match="crosses itself too often"):
        polygon.area(numbers)


# --- pixels -----------------------------------------------------------------------------------------------
@untimed
@given(outlines)
def test_the_pixels_inside_are_those_of_the_rule_pixel_by_pixel(corners: Floats) -> None:
    expected = [[is_inside(corners, x + 0.5, y + 0.5) for x in range(COLUMNS)] for y in range(ROWS)]
    assert np.array_equal(picture(polygon.covered(corners, ROWS, COLUMNS)), np.array(expected))


def test_a_center_on_the_left_or_upper_edge_is_in_on_the_right_or_lower_one_out() -> None:
    square = polygon.covered(outline((2.5, 3.5), (5.5, 3.5), (5.5, 6.5), (2.5, 6.5)), ROWS, COLUMNS)
    expected = np.zeros((ROWS, COLUMNS), bool)
    expected[3:6, 2:5] = True
    assert np.array_equal(picture(square), expected)


@untimed
@given(st.integers(-2000, 32000), st.integers(-2000, 26000))
def test_outlines_that_share_edges_share_no_pixel_and_leave_none_out(x: int, y: int) -> None:
    middle = (x / 1000, y / 1000)
    around = [(-3.0, -3.0), (33.0, -3.0), (33.0, 27.0), (-3.0, 27.0)]
    parts = [outline(a, b, middle) for a, b in zip(around, around[1:] + around[:1], strict=True)]
    counted = sum(picture(polygon.covered(part, ROWS, COLUMNS)).astype(int) for part in parts)
    assert np.all(counted == 1)


@pytest.mark.parametrize("far", [(-9.0, 5.0), (50.0, 5.0), (5.0, -9.0), (5.0, 50.0)])
def test_an_outline_outside_covers_no_pixel(far: tuple[float, float]) -> None:
    small = outline((0, 0), (3, 0), (0, 3)) + far
    assert polygon.covered(small, ROWS, COLUMNS).count == 0
    assert ellipse.covered(np.array(far), np.diag((2.0, 3.0)), ROWS, COLUMNS).count == 0


def test_the_most_corners_on_a_large_picture() -> None:
    turn = np.linspace(0, 2 * math.pi, 4096, endpoint=False)
    radius = 2000 + 200 * np.sin(37 * turn)
    corners = np.stack((2500 + radius * np.cos(turn), 2500 + radius * np.sin(turn)), axis=1)
    assert polygon.area(corners) == pytest.approx(polygon.covered(corners, 5000, 5000).count, rel=1e-4)


# --- ellipses ---------------------------------------------------------------------------------------------
def test_a_circle_is_an_ellipse() -> None:
    halves = np.diag((7.0, 7.0))
    assert ellipse.area(halves) == pytest.approx(49 * math.pi)
    assert ellipse.half_axes(halves) == pytest.approx((7, 7))
    assert ellipse.perimeter(7, 7) == pytest.approx(14 * math.pi)


@pytest.mark.parametrize("shorter", [10.0, 7.0, 1.0, 0.01])
def test_the_perimeter_of_an_ellipse_is_that_of_many_short_lines(shorter: float) -> None:
    turn = np.linspace(0, 2 * math.pi, 200_001)
    lines = np.hypot(np.diff(10 * np.cos(turn)), np.diff(shorter * np.sin(turn)))
    assert ellipse.perimeter(10, shorter) == pytest.approx(lines.sum(), rel=1e-8)


def test_conjugate_half_diameters_make_the_same_ellipse_as_its_axes() -> None:
    axes = np.array(((6.0, 0.0), (0.0, 3.0)))
    conjugate = np.array(((6 * math.cos(0.7), 3 * math.sin(0.7)), (-6 * math.sin(0.7), 3 * math.cos(0.7))))
    center = np.array((14.2, 11.7))
    assert ellipse.area(conjugate) == pytest.approx(ellipse.area(axes))
    assert ellipse.half_axes(conjugate) == pytest.approx((6, 3))
    assert ellipse.bounds(center, conjugate) == pytest.approx(ellipse.bounds(center, axes))
    masks = [picture(ellipse.covered(center, halves, ROWS, COLUMNS)) for halves in (axes, conjugate)]
    assert np.array_equal(*masks)


@untimed
@given(*[st.floats(-5, 35) for _ in range(2)], *[st.floats(0.5, 20) for _ in range(2)], st.floats(0, 3.2))
def test_the_pixels_of_an_ellipse_are_those_of_its_equation(
    x: float, y: float, a: float, b: float, turn: float
) -> None:
    c, s = math.cos(turn), math.sin(turn)
    row, column = np.mgrid[:ROWS, :COLUMNS] + 0.5
    along, across = (column - x) * c + (row - y) * s, (row - y) * c - (column - x) * s
    level = (along / a) ** 2 + (across / b) ** 2
    halves = np.array(((a * c, a * s), (-b * s, b * c)))
    found = picture(ellipse.covered(np.array((x, y)), halves, ROWS, COLUMNS))
    clear = np.abs(level - 1) > 1e-5
    assert np.array_equal(found[clear], (level < 1)[clear])
