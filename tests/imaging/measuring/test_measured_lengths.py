"""Lengths and angles: true distances in the patient, honest units everywhere else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.errors import NotMeasurable, SliceOutOfRange
from readingroom.imaging.index import Region
from readingroom.imaging.measuring.figures import MOST_POINTS, Figure, FigureKind, ImagePoint
from readingroom.imaging.measuring.measure import measure
from readingroom.imaging.measuring.measurement import Measurement
from readingroom.imaging.measuring.ruler import MEANINGS, NO_REGION, NOT_SQUARE, SQUARE_ASSUMED
from readingroom.values import PatientPoint
from tests.imaging.arrange import Held, untimed
from tests.imaging.measuring.figured import (
    OBLIQUE,
    in_patient,
    in_space,
    on_picture,
    place,
    placed,
    turned,
    units,
    unplaced,
    values,
)

LENGTH, ANGLE, COBB = FigureKind.LENGTH, FigureKind.ANGLE, FigureKind.COBB
BIDIRECTIONAL, PROBE, POLYGON = FigureKind.BIDIRECTIONAL, FigureKind.PROBE, FigureKind.POLYGON
BLOCK = np.zeros((11, 200, 200), np.uint16)

angle = st.floats(0, 6.28)
shift = st.tuples(*[st.floats(-900, 900)] * 3)
spot = st.tuples(st.integers(-100, 300), st.integers(-100, 300))
three_spots = st.lists(spot, min_size=3, max_size=3, unique=True)


def length(measured: Measurement) -> tuple[float, str]:
    return values(measured)["length"], units(measured)["length"]


# --- in the patient ---------------------------------------------------------------------------------------
def test_a_length_counts_the_spacing_of_rows_and_of_columns() -> None:
    held = placed(BLOCK, spacing_mm=(0.5, 2.0))
    assert length(measure(held, in_patient(held.stack, LENGTH, 0, (10, 20), (13, 28)))) == (
        pytest.approx(math.hypot(3 * 2.0, 8 * 0.5)),
        "mm",
    )


def test_a_length_runs_straight_through_the_patient_from_picture_to_picture() -> None:
    measured = measure(placed(BLOCK), in_space(LENGTH, (10, 20, 0), (13, 24, 12)))
    assert values(measured)["length"] == pytest.approx(13)
    assert (measured.frame, measured.calibration, measured.meaning) == (None, "patient", "In the patient.")
    assert measured.notes == ()


def test_a_tilted_gantry_changes_no_length() -> None:  # slices shifted along y by 0.75 mm each
    held = placed(BLOCK, step_mm=(0.0, 0.75, 2.0))
    measured = measure(held, in_patient(held.stack, LENGTH, 0, (0, 0), (4, 3)))
    assert values(measured)["length"] == pytest.approx(5)
    across = Figure(LENGTH, (place(held.stack, 0, 5, 5), place(held.stack, 8, 5, 5)))
    assert values(measure(held, across))["length"] == pytest.approx(math.hypot(8 * 0.75, 8 * 2))


def test_an_angle_across_pictures() -> None:
    held = placed(BLOCK)
    right = in_space(ANGLE, (10, 0, 0), (0, 0, 0), (0, 0, 10))
    assert values(measure(held, right)) == {"angle": pytest.approx(90)}
    corner_of_a_cube = in_space(ANGLE, (10, 0, 0), (0, 0, 0), (10, 10, 10))
    assert values(measure(held, corner_of_a_cube))["angle"] == pytest.approx(54.735610317)


@pytest.mark.parametrize("degrees", [0.0, 0.001, 30, 90, 135, 179.999, 180])
def test_an_angle_is_exact_also_where_it_is_flat(degrees: float) -> None:
    t = math.radians(degrees)
    far = in_space(ANGLE, (100, 0, 0), (0, 0, 0), (100 * math.cos(t), 100 * math.sin(t), 0))
    assert values(measure(placed(BLOCK), far))["angle"] == pytest.approx(degrees, abs=1e-3)


@pytest.mark.parametrize(("end", "between"), [((40, 10), 14.036243), ((-40, 10), 14.036243), ((0, 40), 90)])
def test_a_cobb_angle_is_that_of_the_lines_and_its_supplement(end: tuple[int, int], between: float) -> None:
    held = placed(BLOCK)
    x, y = end
    lines = in_patient(held.stack, COBB, 3, (50, 50), (90, 50), (60, 90), (60 + x, 90 + y))
    found = values(measure(held, lines))
    assert found == {"angle": pytest.approx(between), "supplement": pytest.approx(180 - between)}


def test_of_two_axes_the_longer_is_the_long_one_whichever_came_first() -> None:
    held = placed(BLOCK)
    axes = in_patient(held.stack, BIDIRECTIONAL, 3, (50, 40), (50, 52), (40, 46), (70, 46))
    measured = measure(held, axes)
    assert values(measured) == pytest.approx({"long_axis": 30, "short_axis": 12, "angle": 90})
    assert measured.notes == ()


def test_axes_that_are_not_perpendicular_are_said() -> None:
    held = placed(BLOCK)
    axes = in_patient(held.stack, BIDIRECTIONAL, 3, (40, 40), (70, 40), (50, 30), (70, 50))
    assert measure(held, axes).notes == ("The axes are not perpendicular: 45° between them.",)


@untimed
@given(angle, angle, angle, shift, three_spots)
def test_no_turn_or_shift_of_the_patient_changes_a_length_or_an_angle(
    a: float, b: float, c: float, to: tuple[float, float, float], spots: list[tuple[int, int]]
) -> None:
    spacing = (0.7, 1.3)
    plain = placed(BLOCK, spacing_mm=spacing)
    moved = placed(BLOCK, spacing_mm=spacing, orientation=turned(a, b, c), origin_mm=to)
    for kind, count in ((LENGTH, 2), (ANGLE, 3)):
        found = [
            measure(held, in_patient(held.stack, kind, 5, *spots[:count])).quantities[0].value
            for held in (plain, moved)
        ]
        shortest = min(math.dist(spots[1], spots[0]), math.dist(spots[1], spots[-1]))
        off = 0.003 if kind is LENGTH else math.degrees(0.015 / shortest)
        assert found[0] == pytest.approx(found[1], abs=off)  # whole micrometers on both


# --- the ladder of spacings -------------------------------------------------------------------------------
@pytest.mark.parametrize("calibration", ["patient", "calibrated", "detector", "film"])
def test_a_picture_without_place_is_measured_by_the_spacing_the_file_offers(calibration: str) -> None:
    held = unplaced(BLOCK, calibration=calibration, measured_spacing_mm=(0.2, 0.1))
    measured = measure(held, on_picture(LENGTH, (10, 10), (40, 30), frame=2))
    assert length(measured) == (pytest.approx(5), "mm")
    assert (measured.calibration, measured.frame, measured.notes) == (calibration, 2, ())
    assert measured.meaning == MEANINGS[measured.calibration]


def test_a_projection_is_labeled_at_the_detector() -> None:
    held = unplaced(BLOCK, calibration="detector", measured_spacing_mm=(0.143, 0.143))
    measured = measure(held, on_picture(LENGTH, (0, 0), (100, 0)))
    assert length(measured) == (pytest.approx(14.3), "mm")
    assert measured.meaning == "At the detector, not calibrated to the patient."


def test_a_projection_that_claims_a_place_is_still_measured_at_its_detector() -> None:
    held = placed(BLOCK, spacing_mm=(0.2, 0.2), calibration="detector", measured_spacing_mm=(0.3, 0.3))
    measured = measure(held, in_patient(held.stack, LENGTH, 4, (0, 0), (100, 0)))
    assert length(measured) == (pytest.approx(30, abs=0.002), "mm")
    assert (measured.calibration, measured.frame) == ("detector", 4)


def test_without_any_spacing_lengths_are_in_pixels_and_square_pixels_are_said_to_be_assumed() -> None:
    for figure in (
        on_picture(LENGTH, (10, 10), (13, 14)),
        on_picture(ANGLE, (0, 0), (0, 10), (10, 10)),
    ):
        measured = measure(unplaced(BLOCK), figure)
        assert measured.calibration == "none"
        assert measured.meaning == "No scale is known: measured in pixels."
        assert measured.notes == (SQUARE_ASSUMED,)
    assert length(measure(unplaced(BLOCK), on_picture(LENGTH, (10, 10), (13, 14)))) == (5, "px")


def test_pixels_of_a_known_shape_make_true_angles() -> None:  # twice as high as wide
    held = unplaced(BLOCK, pixel_aspect=(2, 1))
    measured = measure(held, on_picture(ANGLE, (20, 0), (0, 0), (20, 10)))
    assert values(measured)["angle"] == pytest.approx(45)
    assert measured.notes == (NOT_SQUARE,)
    assert length(measure(held, on_picture(LENGTH, (0, 0), (0, 10)))) == (20, "px")
    assert length(measure(held, on_picture(LENGTH, (0, 0), (10, 0)))) == (10, "px")


def test_a_spacing_that_only_draws_is_never_mm() -> None:
    held = placed(BLOCK, spacing_mm=(0.5, 0.5), calibration="none", measured_spacing_mm=None)
    measured = measure(held, in_patient(held.stack, LENGTH, 0, (0, 0), (3, 4)))
    assert length(measured) == (pytest.approx(5, abs=0.01), "px")
    assert measured.notes == ()


# --- ultrasound -------------------------------------------------------------------------------------------
FLOW = Region(left=0, top=100, right=99, bottom=199, spacing_mm=(0.4, 0.4))
TISSUE = Region(left=0, top=0, right=99, bottom=99, spacing_mm=(0.1, 0.2))


def ultrasound(*regions: Region) -> Held:
    return unplaced(BLOCK, calibration="regions", regions=regions)


def test_a_length_in_an_ultrasound_region_has_its_scale() -> None:
    measured = measure(ultrasound(TISSUE, FLOW), on_picture(LENGTH, (0, 0), (20, 30)))
    assert length(measured) == (pytest.approx(5), "mm")
    assert (measured.calibration, measured.meaning) == ("regions", "By the scale of its ultrasound region.")
    below = measure(ultrasound(TISSUE, FLOW), on_picture(LENGTH, (0, 110), (100, 110)))
    assert length(below) == (pytest.approx(40), "mm")  # to the last pixel's far edge


@pytest.mark.parametrize("end", [(20, 130), (150, 50)], ids=["another region", "no region"])
def test_a_length_that_leaves_its_region_is_in_pixels(end: tuple[int, int]) -> None:
    measured = measure(ultrasound(TISSUE, FLOW), on_picture(LENGTH, (20, 50), end))
    assert length(measured) == (pytest.approx(math.dist((20, 50), end)), "px")
    assert (measured.calibration, measured.notes[0]) == ("none", NO_REGION)


def test_two_regions_that_disagree_leave_pixels() -> None:
    inset = Region(left=50, top=50, right=99, bottom=99, spacing_mm=(0.3, 0.3))
    both = measure(ultrasound(TISSUE, inset), on_picture(LENGTH, (60, 60), (70, 60)))
    assert length(both) == (10, "px")
    half = measure(ultrasound(TISSUE, inset), on_picture(LENGTH, (40, 60), (60, 60)))
    assert length(half) == (20, "px")
    one = measure(ultrasound(TISSUE, inset), on_picture(LENGTH, (10, 60), (20, 60)))
    assert length(one) == (pytest.approx(2), "mm")


# --- refused ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "figure",
    [
        on_picture(LENGTH, (5, 5), (5, 5)),
        on_picture(ANGLE, (5, 5), (5, 5), (9, 9)),
        on_picture(COBB, (5, 5), (5, 5), (9, 9), (1, 1)),
        on_picture(BIDIRECTIONAL, (5, 5), (8, 5), (9, 9), (9, 9)),
        in_space(LENGTH, (5, 5, 5), (5, 5, 5)),
    ],
)
def test_a_line_without_length_is_refused(figure: Figure) -> None:
    with pytest.raises(NotMeasurable, match="two of its points are the same"):
        measure(placed(BLOCK), figure)


@pytest.mark.parametrize(
    "figure",
    [
        on_picture(LENGTH, (5, 5), (401, 5)),
        on_picture(LENGTH, (5, -201), (5, 5)),
        on_picture(LENGTH, (5, 5), (1e5, 1e5)),
        in_space(LENGTH, (5, 5, 0), (402, 5, 0)),
        in_space(LENGTH, (5, 5, 0), (5, 5, 9000)),
        in_space(LENGTH, (5, 5, 0), (5, 5, -9000)),
    ],
)
def test_a_point_far_outside_is_refused(figure: Figure) -> None:
    with pytest.raises(NotMeasurable, match="far outside the picture"):
        measure(placed(BLOCK), figure)


def test_image_points_of_two_pictures_are_refused() -> None:
    apart = Figure(LENGTH, (ImagePoint(0, 500, 500), ImagePoint(1, 500, 500)))
    with pytest.raises(NotMeasurable, match="several pictures"):
        measure(placed(BLOCK), apart)
    with pytest.raises(NotMeasurable, match="several pictures"):
        measure(placed(BLOCK), Figure(LENGTH, on_picture(LENGTH, (0, 0), (1, 1)).points, frame=3))


def test_a_picture_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SliceOutOfRange):
        measure(placed(BLOCK), on_picture(LENGTH, (5, 5), (6, 6), frame=11))


def test_points_in_the_patient_need_pictures_that_lie_there() -> None:
    with pytest.raises(NotMeasurable, match="do not say where they are"):
        measure(unplaced(BLOCK), in_space(LENGTH, (0, 0, 0), (1, 1, 1)))


@pytest.mark.parametrize(("kind", "count"), [(LENGTH, 1), (LENGTH, 3), (ANGLE, 2), (COBB, 3), (PROBE, 0)])
def test_a_wrong_number_of_points_is_refused(kind: FigureKind, count: int) -> None:
    with pytest.raises(NotMeasurable, match=f"it has {count} points instead of"):
        Figure(kind, (ImagePoint(0, 0, 0),) * count)


@pytest.mark.parametrize("count", [0, 2, MOST_POINTS + 1])
def test_an_outline_of_too_few_or_too_many_corners_is_refused(count: int) -> None:
    with pytest.raises(NotMeasurable, match="an outline has 3 to 4096 points"):
        Figure(POLYGON, (ImagePoint(0, 0, 0),) * count)


def test_points_of_both_kinds_are_refused() -> None:
    with pytest.raises(NotMeasurable, match="others on a picture"):
        Figure(LENGTH, (ImagePoint(0, 0, 0), PatientPoint(0, 0, 0)))  # type: ignore[arg-type]


def test_an_oblique_acquisition_is_measured_in_the_patient() -> None:
    held = placed(BLOCK, orientation=OBLIQUE, spacing_mm=(0.5, 0.5), origin_mm=(-80.0, 30.5, 411.25))
    measured = measure(held, in_patient(held.stack, LENGTH, 7, (20, 20), (80, 100)))
    assert values(measured)["length"] == pytest.approx(50, abs=0.002)
