"""Measuring what was imported: the phantom's known truths, files of every calibration, and real scans."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    EnhancedCTImageStorage,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.measuring.figures import FigureKind
from readingroom.imaging.measuring.measure import measure
from readingroom.imaging.phantom import TRUTHS, Ball
from readingroom.imaging.volumes import Volume, Volumes
from readingroom.values import SeriesRef
from tests.imaging.dicoms import DATA, NO_DATA, picture, write
from tests.imaging.measuring.figured import in_patient, in_space, on_picture, place, units, values

pytestmark = pytest.mark.asyncio(loop_scope="session")

LENGTH, ANGLE, ELLIPSE = FigureKind.LENGTH, FigureKind.ANGLE, FigureKind.ELLIPSE
RECTANGLE, POLYGON, PROBE = FigureKind.RECTANGLE, FigureKind.POLYGON, FigureKind.PROBE
Opened = Callable[[Path], Awaitable[Volume]]
GRID = phantom.Grid(24, 288, 288)


@pytest_asyncio.fixture(loop_scope="session")
async def opened(library: Library, pool: DecodePool, tmp_path: Path) -> AsyncIterator[Opened]:
    """The first stack of what lies in a folder or file, imported and decoded."""
    async with Ingest(library, tmp_path / "cache", pool) as ingest:
        volumes = Volumes(library, tmp_path / "cache", ingest)

        async def open_one(source: Path) -> Volume:
            (study,) = (await import_path(source, library, pool)).studies
            volume = await volumes.open(SeriesRef(study.id, 0), 0)
            await volume.wait_complete()
            return volume

        yield open_one


@pytest.fixture(scope="session")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phantom in pixels of 1.25 mm; markers and nodule are centered on its slices."""
    folder = tmp_path_factory.mktemp("fine") / "chest"
    phantom.write_chest(folder, slices=GRID.slices, rows=GRID.rows, columns=GRID.columns)
    return folder


def inside(center: tuple[float, float], halves: tuple[float, float]) -> NDArray[np.bool_]:
    """Pixels of the phantom inside an ellipse along its rows and columns."""
    row, column = np.mgrid[: GRID.rows, : GRID.columns] + 0.5
    return np.asarray(((column - center[0]) / halves[0]) ** 2 + ((row - center[1]) / halves[1]) ** 2 <= 1)


def seen_at(volume: Volume, ball: Ball) -> tuple[int, float, float]:
    """Where a dense ball is seen: its slice, and the middle of its brightness as (column, row)."""
    index, row, column = GRID.nearest(ball.center)
    hu = volume.frame(index)[row - 12 : row + 13, column - 12 : column + 13].astype(float) - 1024
    weight = np.where(hu > 200, hu, 0)
    down, right = np.mgrid[row - 12 : row + 13, column - 12 : column + 13] + 0.5
    return index, float((right * weight).sum() / weight.sum()), float((down * weight).sum() / weight.sum())


# --- the phantom ------------------------------------------------------------------------------------------
async def test_markers_are_as_far_apart_as_they_were_made(opened: Opened, chest: Path) -> None:
    volume = await opened(chest)
    assert volume.stack.calibration == "patient"
    for one, other in ((0, 1), (0, 2), (1, 2), (2, 3)):
        balls = TRUTHS.markers[one], TRUTHS.markers[other]
        ends = [place(volume.stack, *seen_at(volume, ball)).to_mm() for ball in balls]
        found = values(measure(volume, in_space(LENGTH, *ends)))["length"]
        truth = math.dist(*(ball.center.to_mm() for ball in balls))
        assert found == pytest.approx(truth, abs=0.1)


async def test_markers_stand_at_a_right_angle(opened: Opened, chest: Path) -> None:
    volume = await opened(chest)
    places = [place(volume.stack, *seen_at(volume, TRUTHS.markers[at])).to_mm() for at in (1, 0, 2)]
    assert values(measure(volume, in_space(ANGLE, *places)))["angle"] == pytest.approx(90, abs=0.05)


