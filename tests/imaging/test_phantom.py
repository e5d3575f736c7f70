"""The phantom is valid DICOM, the same every time, and has what it promises where it promises it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from math import pi
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from readingroom.imaging.phantom import TRUTHS, Ball, Grid, stored_slice, truth, write_chest, write_study
from readingroom.values import PatientPoint
from tests.phantoms import small_chest, small_study

SMALL = Grid(24, 96, 96)
FINE = Grid(160, 180, 180)  # 2 mm in all directions
LUNG_HU = -868.0


def headers(folder: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(file) for file in sorted(folder.iterdir())]


def digest(folder: Path) -> str:
    sums = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        sums.update(file.name.encode() + file.read_bytes())
    return sums.hexdigest()


def hu_around(ball: Ball, grid: Grid, *, prior: bool = False) -> float:
    """Mean HU of the 3 x 3 pixels about the ball's center, in the slice nearest to it."""
    index, row, column = grid.nearest(ball.center)
    stored = stored_slice(grid, index, prior=prior)[row - 1 : row + 2, column - 1 : column + 2]
    return float(stored.astype(float).mean()) - 1024


def cube_about(center: PatientPoint, *, prior: bool = False) -> NDArray[np.float64]:
    """HU of the 11 x 11 x 11 voxels of 2 mm about a place."""
    index, row, column = FINE.nearest(center)
    slices = [
        stored_slice(FINE, i, prior=prior)[row - 5 : row + 6, column - 5 : column + 6]
        for i in range(index - 5, index + 6)
    ]
    return np.stack(slices).astype(np.float64) - 1024


# --- valid ------------------------------------------------------------------------------------------------
def test_every_file_is_a_ct_image_with_what_the_standard_asks_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # PS3.3 A.3
    files = headers(small_chest(tmp_path_factory))
    assert len(files) == 24
    type_1 = [
        "SOPClassUID",
        "SOPInstanceUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "FrameOfReferenceUID",
        "Modality",
        "ImageType",
        "PixelSpacing",
        "ImageOrientationPatient",
        "ImagePositionPatient",
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "RescaleIntercept",
        "RescaleSlope",
        "RescaleType",
        "PixelData",
    ]
    type_2 = [
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientSex",
        "StudyDate",
        "StudyTime",
        "ReferringPhysicianName",
        "StudyID",
        "AccessionNumber",
        "SeriesNumber",
        "PositionReferenceIndicator",
        "Manufacturer",
        "InstanceNumber",
        "SliceThickness",
        "KVP",
        "AcquisitionNumber",
        "PatientPosition",
    ]
    for file in files:
        assert file.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
        assert file.file_meta.MediaStorageSOPInstanceUID == file.SOPInstanceUID
        assert all(file[word].value not in (None, "") for word in type_1)
        assert all(word in file for word in type_2)
        assert (file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation) == (
            16,
            12,
            11,
            0,
        )
        assert file.pixel_array.shape == (96, 96)
        assert file.pixel_array.max() <= 4095
    assert len({file.SOPInstanceUID for file in files}) == 24
    assert len({file.SeriesInstanceUID for file in files}) == 1


def test_instances_run_from_head_to_feet_one_spacing_apart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    files = headers(small_chest(tmp_path_factory))
    assert [file.InstanceNumber for file in files] == list(range(1, 25))
    heights = [float(file.ImagePositionPatient[2]) for file in files]
    assert heights == [SMALL.z_mm(i) for i in reversed(range(24))]
    assert np.allclose(np.diff(heights), -SMALL.spacing_mm[0], atol=2e-6)
    assert [float(v) for v in files[0].ImagePositionPatient[:2]] == list(SMALL.origin_mm[:2])


def test_full_size_covers_the_same_body_as_a_small_one() -> None:
    assert Grid().spacing_mm == (1.6, 0.703125, 0.703125)
    for grid in (Grid(), SMALL, Grid(10, 64, 128)):
        assert [
            n * d for n, d in zip((grid.slices, grid.rows, grid.columns), grid.spacing_mm, strict=True)
        ] == [
            pytest.approx(320),
            pytest.approx(360),
            pytest.approx(360),
        ]


