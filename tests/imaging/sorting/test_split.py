"""Which pictures belong together, in which order, and whether they are a volume. No files, only headers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from readingroom.imaging.headers import FileHeader, FrameHeader
from readingroom.imaging.index import LookupTable, NamedLut, Palette, Region, Series, Stack
from readingroom.imaging.sorting.pictures import ImportedFile
from readingroom.imaging.sorting.split import split_series, split_studies
from readingroom.values import Rescale

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

FRAME = FrameHeader(
    position_mm=(0.0, 0.0, 0.0),
    orientation=AXIAL,
    spacing_mm=(0.5, 0.5),
    complaint="",
    rescale=Rescale(1.0, -1024.0, "HU"),
    windows=(),
    offset=None,
    echo="",
    temporal="",
    diffusion="",
    part="",
    moment=0.0,
)

HEADER = FileHeader(
    study_uid="1",
    series_uid="1.1",
    modality="CT",
    series_number=1,
    series_description="",
    series_date="",
    body_part="",
    study_date="20260101",
    study_description="",
    patient_name="Roe^Jane",
    patient_id="P1",
    birth_date="",
    frame_of_reference_uid="1.9",
    instance_number=None,
    acquisition_number=1,
    rows=4,
    columns=4,
    dtype="uint16",
    bits_stored=12,
    photometric="MONOCHROME2",
    inverted=False,
    padding=None,
    modality_lut=None,
    lossy=False,
    frames=(FRAME,),
)


def at(*place: float, name: str = "", header: dict[str, Any] | None = None, **frame: Any) -> ImportedFile:
    """A one-frame file at a place."""
    x, y, z = place
    made = replace(HEADER, frames=(replace(FRAME, position_mm=(x, y, z), **frame),), **(header or {}))
    source = name or f"{z:g}"
    return ImportedFile(made, f"{source}.dcm", source, source)


def pile(*depths: float, **changes: Any) -> list[ImportedFile]:
    return [at(0, 0, depth, **changes) for depth in depths]


def stacks(files: list[ImportedFile]) -> tuple[Stack, ...]:
    (series,) = split_series(files)
    return series.stacks


def sources(stack: Stack) -> list[str]:
    return [frame.source for frame in stack.frames]


def test_an_even_pile_is_a_volume_sorted_along_its_normal() -> None:
    (stack,) = stacks(pile(6, 0, 4, 2))
    assert (stack.kind, stack.mpr, stack.slice_spacing_mm) == ("volume", True, 2.0)
    assert sources(stack) == ["0", "2", "4", "6"]


def test_order_never_comes_from_instance_numbers_when_places_are_known() -> None:
    files = [at(0, 0, z, header={"instance_number": -int(z)}) for z in (0, 2, 4)]
    assert sources(stacks(files)[0]) == ["0", "2", "4"]


def test_an_oblique_pile_is_sorted_along_its_own_normal() -> None:
    c, s = math.cos(0.3), math.sin(0.3)
    orientation = (1.0, 0.0, 0.0, 0.0, c, s)  # normal (0, -s, c)
    files = [at(0, -s * d, c * d, name=f"{d}", orientation=orientation) for d in (9, 3, 6, 0)]
    (stack,) = stacks(files)
    assert (stack.kind, sources(stack)) == ("volume", ["0", "3", "6", "9"])
    assert stack.slice_spacing_mm == pytest.approx(3.0)


def test_a_missing_slice_is_named_with_its_place() -> None:
    (stack,) = stacks(pile(0, 2, 6, 8, 10))
    assert (stack.kind, stack.mpr) == ("stack", True)
    assert stack.mpr_note == "1 picture missing after picture 2: interpolated across 4 mm"
    assert stack.reason == "1 picture missing: the gap after picture 2 is 4 mm, the usual one 2 mm"


def test_uneven_gaps_are_told_in_millimeters() -> None:
    (stack,) = stacks(pile(0, 2, 4.3, 6.3))
    assert (stack.kind, stack.reason) == ("stack", "the gaps between its pictures are not equal: 2 to 2.3 mm")
    assert (stack.mpr, stack.mpr_note) == (True, "uneven gaps 2 to 2.3 mm: planes are interpolated")


def test_a_gap_within_one_percent_and_a_tenth_of_a_millimeter_is_even() -> None:
    assert stacks(pile(0, 2, 4.015, 6.015))[0].kind == "volume"
    assert stacks(pile(0, 2, 4.025, 6.025))[0].kind == "stack"
    assert stacks(pile(0, 20, 40.15, 60.15))[0].kind == "stack"  # less than 1 %, more than 0.1 mm


def test_a_tilted_gantry_is_told_in_degrees() -> None:
    files = [at(0, math.tan(math.radians(12)) * z, z) for z in (0, 5, 10, 15)]
    (stack,) = stacks(files)
    assert (stack.kind, stack.mpr) == ("stack", True)
    assert "12.0°" in stack.reason
    assert stack.mpr_note == "tilted gantry: sheared back by 12.0°"


def test_a_tilted_pile_with_a_missing_slice_is_told_both() -> None:
    files = [at(0, math.tan(math.radians(12)) * z, z) for z in (0, 5, 15, 20, 25)]
    (stack,) = stacks(files)
    assert stack.mpr_note == (
        "tilted gantry: sheared back by 12.0°; 1 picture missing after picture 2: interpolated across 10 mm"
    )


def test_pictures_moved_sideways_one_by_one_are_put_back_and_it_is_said() -> None:
    (stack,) = stacks([at(x, 0, z) for x, z in ((0, 0), (3, 2), (-1, 4), (2, 6))])
    assert (stack.kind, stack.mpr) == ("stack", True)
    assert stack.mpr_note == "pictures shifted by up to 3 mm: each is put back"


def test_no_planes_are_made_up_across_a_gap_of_more_than_ten_slices() -> None:
    near, far = stacks(pile(0, 2, 4, 24, 26, 28)), stacks(pile(0, 2, 4, 26, 28, 30))
    assert [stack.mpr for stack in (*near, *far)] == [True, False]
    assert far[0].reason.endswith("; a gap too wide for other planes")
    assert far[0].mpr_note == ""


def test_many_missing_slices_are_told_in_few_words() -> None:
    (stack,) = stacks(pile(0, 1, 2, 4, 5, 7, 8, 11, 12, 14, 15, 16, 17))
    assert stack.mpr_note == (
        "5 pictures missing after pictures 3, 5, 7 and 1 more: interpolated across 2 to 3 mm"
    )


def test_two_pictures_prove_no_volume() -> None:
    assert stacks(pile(0, 2))[0].kind == "stack"


def test_a_volume_needs_a_pixel_spacing() -> None:
    (stack,) = stacks(pile(0, 2, 4, spacing_mm=None, complaint="it does not say how large its pixels are"))
    assert (stack.kind, stack.mpr, stack.reason) == (
        "stack",
        False,
        "it does not say how large its pixels are",
    )


def test_without_places_pictures_follow_their_numbers() -> None:
    files = [placeless("a", 3), placeless("b", 1), placeless("c", 2)]
    (stack,) = stacks(files)
    assert (stack.kind, sources(stack)) == ("stack", ["b", "c", "a"])
    assert stack.reason.startswith("in the order of their numbers")


def placeless(name: str, number: int) -> ImportedFile:
    frame = replace(FRAME, position_mm=None, complaint="it does not say where it lies in the patient")
    return ImportedFile(replace(HEADER, frames=(frame,), instance_number=number), name, name, name)


def test_an_orientation_that_was_refused_is_said_and_leaves_a_stack() -> None:
    (stack,) = stacks(pile(0, 2, 4, orientation=None, complaint="its Image Orientation is not …"))
    assert (stack.kind, stack.orientation) == ("stack", None)
    assert "Orientation" in stack.reason


@pytest.mark.parametrize(
    "other",
    [
        {"header": {"frame_of_reference_uid": "1.8"}},
        {"header": {"rows": 8}},
        {"header": {"dtype": "int16"}},
        {"header": {"samples": 3}},
        {"header": {"palette": Palette(0, (1,), (2,), (3,))}},
        {"header": {"calibration": "patient"}},
        {"localizer": True},
        {"orientation": (1.0, 0.0, 0.0, 0.0, 0.998, 0.06)},
        {"spacing_mm": (0.6, 0.6)},
        {"echo": "2"},
        {"diffusion": "1000"},
        {"temporal": "2"},
        {"part": "DERIVED"},
    ],
)
def test_what_differs_is_never_merged(other: dict[str, Any]) -> None:
    found = stacks(pile(0, 2, 4) + pile(6, 8, 10, **other))
    assert sorted(sorted(sources(stack)) for stack in found) == [["0", "2", "4"], ["10", "6", "8"]]


def test_pixels_of_another_shape_are_never_merged_and_their_shape_is_told() -> None:
    (spaced,) = stacks(pile(0, 2, 4, header={"pixel_aspect": (1, 4)}))
    assert spaced.pixel_aspect is None, "the spacing says it"
    flat = pile(0, 2, spacing_mm=None, header={"pixel_aspect": (1, 4)})
    assert {stack.pixel_aspect for stack in stacks(flat + pile(4, 6, spacing_mm=None))} == {(1, 4), None}


def test_an_acquisition_number_of_its_own_for_every_slice_separates_nothing() -> None:
    files = [at(0, 0, z, header={"acquisition_number": int(z)}) for z in (0, 2, 4, 6)]
    assert [stack.kind for stack in stacks(files)] == ["volume"]


def test_a_label_of_its_own_for_every_slice_separates_nothing() -> None:
    files = [at(0, 0, z, temporal=str(z)) for z in (0, 2, 4, 6)]
    assert [stack.kind for stack in stacks(files)] == ["volume"]


def test_a_frame_of_reference_of_its_own_for_every_slice_is_taken_as_one_and_said() -> None:
    files = [at(0, 0, z, header={"frame_of_reference_uid": f"1.{z}"}) for z in (0, 2, 4)]
    (stack,) = stacks(files)
    assert stack.kind == "volume"
    assert "frame of reference" in stack.reason


def test_pictures_at_the_same_places_become_phases_by_acquisition() -> None:
    second = [at(0, 0, z, name=f"{z}b", header={"acquisition_number": 2}) for z in (0, 2, 4)]
    first, other = stacks(second + pile(0, 2, 4))
    assert sources(first) == ["0", "2", "4"]
    assert sources(other) == ["0b", "2b", "4b"]
    assert first.reason.startswith("phase 1 of 2: ")
    assert first.kind == other.kind == "volume"


def test_one_picture_too_many_does_not_spoil_the_volume() -> None:
    volume, extra = stacks([*pile(0, 2, 4), at(0, 0, 2, name="z")])
    assert (volume.kind, sources(volume)) == ("volume", ["0", "2", "4"])
    assert (extra.kind, sources(extra)) == ("image", ["z"])


def test_phases_follow_the_numbers_when_these_run_through_one_after_the_other() -> None:
    """The second phase lacks a slice: told by rank, the third phase's would be put in its place."""
    order = [(0, "a"), (2, "a"), (4, "a"), (0, "b"), (4, "b"), (0, "c"), (2, "c"), (4, "c")]
    files = [
        at(0, 0, z, name=f"{z}{phase}", header={"instance_number": number})
        for number, (z, phase) in enumerate(order, 1)
    ]
    found = stacks(files)
    assert [sources(stack) for stack in found] == [["0a", "2a", "4a"], ["0b", "4b"], ["0c", "2c", "4c"]]


