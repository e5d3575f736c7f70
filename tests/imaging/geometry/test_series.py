"""Series as scanners write them, with their traps: what belongs together, in which order, and what it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.index import Stack
from tests.imaging.dicoms import numbers, picture, write
from tests.imaging.geometry.comparison import stacks_of
from tests.imaging.geometry.enhanced import enhanced, frame, item, nuclear

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAGITTAL, CORONAL = [0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 0, -1]


async def read(pool: DecodePool, folder: Path, files: Iterable[Dataset]) -> list[Stack]:
    """The stacks of files named a.dcm, b.dcm, … in the order given."""
    for number, ds in enumerate(files):
        ds.SOPInstanceUID = f"1.2.3.4.{number + 1}"
        write(folder / f"{chr(ord('a') + number)}.dcm", ds)
    return await stacks_of(folder, pool)


def at(x: float, y: float, z: float, index: int = 0, **changes: Any) -> Dataset:
    return picture(index, ImagePositionPatient=[x, y, z], **changes)


def names(stack: Stack) -> str:
    return "".join(one.source.removesuffix(".dcm") for one in stack.frames)


def depths(stack: Stack) -> list[float]:
    return [one.position_mm[2] for one in stack.frames if one.position_mm is not None]


async def test_names_and_numbers_against_the_places(pool: DecodePool, tmp_path: Path) -> None:
    files = [at(0, 0, z, InstanceNumber=number) for z, number in ((6, 1), (0, 2), (4, 3), (2, 4))]
    (stack,) = await read(pool, tmp_path, files)
    assert (stack.kind, names(stack), depths(stack)) == ("volume", "bdca", [0, 2, 4, 6])


async def test_two_echoes(pool: DecodePool, tmp_path: Path) -> None:
    files = [
        at(0, 0, 2 * place, 2 * place + echo, Modality="MR", EchoNumbers=echo, EchoTime=20.0 * echo)
        for place in range(3)
        for echo in (1, 2)
    ]
    first, second = await read(pool, tmp_path, files)
    assert (names(first), names(second)) == ("ace", "bdf")
    assert (first.kind, first.reason) == ("volume", "echo 20: 3 pictures, one every 2 mm")
    assert second.reason.startswith("echo 40: ")


async def test_time_points_by_their_number_or_by_the_order_of_acquisition(
    pool: DecodePool, tmp_path: Path
) -> None:
    named, timed = tmp_path / "named", tmp_path / "timed"
    for folder in (named, timed):
        folder.mkdir()
    order = [(place, time) for time in (2, 1) for place in range(3)]
    files = [at(0, 0, 2 * p, n, TemporalPositionIdentifier=t) for n, (p, t) in enumerate(order)]
    first, second = sorted(await read(pool, named, files), key=lambda stack: stack.reason)
    assert (names(first), names(second)) == ("def", "abc")
    assert first.reason == "time point 1 of 2: 3 pictures, one every 2 mm"
    files = [at(0, 0, 2 * p, n, AcquisitionTime=f"10{t:02}00") for n, (p, t) in enumerate(order)]
    first, second = sorted(await read(pool, timed, files), key=lambda stack: stack.reason)
    assert (names(first), names(second)) == ("def", "abc")
    assert first.reason == "phase 1 of 2: 3 pictures, one every 2 mm"


async def test_b_values_and_directions(pool: DecodePool, tmp_path: Path) -> None:
    ways: list[tuple[float, list[float] | None]] = [(0, None), (1000, [1, 0, 0]), (1000, [0, 1, 0])]
    files = []
    for place in range(3):
        for b, way in ways:
            ds = at(0, 0, 2 * place, len(files), Modality="MR")
            ds.DiffusionBValue = b
            if way is not None:
                ds.DiffusionGradientOrientation = way
            files.append(ds)
    found = await read(pool, tmp_path, files)
    assert sorted((names(stack), stack.reason.rpartition(": ")[0]) for stack in found) == [
        ("adg", "b 0"),
        ("beh", "b 1000: direction 1 of 2"),
        ("cfi", "b 1000: direction 2 of 2"),
    ]


@pytest.mark.parametrize(
    "scout",
    [{"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, {"ScanOptions": "SCOUT MODE"}],
)
async def test_a_scout_inside_the_series(pool: DecodePool, tmp_path: Path, scout: dict[str, Any]) -> None:
    files = [at(0, 0, 0, **scout), *[at(0, 0, 2 * place, place + 1) for place in range(3)]]
    stack, alone = await read(pool, tmp_path, files)
    assert [(one.kind, names(one)) for one in (stack, alone)] == [("volume", "bcd"), ("image", "a")]


async def test_three_planes_of_a_localizer(pool: DecodePool, tmp_path: Path) -> None:
    files = [
        *[at(0, 0, 10 * place, place) for place in range(3)],
        *[at(10 * place, 0, 0, 3 + place, ImageOrientationPatient=SAGITTAL) for place in range(3)],
        *[at(0, 10 * place, 0, 6 + place, ImageOrientationPatient=CORONAL) for place in range(3)],
    ]
    axial, sagittal, coronal = await read(pool, tmp_path, files)
    # row × column: sagittal pictures follow each other to the right, coronal ones to the back.
    assert [names(one) for one in (axial, sagittal, coronal)] == ["abc", "fed", "ghi"]
    assert [one.kind for one in (axial, sagittal, coronal)] == ["volume"] * 3


async def test_a_picture_twice_with_other_pixels(pool: DecodePool, tmp_path: Path) -> None:
    files = [*[at(0, 0, 2 * place, place) for place in range(3)], at(0, 0, 2, 3, pixels=numbers(9))]
    first, second = await read(pool, tmp_path, files)
    assert [(one.kind, names(one)) for one in (first, second)] == [("volume", "abc"), ("image", "d")]


async def test_a_missing_slice(pool: DecodePool, tmp_path: Path) -> None:
    (stack,) = await read(pool, tmp_path, [at(0, 0, z, int(z)) for z in (0, 2.5, 5, 10, 12.5)])
    assert (stack.kind, stack.mpr, stack.slice_spacing_mm) == ("stack", True, 2.5)
    assert stack.reason == "1 picture missing: the gap after picture 3 is 5 mm, the usual one 2.5 mm"
    assert stack.mpr_note == "1 picture missing after picture 3: interpolated across 5 mm"


async def test_a_gantry_tilted_by_twelve_degrees(pool: DecodePool, tmp_path: Path) -> None:
    """Slices lean by 12°; the table moves straight up, 5 mm of table a slice."""
    lean = math.radians(12)
    orientation = [1, 0, 0, 0, math.cos(lean), -math.sin(lean)]
    files = [at(0, 0, 5 * n, n, ImageOrientationPatient=orientation) for n in range(5)]
    (stack,) = await read(pool, tmp_path, files)
    assert (stack.kind, stack.mpr) == ("stack", True)
    assert stack.slice_spacing_mm == pytest.approx(5 * math.cos(lean))
    assert stack.mpr_note == "tilted gantry: sheared back by 12.0°"


async def test_uneven_gaps(pool: DecodePool, tmp_path: Path) -> None:
    (stack,) = await read(pool, tmp_path, [at(0, 0, z, int(z)) for z in (0, 7, 13.96, 21.03, 28.03)])
    assert (stack.kind, stack.mpr) == ("stack", True)
    assert stack.mpr_note == "uneven gaps 6.96 to 7.07 mm: planes are interpolated"


async def test_an_oblique_block(pool: DecodePool, tmp_path: Path) -> None:
    c, s = math.cos(0.3), math.sin(0.3)
    files = [at(5, -s * d, c * d, int(d), ImageOrientationPatient=[1, 0, 0, 0, c, s]) for d in (9, 3, 6, 0)]
    (stack,) = await read(pool, tmp_path, files)
    assert (stack.kind, names(stack)) == ("volume", "dbca")
    assert stack.slice_spacing_mm == pytest.approx(3)
    assert stack.orientation == pytest.approx((1, 0, 0, 0, c, s))


@pytest.mark.parametrize(
    ("orientation", "step", "order"),
    [
        (SAGITTAL, (2, 0, 0), "dcba"),  # to the left is against row × column
        (CORONAL, (0, 2, 0), "abcd"),
        ([1, 0, 0, 0, 1, 0], (0, 0, -2), "dcba"),  # head first, scanned downwards
        ([-1, 0, 0, 0, 1, 0], (0, 0, 2), "dcba"),  # feet first: the rows run to the right
        ([-1, 0, 0, 0, -1, 0], (0, 0, 2), "abcd"),  # prone
    ],
)
async def test_however_the_patient_lies_pictures_follow_rows_times_columns(
    pool: DecodePool, tmp_path: Path, orientation: list[int], step: tuple[int, int, int], order: str
) -> None:
    files = [at(*(n * one for one in step), n, ImageOrientationPatient=orientation) for n in range(4)]
    (stack,) = await read(pool, tmp_path, files)
    assert (stack.kind, names(stack), stack.slice_spacing_mm) == ("volume", order, 2)


async def test_frames_of_an_enhanced_object_in_any_order(pool: DecodePool, tmp_path: Path) -> None:
    """The file's own position, number in the stack and order of frames say otherwise: the places count."""
    frames = [
        frame([0, 0, z], FrameContentSequence=item(StackID="1", InStackPositionNumber=number))
        for number, z in enumerate((4, 0, 6, 2), 1)
    ]
    (stack,) = await read(pool, tmp_path, [enhanced(frames)])
    assert (stack.kind, [one.frame for one in stack.frames]) == ("volume", [1, 3, 0, 2])
    assert (stack.orientation, stack.spacing_mm) == ((1, 0, 0, 0, 1, 0), (0.5, 0.75))
    assert stack.frame_times_ms == ()


