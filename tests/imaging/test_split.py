"""Which pictures belong together, in which order, and whether they are a volume. No files, only headers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from readingroom.imaging.headers import FileHeader, FrameHeader
from readingroom.imaging.index import Series, Stack
from readingroom.imaging.split import ImportedFile, split_series, split_studies
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
    instance_uid="1.1.1",
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
    localizer=False,
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
    assert (stack.kind, stack.mpr) == ("stack", False)
    assert stack.reason == "1 picture missing: the gap after picture 2 is 4 mm, the usual one 2 mm"


def test_uneven_gaps_are_told_in_millimeters() -> None:
    (stack,) = stacks(pile(0, 2, 4.3, 6.3))
    assert (stack.kind, stack.reason) == ("stack", "the gaps between its pictures are not equal: 2 to 2.3 mm")


def test_a_gap_within_one_percent_and_a_tenth_of_a_millimeter_is_even() -> None:
    assert stacks(pile(0, 2, 4.015, 6.015))[0].kind == "volume"
    assert stacks(pile(0, 2, 4.025, 6.025))[0].kind == "stack"
    assert stacks(pile(0, 20, 40.15, 60.15))[0].kind == "stack"  # less than 1 %, more than 0.1 mm


def test_a_tilted_gantry_is_told_in_degrees() -> None:
    files = [at(0, math.tan(math.radians(12)) * z, z) for z in (0, 5, 10, 15)]
    (stack,) = stacks(files)
    assert (stack.kind, stack.mpr) == ("stack", False)
    assert "12.0°" in stack.reason


def test_two_pictures_prove_no_volume() -> None:
    assert stacks(pile(0, 2))[0].kind == "stack"


def test_a_volume_needs_a_pixel_spacing() -> None:
    (stack,) = stacks(pile(0, 2, 4, spacing_mm=None, complaint="it has no Pixel Spacing"))
    assert (stack.kind, stack.mpr, stack.reason) == ("stack", False, "it has no Pixel Spacing")


def test_without_places_pictures_follow_their_numbers() -> None:
    files = [placeless("a", 3), placeless("b", 1), placeless("c", 2)]
    (stack,) = stacks(files)
    assert (stack.kind, sources(stack)) == ("stack", ["b", "c", "a"])
    assert stack.reason.startswith("in the order of their numbers")


def placeless(name: str, number: int) -> ImportedFile:
    frame = replace(FRAME, position_mm=None, complaint="it has no usable Image Position")
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
        {"header": {"localizer": True}},
        {"orientation": (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)},
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


def test_pictures_at_one_place_are_a_cine_in_order_of_time() -> None:
    files = [at(0, 0, 0, name=f"t{t}", temporal=str(t)) for t in (3, 1, 2)]
    (stack,) = stacks(files)
    assert (stack.kind, sources(stack)) == ("cine", ["t1", "t2", "t3"])


def test_a_file_of_many_frames_without_places_is_a_cine_of_its_own() -> None:
    frame = replace(FRAME, position_mm=None, complaint="it has no usable Image Position")
    files = [ImportedFile(replace(HEADER, frames=(frame,) * 3), name, name, name) for name in ("a", "b")]
    found = stacks(files)
    assert [(stack.kind, [f.frame for f in stack.frames]) for stack in found] == [("cine", [0, 1, 2])] * 2


def test_the_scout_comes_last() -> None:
    scout = at(0, 0, 99, header={"localizer": True, "instance_number": 0}, orientation=(1, 0, 0, 0, 0, -1))
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