def test_one_picture_too_many_does_not_cut_the_others_in_two() -> None:
    files = [at(0, 0, z, name=str(z), header={"instance_number": z}) for z in (0, 2, 4, 6)]
    again = at(0, 0, 2, name="2 again", header={"instance_number": 2})
    whole, rest = stacks([*files, again])
    assert [frame.source for frame in whole.frames] == ["0", "2", "4", "6"]
    assert [frame.source for frame in rest.frames] == ["2 again"]


def test_phases_whose_order_proves_nothing_say_so() -> None:
    order = [(0, "a"), (0, "b"), (0, "c"), (2, "a"), (2, "b"), (4, "a"), (4, "b"), (4, "c")]
    files = [
        at(0, 0, z, name=f"{z}{phase}", header={"instance_number": number})
        for number, (z, phase) in enumerate(order, 1)
    ]
    found = stacks(files)
    assert len(found) == 3
    assert all("told apart by nothing but their order" in stack.reason for stack in found)


def test_directions_of_diffusion_are_told_apart_only_where_they_share_a_place() -> None:
    x, y = [pile(0, 2, 4, diffusion="1000", direction=way, name="") for way in ("1/0/0", "0/1/0")]
    zero = pile(0, 2, 4, diffusion="0")
    found = stacks(zero + x + y)
    assert sorted(stack.reason for stack in found) == [
        "b 0: 3 pictures, one every 2 mm",
        "b 1000: direction 1 of 2: 3 pictures, one every 2 mm",
        "b 1000: direction 2 of 2: 3 pictures, one every 2 mm",
    ]


