"""Regions and probes: areas from the outline, values of the pixels inside, nothing that is not picture."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readingroom.errors import NotMeasurable, SliceDamaged, SliceNotReady, SliceOutOfRange
from readingroom.imaging.index import LookupTable, Palette, Region
from readingroom.imaging.measuring.figures import Figure, FigureKind
from readingroom.imaging.measuring.measure import COLOR, LABEL, LOSSY, NO_PIXEL, PADDING, measure
from readingroom.imaging.measuring.regions_of_interest import CROSSES, OUTSIDE
from readingroom.imaging.measuring.ruler import NO_REGION
from readingroom.values import PatientPoint, Rescale
from tests.imaging.arrange import Held, untimed
from tests.imaging.measuring.figured import (
    AXIAL,
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

ELLIPSE, RECTANGLE = FigureKind.ELLIPSE, FigureKind.RECTANGLE
POLYGON, FREEHAND, PROBE = FigureKind.POLYGON, FigureKind.FREEHAND, FigureKind.PROBE
HU = Rescale(2.0, -1024.0, "HU")
NOISE = np.random.default_rng(7).integers(0, 4096, (5, 60, 80)).astype(np.uint16)
TRIANGLE = ((5.0, 6.0), (45.0, 6.0), (5.0, 36.0))

angle = st.floats(0, 6.28)
shift = st.tuples(*[st.floats(-900, 900)] * 3)


def noise(**how: object) -> Held:
    return placed(NOISE, rescale=HU, **how)  # type: ignore[arg-type]


# --- sizes ------------------------------------------------------------------------------------------------
def test_a_rectangle_has_its_sides_area_and_values() -> None:
    held = noise(spacing_mm=(0.5, 0.25))
    measured = measure(held, in_patient(held.stack, RECTANGLE, 3, (10, 20), (30, 26)))
    inside = NOISE[3, 20:26, 10:30] * 2.0 - 1024
    assert values(measured) == pytest.approx(
        {
            "area": 15.0,
            "perimeter": 16.0,
            "width": 5.0,
            "height": 3.0,
            "pixels": 120,
            "mean": inside.mean(),
            "sd": inside.std(),
            "min": inside.min(),
            "max": inside.max(),
        },
        rel=1e-9,
    )
    assert units(measured) == {
        **{"area": "mm²", "perimeter": "mm", "width": "mm", "height": "mm", "pixels": ""},
        **dict.fromkeys(("mean", "sd", "min", "max"), "HU"),
    }
    assert (measured.frame, measured.calibration, measured.notes) == (3, "patient", ())


def test_the_corners_of_a_rectangle_may_come_in_any_order() -> None:
    held = noise()
    found = [
        values(measure(held, on_picture(RECTANGLE, one, other)))
        for one, other in (((10, 20), (30, 26)), ((30, 26), (10, 20)), ((30, 20), (10, 26)))
    ]
    assert found[0] == found[1] == found[2]


def test_an_ellipse_on_anisotropic_pixels() -> None:
    held = noise(spacing_mm=(1.5, 0.5))
    figure = in_patient(held.stack, ELLIPSE, 1, (40.25, 30.5), (70.25, 30.5), (40.25, 40.5))
    measured = measure(held, figure)
    row, column = np.mgrid[:60, :80] + 0.5
    inside = NOISE[1][((column - 40.25) / 30) ** 2 + ((row - 30.5) / 10) ** 2 <= 1] * 2.0 - 1024
    found = values(measured)
    assert found["area"] == pytest.approx(math.pi * 15 * 15, rel=1e-12)  # a circle of 15 mm in the patient
    assert found["perimeter"] == pytest.approx(math.pi * 30, rel=1e-12)
    assert (found["major_axis"], found["minor_axis"]) == pytest.approx((30, 30))
    assert found["pixels"] == inside.size
    assert (found["mean"], found["sd"]) == pytest.approx((inside.mean(), inside.std()))
    assert (found["min"], found["max"]) == (inside.min(), inside.max())


def test_a_polygon_and_a_freehand_of_the_same_corners_are_the_same() -> None:
    held = noise(spacing_mm=(0.7, 0.9))
    found = [
        values(measure(held, in_patient(held.stack, kind, 2, *TRIANGLE))) for kind in (POLYGON, FREEHAND)
    ]
    assert found[0] == found[1]
    assert found[0]["area"] == pytest.approx(0.5 * 40 * 0.9 * 30 * 0.7)
    row, column = np.mgrid[:60, :80] + 0.5
    under = (column >= 5) & (row >= 6) & ((column - 5) / 40 + (row - 6) / 30 < 1)
    assert found[0]["pixels"] == np.count_nonzero(under)
    assert found[0]["mean"] == pytest.approx(NOISE[2][under].mean() * 2 - 1024)


@untimed
@given(angle, angle, angle, shift, st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)))
def test_no_turn_or_shift_of_the_patient_changes_a_region(
    a: float, b: float, c: float, to: tuple[float, float, float], spacing: tuple[float, float]
) -> None:
    plain = noise(spacing_mm=spacing)
    moved = noise(spacing_mm=spacing, orientation=turned(a, b, c), origin_mm=to)
    for kind, spots in ((POLYGON, TRIANGLE), (ELLIPSE, ((40, 30), (60.3, 35.1), (36.2, 41.3)))):
        one, other = (
            values(measure(held, in_patient(held.stack, kind, 4, *spots))) for held in (plain, moved)
        )
        assert other["area"] == pytest.approx(one["area"], rel=2e-3 / min(spacing) / 10)
        assert other["pixels"] == pytest.approx(one["pixels"], abs=3)  # a center within a micrometer of it


def test_a_freehand_that_crosses_itself_says_so_and_counts_by_the_same_rule() -> None:
    held = noise()
    eight = on_picture(FREEHAND, (10.5, 10.5), (30.5, 30.5), (30.5, 10.5), (10.5, 30.5))
    measured = measure(held, eight)
    assert values(measured)["area"] == pytest.approx(200)
    assert values(measured)["pixels"] == pytest.approx(200, abs=20)
    assert measured.notes == (CROSSES,)


# --- where it lies ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("orientation", [AXIAL, OBLIQUE])
def test_a_region_reads_the_picture_it_lies_on(orientation: tuple[float, ...]) -> None:
    flat = np.arange(5, dtype=np.uint16)[:, None, None] * np.ones((1, 60, 80), np.uint16)
    held = placed(flat, orientation=orientation, origin_mm=(12.0, -7.0, 33.0))  # type: ignore[arg-type]
    for index in range(5):
        measured = measure(held, in_patient(held.stack, RECTANGLE, index, (10, 20), (30, 26)))
        assert (measured.frame, values(measured)["mean"], values(measured)["sd"]) == (index, index, 0)


def test_a_region_on_tilted_pictures_reads_the_right_one() -> None:
    flat = np.arange(5, dtype=np.uint16)[:, None, None] * np.ones((1, 60, 80), np.uint16)
    flat[3, 26:] = 99
    held = placed(flat, step_mm=(0.0, 1.5, 2.0))
    measured = measure(held, in_patient(held.stack, RECTANGLE, 3, (10, 20), (30, 26)))
    assert (measured.frame, values(measured)["mean"], values(measured)["pixels"]) == (3, 3, 120)


def test_within_half_a_slice_is_on_the_picture_beyond_is_on_none() -> None:
    held = noise()  # a picture every 2 mm
    on = in_space(POLYGON, (5, 5, 3.2), (25, 5, 4), (5, 25, 4.9))
    assert measure(held, on).frame == 2
    steep = in_space(POLYGON, (5, 5, 2), (25, 5, 4), (5, 25, 7))
    with pytest.raises(NotMeasurable, match="must lie on one picture as it was taken"):
        measure(held, steep)
    above = in_space(POLYGON, (5, 5, 9.5), (25, 5, 9.5), (5, 25, 9.5))
    with pytest.raises(NotMeasurable, match="on one picture as it was taken"):
        measure(held, above)


def test_a_lone_picture_is_as_thick_as_its_pixels() -> None:
    lone = placed(NOISE[:1], spacing_mm=(0.5, 0.5))
    assert measure(lone, in_space(PROBE, (5, 5, 0.24))).frame == 0
    with pytest.raises(NotMeasurable, match="on one picture as it was taken"):
        measure(lone, in_space(PROBE, (5, 5, 0.26)))


def test_in_the_gap_of_a_missing_slice_there_is_no_picture() -> None:
    held = noise()
    frames = tuple(f for index, f in enumerate(held.stack.frames) if index != 2)
    gapped = Held(replace(held.stack, frames=frames), np.delete(NOISE, 2, axis=0))
    with pytest.raises(NotMeasurable, match="on one picture as it was taken"):
        measure(gapped, in_patient(held.stack, PROBE, 2, (5, 5)))
    assert measure(gapped, in_patient(held.stack, PROBE, 3, (5, 5))).frame == 2


def test_of_several_pictures_at_one_place_it_must_be_said_which() -> None:  # a dynamic series
    held = noise(step_mm=(0.0, 0.0, 0.0))
    figure = in_patient(held.stack, RECTANGLE, 0, (10, 20), (30, 26))
    with pytest.raises(NotMeasurable, match="it is not said which is meant"):
        measure(held, figure)
    measured = measure(held, replace(figure, frame=4))
    assert values(measured)["mean"] == pytest.approx((NOISE[4, 20:26, 10:30] * 2.0 - 1024).mean())
    with pytest.raises(SliceOutOfRange):
        measure(held, replace(figure, frame=5))


def test_a_wanted_picture_that_lies_elsewhere_is_refused() -> None:
    held = noise()
    with pytest.raises(NotMeasurable, match="on one picture as it was taken"):
        measure(held, replace(in_patient(held.stack, PROBE, 1, (5, 5)), frame=3))


def test_a_region_that_reaches_out_of_the_picture_counts_what_lies_inside() -> None:
    held = noise()
    measured = measure(held, on_picture(RECTANGLE, (-10, -10), (10, 10)))
    assert (values(measured)["area"], values(measured)["pixels"]) == (400, 100)
    assert values(measured)["mean"] == pytest.approx((NOISE[0, :10, :10] * 2.0 - 1024).mean())
    assert measured.notes == (OUTSIDE,)
    whole = measure(held, in_patient(held.stack, RECTANGLE, 0, (0, 0), (80, 60)))
    assert (values(whole)["pixels"], whole.notes) == (4800, ())


def test_a_region_between_the_centers_has_an_area_and_no_values() -> None:
    measured = measure(noise(), on_picture(RECTANGLE, (10.6, 10.6), (11.4, 11.4)))
    assert values(measured)["area"] == pytest.approx(0.64)
    assert values(measured)["pixels"] == 0
    assert "mean" not in values(measured)
    assert measured.notes == (NO_PIXEL,)


@pytest.mark.parametrize(
    "figure",
    [
        on_picture(POLYGON, (1, 1), (5, 5), (9, 9)),
        on_picture(RECTANGLE, (1, 1), (1, 9)),
        on_picture(ELLIPSE, (5, 5), (9, 9), (1, 1)),
        on_picture(ELLIPSE, (5, 5), (5, 5), (5, 5)),
        on_picture(FREEHAND, (5, 5), (5, 5), (5, 5)),
        on_picture(FREEHAND, (1, 1), (9, 1), (9, 9), (1, 1), (9, 1), (9, 9)),
    ],
)
def test_an_outline_that_encloses_nothing_is_refused(figure: Figure) -> None:
    with pytest.raises(NotMeasurable, match="encloses nothing"):
        measure(noise(), figure)


# --- values -----------------------------------------------------------------------------------------------
def test_every_frame_has_its_own_rescale_and_unit() -> None:  # enhanced objects
    held = noise()
    own = [replace(f, rescale=Rescale(0.5 + k, 10.0 * k, f"U{k}")) for k, f in enumerate(held.stack.frames)]
    held = Held(replace(held.stack, frames=tuple(own)), NOISE)
    for index in range(5):
        inside = NOISE[index, 20:26, 10:30] * (0.5 + index) + 10.0 * index
        measured = measure(held, in_patient(held.stack, RECTANGLE, index, (10, 20), (30, 26)))
        found = values(measured)
        assert (found["mean"], found["sd"]) == pytest.approx((inside.mean(), inside.std()))
        assert units(measured)["mean"] == f"U{index}"


def test_a_falling_rescale_turns_least_and_most() -> None:
    held = placed(NOISE, rescale=Rescale(-1.0, 4000.0, ""))
    found = values(measure(held, on_picture(RECTANGLE, (10, 20), (30, 26))))
    inside = 4000.0 - NOISE[0, 20:26, 10:30]
    assert (found["min"], found["max"]) == (inside.min(), inside.max())
    assert found["sd"] == pytest.approx(inside.std())


def test_padding_is_left_out_and_counted() -> None:  # a range in the middle of the values
    held = placed(NOISE, padding=(1000, 2000))
    stored = NOISE[0, 20:40, 10:60].astype(float)
    kept = stored[(stored < 1000) | (stored > 2000)]
    found = values(measure(held, on_picture(RECTANGLE, (10, 20), (60, 40))))
    assert (found["pixels"], found["padding"]) == (kept.size, stored.size - kept.size)
    assert (found["mean"], found["sd"]) == pytest.approx((kept.mean(), kept.std()))
    assert kept.min() < 1000
    assert kept.max() > 2000


def test_a_region_of_padding_alone_has_no_values() -> None:
    held = placed(np.full((1, 60, 80), 2000, np.uint16), padding=(2000, 2000))
    measured = measure(held, on_picture(RECTANGLE, (10, 20), (30, 23)))
    assert (values(measured)["pixels"], values(measured)["padding"]) == (0, 60)
    assert measured.notes == (NO_PIXEL,)


def test_floats_are_exact_and_what_is_no_number_is_left_out() -> None:
    array = np.full((1, 8, 8), 0.1, np.float32)
    array[0, 0] = np.nan
    array[0, 1, 0] = np.inf
    found = values(measure(unplaced(array, Rescale(1.0, 0.0, "")), on_picture(RECTANGLE, (0, 0), (8, 8))))
    assert (found["pixels"], found["padding"]) == (55, 9)
    assert found["min"] == found["max"] == found["mean"] == float(np.float32(0.1))
    assert found["sd"] == 0


@pytest.mark.parametrize(
    ("dtype", "value"), [("uint32", 4294967295), ("int32", -2147483647), ("uint16", 65535)]
)
def test_integers_are_exact_to_the_last_bit(dtype: str, value: int) -> None:
    array = np.full((1, 50, 50), value, dtype)
    found = values(measure(unplaced(array), on_picture(RECTANGLE, (0, 0), (50, 50))))
    assert (found["mean"], found["min"], found["max"], found["sd"]) == (value, value, value, 0)
    probed = values(measure(unplaced(array), on_picture(PROBE, (7, 7))))
    assert (probed["value"], probed["stored"]) == (value, value)


def test_the_spread_is_the_populations() -> None:
    array = np.array([[[1, 3]]], np.uint16)
    assert values(measure(unplaced(array), on_picture(RECTANGLE, (0, 0), (2, 1))))["sd"] == 1


def test_pet_values_come_as_suv_too() -> None:
    held = placed(NOISE, rescale=Rescale(3.0, 0.0, ""), unit="BQML", suv_bw=0.001)
    measured = measure(held, on_picture(RECTANGLE, (10, 20), (30, 26)))
    found, unit = values(measured), units(measured)
    assert unit["mean"] == "BQML"
    for name in ("mean", "sd", "min", "max"):
        assert found[f"suv_{name}"] == pytest.approx(found[name] * 0.001)
        assert unit[f"suv_{name}"] == "g/ml"
    assert values(measure(held, on_picture(PROBE, (10, 20))))["suv"] == pytest.approx(
        NOISE[0, 20, 10] * 3 * 0.001
    )


def test_why_there_is_no_suv_is_said() -> None:
    held = placed(NOISE, unit="CNTS", suv_note="No SUV: its counts come without a factor.")
    measured = measure(held, on_picture(PROBE, (10, 20)))
    assert "suv" not in values(measured)
    assert measured.notes == ("No SUV: its counts come without a factor.",)


def test_color_has_sizes_and_no_values() -> None:
    held = placed(np.zeros((1, 60, 80), np.uint8), samples=3)
    held.array = np.zeros((1, 60, 80, 3), np.uint8)
    measured = measure(held, on_picture(RECTANGLE, (10, 20), (30, 26)))
    assert values(measured) == {"area": 120, "perimeter": 52, "width": 20, "height": 6}
    assert measured.notes == (COLOR,)
    probed = measure(held, on_picture(PROBE, (10, 20)))
    assert (probed.quantities, probed.notes) == ((), (COLOR,))


def test_pixels_that_stand_for_a_color_are_labels() -> None:
    palette = Palette(first=4000, red=(255,), green=(0,), blue=(0,))
    held = placed(NOISE, palette=palette)
    found = values(measure(held, on_picture(RECTANGLE, (0, 0), (80, 60))))
    grays = NOISE[0][NOISE[0] < 4000]
    assert (found["pixels"], found["labels"]) == (grays.size, NOISE[0].size - grays.size)
    assert found["mean"] == pytest.approx(grays.mean())
    row, column = np.argwhere(NOISE[0] >= 4000)[0].tolist()
    probed = measure(held, on_picture(PROBE, (column + 0.5, row + 0.5)))
    assert values(probed) == {"stored": NOISE[0, row, column]}
    assert probed.notes == (LABEL,)


def test_loss_is_said_where_values_are() -> None:
    held = noise(lossy=True)
    assert measure(held, on_picture(PROBE, (1, 1))).notes == (LOSSY,)
    assert measure(held, on_picture(RECTANGLE, (0, 0), (9, 9))).notes == (LOSSY,)
    assert measure(held, on_picture(FigureKind.LENGTH, (0, 0), (9, 9))).notes == ()


def test_values_too_large_for_a_number_are_refused() -> None:
    held = placed(NOISE, rescale=Rescale(1e306, 0.0, ""))
    with pytest.raises(NotMeasurable, match="too large"):
        measure(held, on_picture(RECTANGLE, (0, 0), (9, 9)))


# --- probes -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("spot", "pixel"),
    [((10.5, 20.5), (10, 20)), ((10, 20), (10, 20)), ((10.999, 20.999), (10, 20)), ((0, 0), (0, 0))],
)
def test_a_probe_reads_the_pixel_it_lies_in(spot: tuple[float, float], pixel: tuple[int, int]) -> None:
    stored = float(NOISE[2, pixel[1], pixel[0]])
    measured = measure(noise(), on_picture(PROBE, spot, frame=2))
    assert values(measured) == {"value": stored * 2 - 1024, "stored": stored}
    assert units(measured)["value"] == "HU"
    assert (measured.frame, measured.meaning, measured.notes) == (2, "", ())


def test_a_probe_in_the_patient_reads_the_nearest_slice() -> None:
    held = noise(orientation=OBLIQUE, spacing_mm=(0.5, 0.5))
    normal = 2.0 * np.cross(OBLIQUE[:3], OBLIQUE[3:])
    x, y, z = np.array(place(held.stack, 2, 33.5, 44.5).to_mm()) + 0.4 * normal
    measured = measure(held, in_space(PROBE, (x, y, z)))
    assert (measured.frame, values(measured)["stored"]) == (2, NOISE[2, 44, 33])


def test_a_probe_outside_is_refused() -> None:
    for spot in ((-0.001, 5), (80, 5), (5, 60)):
        with pytest.raises(NotMeasurable, match="outside the picture"):
            measure(noise(), on_picture(PROBE, spot))


def test_a_probe_on_padding_has_no_value() -> None:
    held = placed(np.zeros((1, 60, 80), np.uint16), padding=(0, 0))
    measured = measure(held, on_picture(PROBE, (5, 5)))
    assert (values(measured), measured.notes) == ({"stored": 0}, (PADDING,))


def test_behind_a_modality_table_nobody_knows_the_stored_value() -> None:
    held = placed(NOISE, modality_lut=LookupTable(0, 12, (0, 1)))
    assert set(values(measure(held, on_picture(PROBE, (5, 5))))) == {"value"}


# --- refused, or not yet ----------------------------------------------------------------------------------
def test_a_slice_that_is_still_read_or_damaged_says_so() -> None:
    held = noise()
    held.ready.discard(1)
    held.damaged.add(2)
    for kind, spots in ((PROBE, ((5, 5),)), (RECTANGLE, ((5, 5), (9, 9)))):
        with pytest.raises(SliceNotReady):
            measure(held, on_picture(kind, *spots, frame=1))
        with pytest.raises(SliceDamaged):
            measure(held, on_picture(kind, *spots, frame=2))
    assert values(measure(held, on_picture(FigureKind.LENGTH, (0, 0), (3, 4), frame=2)))["length"] == 5


def test_far_outside_is_refused() -> None:
    with pytest.raises(NotMeasurable, match="far outside"):
        measure(noise(), on_picture(POLYGON, (5, 5), (9, 9), (5, 500)))
    with pytest.raises(NotMeasurable, match="on one picture as it was taken"):
        measure(noise(), Figure(PROBE, (PatientPoint(5000, 5000, 10**7),)))


def test_a_region_across_two_ultrasound_regions_is_in_pixels() -> None:
    left = Region(left=0, top=0, right=39, bottom=59, spacing_mm=(0.1, 0.1))
    held = unplaced(NOISE, calibration="regions", regions=(left,))
    inside = measure(held, on_picture(ELLIPSE, (20, 30), (39, 30), (20, 40)))
    assert units(inside)["area"] == "mm²"
    assert values(inside)["area"] == pytest.approx(math.pi * 1.9 * 1.0)
    # both ends lie in the region, the far side of the ellipse does not
    across = measure(held, on_picture(ELLIPSE, (25, 30), (8, 30), (25, 40)))
    assert (units(across)["area"], across.notes[0]) == ("px²", NO_REGION)