async def test_a_ball_has_its_area_and_its_density(opened: Opened, chest: Path) -> None:
    volume = await opened(chest)
    for ball in (TRUTHS.nodule, TRUTHS.aorta, TRUTHS.air, *TRUTHS.markers):
        x, y, z = ball.center.to_mm()
        z = GRID.z_mm(GRID.nearest(ball.center)[0])
        radius = ball.radius_mm - 2.5  # soft edges are left out
        measured = measure(volume, in_space(ELLIPSE, (x, y, z), (x + radius, y, z), (x, y + radius, z)))
        found = values(measured)
        assert found["area"] == pytest.approx(math.pi * radius**2, rel=1e-3)
        assert found["mean"] == pytest.approx(
            ball.hu, abs=4 * phantom.NOISE_HU / math.sqrt(found["pixels"]) + 2
        )
        assert units(measured)["mean"] == "HU"


async def test_what_a_region_says_is_what_its_pixels_say(opened: Opened, chest: Path) -> None:
    volume = await opened(chest)
    for index in (3, 11, 20):
        figure = in_patient(volume.stack, ELLIPSE, index, (140.3, 150.7), (210.3, 150.7), (140.3, 190.7))
        hu = phantom.stored_slice(GRID, index)[inside((140.3, 150.7), (70, 40))] - 1024.0
        found = values(measure(volume, figure))
        assert found["pixels"] == hu.size
        assert (found["min"], found["max"]) == (hu.min(), hu.max())
        assert (found["mean"], found["sd"]) == pytest.approx((hu.mean(), hu.std()), rel=1e-12)


async def test_outside_the_field_of_view_there_is_no_picture(opened: Opened, chest: Path) -> None:
    volume = await opened(chest)
    stored = phantom.stored_slice(GRID, 5)
    found = values(measure(volume, in_patient(volume.stack, RECTANGLE, 5, (0, 0), (288, 288))))
    kept = stored[stored != phantom.PADDING_STORED] - 1024.0
    assert (found["pixels"], found["padding"]) == (kept.size, stored.size - kept.size)
    assert found["padding"] > 10_000
    assert found["mean"] == pytest.approx(kept.mean(), rel=1e-12)


# --- files of our own -------------------------------------------------------------------------------------
SIZE = 64
INSERT = np.full((SIZE, SIZE), 1024, np.uint16)
INSERT[20:40, 10:50] = 1124
"""100 HU in 0 HU; free of noise."""


def series(folder: Path, count: int = 5, **changes: Any) -> Path:
    """Slices of INSERT; a value may be a function of the slice's number."""
    folder.mkdir()
    for index in range(count):
        own = {word: value(index) if callable(value) else value for word, value in changes.items()}
        write(folder / f"{index}.dcm", picture(index, **({"pixels": INSERT} | own)))
    return folder


def one(path: Path, **changes: Any) -> Path:
    """One picture without a place in the patient."""
    nowhere: dict[str, Any] = dict.fromkeys(
        ("ImagePositionPatient", "ImageOrientationPatient", "FrameOfReferenceUID", "PixelSpacing")
    )
    return write(path, picture(**({"pixels": INSERT} | nowhere | changes)))


ROW, COLUMN = (0.6, 0.64, 0.48), (0.0, 0.6, -0.8)
NORMAL = tuple(np.cross(ROW, COLUMN).tolist())


def stacked(start: tuple[float, ...], along: tuple[float, ...]) -> Callable[[int], list[float]]:
    return lambda index: [round(a + 2.0 * index * b, 6) for a, b in zip(start, along, strict=True)]