async def test_a_concatenation_is_one_volume(pool: DecodePool, tmp_path: Path) -> None:
    parts = [
        enhanced(
            [frame([0, 0, z]) for z in heights],
            number,
            ConcatenationUID="1.2.9",
            InConcatenationNumber=number,
        )
        for number, heights in enumerate([(0, 2), (4, 6)], 1)
    ]
    (stack,) = await read(pool, tmp_path, parts)
    assert (stack.kind, names(stack)) == ("volume", "aabb")


async def test_time_points_and_stacks_of_an_enhanced_object(pool: DecodePool, tmp_path: Path) -> None:
    frames = [
        frame([0, 0, z], FrameContentSequence=item(StackID=name, TemporalPositionIndex=time))
        for name, time in (("1", 1), ("1", 2), ("2", 1))
        for z in (0, 2, 4)
    ]
    found = await read(pool, tmp_path, [enhanced(frames)])
    assert sorted([one.frame for one in stack.frames] for stack in found) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


async def test_time_points_finer_than_the_dimension_made_of_them_are_no_time_points(
    pool: DecodePool, tmp_path: Path
) -> None:
    """Some scanners count a time point for every few slices; the dimension has one for each whole volume."""
    frames = [
        frame(
            (0, 0, 2.0 * place),
            FrameContentSequence=item(
                TemporalPositionIndex=2 * time + place // 2 + 1, DimensionIndexValues=[place + 1, time + 1]
            ),
        )
        for time in range(2)
        for place in range(4)
    ]
    pointers = (0x00209057, 0x00209128)
    dimensions = Sequence([item(DimensionIndexPointer=pointer) for pointer in pointers])
    found = await read(pool, tmp_path, [enhanced(frames, DimensionIndexSequence=dimensions)])
    assert [[one.frame for one in stack.frames] for stack in found] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert found[0].reason == "time point 1 of 2: 4 pictures, one every 2 mm"