def test_pictures_beside_each_other_are_parts_no_phases() -> None:
    """Stations of a spine: the same depths, another place in the plane."""
    upper = [at(0, 0, z, name=f"u{z}") for z in (0, 2, 4)]
    lower = [at(0, 300, z, name=f"l{z}") for z in (0, 2, 4)]
    found = stacks([*upper, *lower])
    assert [stack.kind for stack in found] == ["volume", "volume"]
    assert sorted(sources(stack)[0][0] for stack in found) == ["l", "u"]
    assert {stack.reason[:11] for stack in found} == {"part 1 of 2", "part 2 of 2"}


def test_the_dimensions_of_an_enhanced_object_tell_phases_apart() -> None:
    frames = tuple(
        replace(FRAME, position_mm=(0.0, 0.0, z), dimensions=str(time))
        for z in (0.0, 2.0, 4.0)
        for time in (2, 1)
    )
    (file,) = pile(0)
    found = stacks([replace(file, header=replace(file.header, frames=frames))])
    assert [[frame.frame for frame in stack.frames] for stack in found] == [[0, 2, 4], [1, 3, 5]]


def test_pictures_at_one_place_are_a_cine_in_order_of_time() -> None:
    files = [at(0, 0, 0, name=f"t{t}", temporal=str(t)) for t in (3, 1, 2)]
    (stack,) = stacks(files)
    assert (stack.kind, sources(stack)) == ("cine", ["t1", "t2", "t3"])