@pytest.mark.parametrize(
    ("orientation", "position"),
    [
        ([1, 0, 0, 0, 1, 0], stacked((-10.0, -20.0, 30.0), (0.0, 0.0, 1.0))),
        ([*ROW, *COLUMN], stacked((33.0, -71.25, 402.5), NORMAL)),
        ([1, 0, 0, 0, 1, 0], stacked((-10.0, -20.0, 30.0), (0.0, 0.4, 1.0))),
    ],
    ids=["axial", "oblique", "tilted gantry"],
)
async def test_a_uniform_insert_is_exact_however_it_was_acquired(
    opened: Opened, tmp_path: Path, orientation: list[float], position: Callable[[int], list[float]]
) -> None:
    folder = series(tmp_path / "in", ImageOrientationPatient=orientation, ImagePositionPatient=position)
    volume = await opened(folder)
    measured = measure(volume, in_patient(volume.stack, RECTANGLE, 2, (10, 20), (50, 40)))
    found = values(measured)
    assert (found["width"], found["height"]) == pytest.approx((40 * 0.75, 20 * 0.5), abs=0.003)
    assert found["area"] == pytest.approx(300, rel=5e-4)
    assert (found["pixels"], found["mean"], found["sd"], measured.frame) == (800, 100, 0, 2)
    diagonal = measure(volume, in_patient(volume.stack, LENGTH, 4, (10, 20), (50, 40)))
    assert values(diagonal)["length"] == pytest.approx(math.hypot(30, 10), abs=0.003)
    first, last = place(volume.stack, 0, 9, 9).to_mm(), place(volume.stack, 4, 9, 9).to_mm()
    assert values(measure(volume, in_space(LENGTH, first, last)))["length"] == pytest.approx(
        math.dist(position(0), position(4)), abs=0.003
    )


async def test_an_enhanced_object_has_a_rescale_for_every_frame(opened: Opened, tmp_path: Path) -> None:
    shared, slopes = Dataset(), (1.0, 0.5, 3.0)
    orientation, spacing = Dataset(), Dataset()
    orientation.ImageOrientationPatient, spacing.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.5, 0.75]
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [spacing]
    frames = []
    for index, slope in enumerate(slopes):
        position, rescale, frame = Dataset(), Dataset(), Dataset()
        position.ImagePositionPatient = [0.0, 0.0, 2.0 * index]
        rescale.RescaleSlope, rescale.RescaleIntercept, rescale.RescaleType = slope, -1000 * slope, "HU"
        frame.PlanePositionSequence, frame.PixelValueTransformationSequence = [position], [rescale]
        frames.append(frame)
    path = one(
        tmp_path / "enhanced.dcm",
        pixels=np.stack([INSERT] * 3),
        SOPClassUID=EnhancedCTImageStorage,
        FrameOfReferenceUID="1.2.3.9",
        RescaleSlope=None,
        RescaleIntercept=None,
        NumberOfFrames=3,
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=frames,
    )
    volume = await opened(path)
    for index, slope in enumerate(slopes):
        found = values(measure(volume, in_patient(volume.stack, RECTANGLE, index, (10, 20), (50, 40))))
        assert (found["mean"], found["sd"]) == (124 * slope, 0)


async def test_a_projection_is_measured_at_its_detector(opened: Opened, tmp_path: Path) -> None:
    path = one(
        tmp_path / "cr.dcm",
        SOPClassUID=ComputedRadiographyImageStorage,
        Modality="CR",
        ImagerPixelSpacing=[0.2, 0.2],
    )
    measured = measure(await opened(path), on_picture(LENGTH, (10, 10), (40, 50)))
    assert (values(measured)["length"], units(measured)["length"]) == (pytest.approx(10), "mm")
    assert measured.meaning == "At the detector, not calibrated to the patient."


async def test_an_ultrasound_picture_is_measured_by_its_region(opened: Opened, tmp_path: Path) -> None:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 8, 8
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 55, 55
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.02, 0.01  # cm
    path = one(
        tmp_path / "us.dcm",
        SOPClassUID=UltrasoundImageStorage,
        Modality="US",
        SequenceOfUltrasoundRegions=[region],
    )
    volume = await opened(path)
    measured = measure(volume, on_picture(POLYGON, (10, 10), (50, 10), (50, 40), (10, 40)))
    assert values(measured)["area"] == pytest.approx(40 * 0.2 * 30 * 0.1)
    assert (measured.calibration, units(measured)["area"]) == ("regions", "mm²")
    beside = measure(volume, on_picture(LENGTH, (10, 10), (60, 10)))
    assert (values(beside)["length"], units(beside)["length"], beside.calibration) == (50, "px", "none")