async def test_a_heart_at_one_place_is_a_cine_with_its_own_times(pool: DecodePool, tmp_path: Path) -> None:
    frames = [
        frame([0, 0, 0], CardiacSynchronizationSequence=item(NominalCardiacTriggerDelayTime=float(delay)))
        for delay in (80, 0, 40)
    ]
    (stack,) = await read(pool, tmp_path, [enhanced(frames)])
    assert (stack.kind, [one.frame for one in stack.frames]) == ("cine", [1, 2, 0])
    assert stack.frame_times_ms == (40, 40, 40)


async def test_a_scout_among_enhanced_frames(pool: DecodePool, tmp_path: Path) -> None:
    kinds = [["ORIGINAL", "PRIMARY", "LOCALIZER", "NONE"], *[["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]] * 3]
    frames = [
        frame([0, 0, 2 * n], CTImageFrameTypeSequence=item(FrameType=kind)) for n, kind in enumerate(kinds)
    ]
    stack, scout = await read(pool, tmp_path, [enhanced(frames)])
    assert [[one.frame for one in found.frames] for found in (stack, scout)] == [[1, 2, 3], [0]]


async def test_a_mosaic_is_a_picture_without_a_place(pool: DecodePool, tmp_path: Path) -> None:
    kind = ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE", "ND", "MOSAIC"]
    (stack,) = await read(pool, tmp_path, [at(0, 0, 0, ImageType=kind), at(0, 0, 0, 1, ImageType=kind)])
    assert (stack.kind, stack.orientation, stack.spacing_mm, stack.mpr) == ("stack", None, None, False)
    assert stack.reason == "in the order of their numbers: it is a mosaic of many slices"


async def test_pictures_without_places_follow_their_numbers(pool: DecodePool, tmp_path: Path) -> None:
    files = [picture(n, InstanceNumber=9 - n, ImagePositionPatient=None) for n in range(3)]
    (stack,) = await read(pool, tmp_path, files)
    assert (stack.kind, names(stack)) == ("stack", "cba")
    assert stack.reason == "in the order of their numbers: it does not say where it lies in the patient"


async def test_a_grid_of_frames_with_one_place_for_all_is_no_volume(pool: DecodePool, tmp_path: Path) -> None:
    (stack,) = await read(pool, tmp_path, [picture(pixels=np.stack([numbers()] * 3), NumberOfFrames=3)])
    assert (stack.kind, stack.mpr, stack.frame_times_ms) == ("stack", False, ())
    assert stack.reason == "3 frames in the order of their file: it gives one place for all its frames"


async def test_a_film_without_times_is_played_at_ten_a_second(pool: DecodePool, tmp_path: Path) -> None:
    bare = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
    ds = picture(pixels=np.stack([numbers()] * 3), NumberOfFrames=3, Modality="US", **bare)
    (stack,) = await read(pool, tmp_path, [ds])
    assert (stack.kind, stack.frame_times_ms) == ("cine", (100, 100, 100))
    assert stack.reason == (
        "3 frames of one file: it does not say where it lies in the patient; "
        "the file gives no frame times: played at 10 pictures a second"
    )


@pytest.mark.parametrize("modality", ["US", "XA", "RF", "MR"])
async def test_a_film_of_frames_is_a_cine(pool: DecodePool, tmp_path: Path, modality: str) -> None:
    ds = picture(pixels=np.stack([numbers()] * 3), NumberOfFrames=3, Modality=modality, FrameTime="40")
    (stack,) = await read(pool, tmp_path, [ds])
    assert (stack.kind, stack.frame_times_ms) == ("cine", (40, 40, 40))
    assert stack.reason == "3 frames of one file, 25 a second"


def dose(offsets: list[float], **changes: Any) -> Dataset:
    pixels = np.stack([numbers()] * len(offsets))
    grid = {"Modality": "RTDOSE", "NumberOfFrames": len(offsets), "GridFrameOffsetVector": offsets}
    return at(0, 0, 50, pixels=pixels, **grid, **changes)


@pytest.mark.parametrize("offsets", [[0, 3, 6], [50, 53, 56]])
async def test_a_dose_grid_lies_by_its_offsets_from_its_place_or_along_the_patient(
    pool: DecodePool, tmp_path: Path, offsets: list[float]
) -> None:  # PS3.3 C.8.8.3.2
    (stack,) = await read(pool, tmp_path, [dose(offsets)])
    assert (stack.kind, depths(stack)) == ("volume", [50, 53, 56])


async def test_a_dose_grid_of_a_patient_with_feet_first_lies_behind_its_place(
    pool: DecodePool, tmp_path: Path
) -> None:
    (stack,) = await read(pool, tmp_path, [dose([0, 3, 6], ImageOrientationPatient=[-1, 0, 0, 0, 1, 0])])
    assert (stack.kind, depths(stack)) == ("volume", [50, 47, 44])


@pytest.mark.parametrize("orientation", [SAGITTAL, [-1, 0, 0, 0, 1, 0]])
async def test_places_along_the_patient_say_nothing_of_a_dose_grid_that_does_not_run_there(
    pool: DecodePool, tmp_path: Path, orientation: list[int]
) -> None:
    (stack,) = await read(pool, tmp_path, [dose([50, 53, 56], ImageOrientationPatient=orientation)])
    assert (stack.kind, stack.mpr, depths(stack)) == ("stack", False, [])
    assert stack.reason.endswith("its Grid Frame Offset Vector does not go with its Image Orientation")


async def test_a_dose_grid_larger_than_any_patient_has_no_places(pool: DecodePool, tmp_path: Path) -> None:
    (stack,) = await read(pool, tmp_path, [dose([0, 3, 6e9])])
    assert depths(stack) == []
    assert stack.reason.endswith("its frames lie too far apart")


@pytest.mark.parametrize(("step", "heights"), [(4.0, [100, 104, 108]), (-4.0, [92, 96, 100])])
async def test_a_reconstruction_of_nuclear_medicine_lies_by_its_slice_vector(
    pool: DecodePool, tmp_path: Path, step: float, heights: list[float]
) -> None:
    """PS3.3 C.8.4.15: a positive spacing stacks slices behind the first, a negative one in front of it."""
    (stack,) = await read(pool, tmp_path, [nuclear("RECON TOMO", [2, 1, 3], step)])
    assert (stack.kind, depths(stack)) == ("volume", heights)
    assert [one.frame for one in stack.frames] == ([1, 0, 2] if step > 0 else [2, 0, 1])


async def test_a_gated_reconstruction_has_a_volume_for_each_part_of_the_beat(
    pool: DecodePool, tmp_path: Path
) -> None:
    ds = nuclear("RECON GATED TOMO", [1, 2, 3] * 2, 4.0, TimeSlotVector=[1, 1, 1, 2, 2, 2])
    found = await read(pool, tmp_path, [ds])
    assert [[one.frame for one in stack.frames] for stack in found] == [[0, 1, 2], [3, 4, 5]]
    assert [stack.kind for stack in found] == ["volume"] * 2


async def test_projections_of_nuclear_medicine_have_no_places(pool: DecodePool, tmp_path: Path) -> None:
    dynamic, static = tmp_path / "dynamic", tmp_path / "static"
    for folder in (dynamic, static):
        folder.mkdir()
    ds = nuclear("DYNAMIC", [1, 2, 3], ActualFrameDuration=500)
    (stack,) = await read(pool, dynamic, [ds])
    assert (stack.kind, stack.frame_times_ms) == ("cine", (500, 500, 500))
    (stack,) = await read(pool, static, [nuclear("WHOLE BODY", [1, 2])])
    assert (stack.kind, stack.frame_times_ms) == ("stack", ())
    assert stack.reason == "2 views in one file: it does not say where it lies in the patient"


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        (["ImagePositionPatient", "PixelSpacing"], "it does not say where it lies in the patient"),
        (["ImageOrientationPatient"], "it does not say how it is turned in the patient"),
        (["PixelSpacing"], "it does not say how large its pixels are"),
    ],
)
async def test_what_a_picture_does_not_say_is_told_once(
    pool: DecodePool, tmp_path: Path, missing: list[str], reason: str
) -> None:
    (stack,) = await read(pool, tmp_path, [picture(**dict.fromkeys(missing))])
    assert (stack.kind, stack.reason) == ("image", reason)


async def test_a_place_a_kilometer_away_is_none(pool: DecodePool, tmp_path: Path) -> None:
    (stack,) = await read(pool, tmp_path, [at(0, 0, 1e30)])
    assert stack.frames[0].position_mm is None
    assert stack.reason == "its Image Position is not three usable numbers"