def test_a_file_of_many_frames_without_places_is_a_cine_of_its_own() -> None:
    frame = replace(FRAME, position_mm=None, complaint="it does not say where it lies in the patient")
    header = replace(HEADER, modality="US", frames=(frame,) * 3)
    files = [ImportedFile(header, name, name, name) for name in ("a", "b")]
    found = stacks(files)
    assert [(stack.kind, [f.frame for f in stack.frames]) for stack in found] == [("cine", [0, 1, 2])] * 2


def test_a_cine_without_times_is_played_at_ten_a_second_and_says_so() -> None:
    (stack,) = stacks([at(0, 0, 0, name=f"t{t}", temporal=str(t)) for t in (1, 2, 3)])
    assert stack.frame_times_ms == (100.0, 100.0, 100.0)
    assert stack.reason == (
        "3 pictures at one place; the file gives no frame times: played at 10 pictures a second"
    )


def test_a_cine_takes_its_times_from_the_file_or_from_the_heart() -> None:
    said = [at(0, 0, 0, name=f"t{t}", temporal=str(t), time_ms=40.0) for t in (1, 2, 3)]
    assert stacks(said)[0].frame_times_ms == (40.0, 40.0, 40.0)
    assert stacks(said)[0].reason == "3 pictures at one place, 25 a second"
    heart = [at(0, 0, 0, name=f"t{t}", moment=t, moment_ms=t) for t in (10.0, 60.0, 90.0)]
    assert stacks(heart)[0].frame_times_ms == (50.0, 30.0, 40.0)
    apart = [at(0, 0, 0, name=f"t{t}", moment=t, moment_ms=t * 60_000) for t in (1.0, 2.0, 3.0)]
    assert stacks(apart)[0].frame_times_ms == (100.0, 100.0, 100.0), "minutes apart is no motion"


def test_only_a_motion_has_times() -> None:
    assert stacks(pile(0, 2, 4, time_ms=40.0))[0].frame_times_ms == ()


def test_views_of_nuclear_medicine_are_no_motion() -> None:
    frame = replace(FRAME, position_mm=None, complaint="it does not say where it lies in the patient")
    (stack,) = stacks([ImportedFile(replace(HEADER, frames=(frame,) * 2, views=True), "a", "a", "a")])
    assert (stack.kind, stack.frame_times_ms) == ("stack", ())