async def test_a_picture_without_spacing_is_measured_in_pixels(opened: Opened, tmp_path: Path) -> None:
    path = one(tmp_path / "sc.dcm", SOPClassUID=SecondaryCaptureImageStorage, Modality="OT")
    measured = measure(await opened(path), on_picture(LENGTH, (10, 10), (13, 14)))
    assert (values(measured)["length"], units(measured)["length"]) == (5, "px")
    assert measured.meaning == "No scale is known: measured in pixels."


async def test_a_pet_picture_says_its_uptake(opened: Opened, tmp_path: Path) -> None:
    drug = Dataset()
    drug.RadionuclideTotalDose = 350e6
    folder = series(
        tmp_path / "in",
        SOPClassUID=PositronEmissionTomographyImageStorage,
        Modality="PT",
        RescaleIntercept=0,
        RescaleSlope=7.5,
        Units="BQML",
        DecayCorrection="ADMIN",
        CorrectedImage=["DECY", "ATTN", "SCAT"],
        PatientWeight=70,
        RadiopharmaceuticalInformationSequence=[drug],
    )
    volume = await opened(folder)
    measured = measure(volume, in_patient(volume.stack, RECTANGLE, 1, (10, 20), (50, 40)))
    assert values(measured)["mean"] == 1124 * 7.5
    assert values(measured)["suv_mean"] == pytest.approx(1124 * 7.5 * 70_000 / 350e6)
    assert (units(measured)["mean"], units(measured)["suv_mean"]) == ("BQML", "g/ml")


# --- real scans -------------------------------------------------------------------------------------------
@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
@pytest.mark.parametrize(
    "name",
    ["demo_ct_chest_lidc0314", "ct_head_phantom_5mm", "mr_brain_pd_axial_oblique", "mr_brain_t2_axial_j2k"],
)
async def test_regions_on_real_scans_are_what_pydicom_and_numpy_say(opened: Opened, name: str) -> None:
    sources = sorted(path for path in (DATA / "volumes" / name).rglob("*") if path.is_file())
    files = [pydicom.dcmread(path, force=False) for path in sources]
    volume = await opened(DATA / "volumes" / name)
    stack = volume.stack
    by_place = {tuple(map(float, file.ImagePositionPatient)): file for file in files}
    for index in (1, len(stack.frames) // 2, len(stack.frames) - 2):
        assert stack.frames[index].position_mm is not None
        file = by_place[stack.frames[index].position_mm]
        slope, intercept = float(file.get("RescaleSlope", 1)), float(file.get("RescaleIntercept", 0))
        middle = round(stack.columns * 0.47, 2), round(stack.rows * 0.55, 2)
        reach = round(stack.columns * 0.2, 2), round(stack.rows * 0.15, 2)
        ends = (middle[0] + reach[0], middle[1]), (middle[0], middle[1] + reach[1])
        measured = measure(volume, on_picture(ELLIPSE, middle, *ends, frame=index))
        row, column = np.mgrid[: stack.rows, : stack.columns] + 0.5
        level = ((column - middle[0]) / reach[0]) ** 2 + ((row - middle[1]) / reach[1]) ** 2
        stored = file.pixel_array[level <= 1]
        picture_values = stored[stored != file.get("PixelPaddingValue", stored.max() + 1)]
        expected = picture_values * slope + intercept
        found = values(measured)
        dy, dx = map(float, file.PixelSpacing)
        assert (found["pixels"], found.get("padding", 0)) == (expected.size, stored.size - expected.size)
        assert (found["min"], found["max"]) == pytest.approx((expected.min(), expected.max()))
        assert (found["mean"], found["sd"]) == pytest.approx((expected.mean(), expected.std()))
        assert found["area"] == pytest.approx(math.pi * reach[0] * dx * reach[1] * dy, rel=1e-9)
        there = measure(volume, in_patient(stack, ELLIPSE, index, middle, *ends))
        assert there.frame == index
        assert values(there)["area"] == pytest.approx(found["area"], rel=1e-4)
        assert values(there)["mean"] == pytest.approx(expected.mean(), abs=expected.std() / 1000)
        assert (measured.calibration, units(measured)["area"]) == ("patient", "mm²")