def test_outside_the_round_field_is_padding_and_inside_there_is_none(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # PS3.3 C.7.5.1.1.2
    file = headers(small_chest(tmp_path_factory))[7]
    place = (np.arange(96) + 0.5) * 3.75 - 180
    outside = np.hypot(place[:, None], place[None, :]) > 180
    assert file.PixelPaddingValue == 0
    assert np.array_equal(file.pixel_array == file.PixelPaddingValue, outside)


def test_the_file_offers_three_windows_by_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = headers(small_chest(tmp_path_factory))[0]
    assert list(file.WindowCenterWidthExplanation) == ["LUNG", "MEDIASTINUM", "BONE"]
    assert list(zip(map(float, file.WindowCenter), map(float, file.WindowWidth), strict=True)) == [
        (-600, 1500),
        (50, 350),
        (480, 2500),
    ]


# --- the same every time ----------------------------------------------------------------------------------
def test_the_same_call_writes_the_same_bytes_in_another_process(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = (
        "import sys; from pathlib import Path; from readingroom.imaging.phantom import write_chest; "
        "write_chest(Path(sys.argv[1]), slices=24, rows=96, columns=96)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env=os.environ, timeout=100)
    assert digest(tmp_path) == digest(small_chest(tmp_path_factory))


def test_another_seed_or_size_has_other_uids(tmp_path: Path) -> None:
    uids = set()
    for name, slices, seed in (("a", 2, 1), ("b", 2, 2), ("c", 3, 1)):
        write_chest(tmp_path / name, slices=slices, rows=32, columns=32, seed=seed)
        uids |= {(file.StudyInstanceUID, file.SOPInstanceUID) for file in headers(tmp_path / name)}
    assert len(uids) == 7


def test_progress_is_told_after_each_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_study(
        tmp_path, slices=3, rows=32, columns=32, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(n, 6) for n in range(1, 7)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "prior"]


# --- known values at known places -------------------------------------------------------------------------
@pytest.mark.parametrize("prior", [False, True])
@pytest.mark.parametrize("grid", [SMALL, FINE])
def test_markers_in_the_table_tell_right_from_left_and_feet_from_head(grid: Grid, prior: bool) -> None:
    found = [hu_around_center(marker, grid, prior) for marker in truth(prior=prior).markers]
    assert found == [pytest.approx(hu, abs=80) for hu in (700, 1100, 1500, 1900)]
    places = [marker.center.to_mm() for marker in TRUTHS.markers]
    assert [(x > 0, z > 0) for x, _, z in places] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


def hu_around_center(ball: Ball, grid: Grid, prior: bool) -> float:
    """HU of the one voxel nearest to the center: all of a small phantom's marker."""
    index, row, column = grid.nearest(ball.center)
    return float(stored_slice(grid, index, prior=prior)[row, column]) - 1024


@pytest.mark.parametrize("prior", [False, True])
def test_aorta_windpipe_and_air_have_their_density(prior: bool) -> None:
    known = truth(prior=prior)
    for ball in (known.aorta, known.trachea, known.air):
        assert hu_around(ball, FINE, prior=prior) == pytest.approx(ball.hu, abs=15)


@pytest.mark.parametrize("prior", [False, True])
def test_the_nodule_has_its_place_density_and_volume(prior: bool) -> None:
    nodule = truth(prior=prior).nodule
    cube = cube_about(nodule.center, prior=prior)
    steps = np.arange(-5, 6) * 2.0
    near = (steps**2)[:, None, None] + (steps**2)[:, None] + steps**2 < 100
    filled = np.where(near, (cube - LUNG_HU) / (nodule.hu - LUNG_HU), 0)
    assert filled.sum() * 8 == pytest.approx(4 / 3 * pi * nodule.radius_mm**3, rel=0.15)
    assert cube[5, 5, 5] == pytest.approx(nodule.hu, abs=60)
    dense = np.where(filled > 0.25, filled, 0)
    index, row, column = FINE.nearest(nodule.center)
    base = (column * 2 - 179.0, row * 2 - 179.0, index * 2 - 199.0)
    center = [
        base[axis] + float((dense.sum(axis=others) * steps).sum() / dense.sum())
        for axis, others in ((0, (0, 1)), (1, (0, 2)), (2, (1, 2)))
    ]
    assert center == [pytest.approx(mm, abs=0.5) for mm in nodule.center.to_mm()]


def test_noise_is_that_of_a_scanner_not_of_a_drawing() -> None:
    index, row, column = FINE.nearest(TRUTHS.aorta.center)
    blood = stored_slice(FINE, index)[row - 3 : row + 4, column - 3 : column + 4].astype(float)
    assert 6 < blood.std() < 22


# --- the prior --------------------------------------------------------------------------------------------
def test_the_prior_is_the_same_patient_a_year_before_in_another_frame_of_reference(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    study = small_study(tmp_path_factory)
    current, prior = (headers(study / name)[0] for name in ("current", "prior"))
    assert (current.PatientID, current.PatientName) == (prior.PatientID, prior.PatientName)
    assert current.StudyInstanceUID != prior.StudyInstanceUID
    assert current.SeriesInstanceUID != prior.SeriesInstanceUID
    assert current.FrameOfReferenceUID != prior.FrameOfReferenceUID
    assert (prior.StudyDate, current.StudyDate) == ("20250310", "20260310")


def test_in_the_prior_the_nodule_is_smaller_and_the_patient_lies_elsewhere() -> None:
    before = truth(prior=True)
    assert (before.nodule.radius_mm, TRUTHS.nodule.radius_mm) == (3.5, 6.0)
    assert before.markers == TRUTHS.markers
    moved = np.subtract(before.nodule.center.to_mm(), TRUTHS.nodule.center.to_mm())
    assert moved == pytest.approx([5.0, -3.0, 6.0])


def test_a_patients_outline_is_where_lungs_and_bones_should_be() -> None:
    """Right and left of a slice through the heart: the heart's larger part lies on the left (+x)."""
    index = FINE.nearest(PatientPoint.from_mm(0, 0, -80))[0]
    hu = stored_slice(FINE, index).astype(float) - 1024
    chest = hu[40:110, 30:150]
    soft = chest > -300
    assert soft[:, 60:].sum() > soft[:, :60].sum() + 100
    assert (chest < -750).mean() > 0.3
    spine = hu[FINE.nearest(PatientPoint.from_mm(0, 52, -80))[1], 85:95]
    assert spine.mean() > 150