def test_tables_of_a_stack_are_kept_once_and_named_by_place() -> None:
    a, b, c = (NamedLut(name, LookupTable(0, 8, (n,))) for n, name in enumerate("abc"))
    files = [
        at(0, 0, 0, header={"voi_luts": (a, b)}, voi_luts=(0, 1)),
        at(0, 0, 2, header={"voi_luts": (b, c)}, voi_luts=(1, 0)),
        at(0, 0, 4),
    ]
    (stack,) = stacks(files)
    assert stack.voi_luts == (a, b, c)
    assert [frame.voi_luts for frame in stack.frames] == [(0, 1), (2, 1), ()]


def test_a_stack_keeps_at_most_64_tables() -> None:
    files = [
        at(0, 0, z, header={"voi_luts": (NamedLut("", LookupTable(z, 8, (1,))),)}, voi_luts=(0,))
        for z in range(70)
    ]
    (stack,) = stacks(files)
    assert len(stack.voi_luts) == 64
    assert [frame.voi_luts for frame in stack.frames][63:65] == [(63,), ()]


@pytest.mark.parametrize(
    ("calibration", "said", "measured"),
    [
        ("patient", (9.0, 9.0), (0.5, 0.5)),
        ("calibrated", (9.0, 9.0), (0.5, 0.5)),
        ("detector", (0.6, 0.6), (0.6, 0.6)),
        ("regions", None, None),
        ("none", None, None),
    ],
)
def test_lengths_are_measured_with_the_spacing_that_is_proven(
    calibration: str, said: tuple[float, float] | None, measured: tuple[float, float] | None
) -> None:
    region = (Region(0, 0, 3, 3, (1.0, 1.0)),) if calibration == "regions" else ()
    header = {"calibration": calibration, "measured_spacing_mm": said, "regions": region}
    (stack,) = stacks(pile(0, header=header))
    assert (stack.calibration, stack.measured_spacing_mm, stack.regions) == (calibration, measured, region)
    assert stack.spacing_mm == (0.5, 0.5)


def test_one_factor_of_uptake_for_all_pictures_or_none() -> None:
    def found(*factors: float | None) -> tuple[float | None, str]:
        note = "No SUV: the patient's weight is not given."
        (stack,) = stacks(
            [
                at(0, 0, z, header={"suv_bw": factor, "suv_note": "" if factor else note})
                for z, factor in enumerate(factors)
            ]
        )
        return stack.suv_bw, stack.suv_note

    assert found(2.0, 2.0, 2.0) == (2.0, "")
    assert found(2.0, 2.0, 2.1) == (None, "No SUV: dose, weight or times differ among its pictures.")
    assert found(2.0, None, 2.0) == (None, "No SUV: the patient's weight is not given.")


def test_the_scout_comes_last() -> None:
    scout = at(0, 0, 99, header={"instance_number": 0}, localizer=True, orientation=(1, 0, 0, 0, 0, -1))
    found = stacks([scout, *pile(0, 2, 4, header={"instance_number": 5})])
    assert [stack.kind for stack in found] == ["volume", "image"]


def test_each_frame_keeps_its_own_rescale() -> None:
    files = [at(0, 0, z, rescale=Rescale(1.0 + z, 0.0, "HU")) for z in (0, 2, 4)]
    (stack,) = stacks(files)
    assert [frame.rescale.slope for frame in stack.frames] == [1.0, 3.0, 5.0]


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({"study_uid": "2"}, 2),
        ({"patient_id": "P2"}, 2),
        ({"patient_name": "Doe^John"}, 2),
        ({"patient_name": "ROE^JANE^^^"}, 1),
    ],
)
def test_two_patients_never_share_a_study(other: dict[str, Any], count: int) -> None:
    assert len(split_studies([*pile(0, 2), *pile(4, 6, header=other)])) == count


def test_series_come_in_order_of_their_numbers() -> None:
    files = [
        at(0, 0, 0, name=str(n), header={"series_uid": f"9.{n}", "series_number": n}) for n in (30, 4, 200)
    ]
    found: tuple[Series, ...] = split_series(files)
    assert [series.number for series in found] == [4, 30, 200]
