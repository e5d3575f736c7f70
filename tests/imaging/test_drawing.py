"""`render`: the right picture, in the right window, at its native size."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
import pytest_asyncio
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MultiFrameGrayscaleByteSecondaryCaptureImageStorage

from readingroom.errors import BadRequest, BadSetting, BadWindow, NotAVolume, SliceOutOfRange
from readingroom.imaging import drawing, phantom, window
from readingroom.imaging.cutting.slabs import Projection, Slab
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, Sketchbook, sketchbook
from readingroom.values import Plane, Rescale, VoiFunction, VoiWindow
from tests.imaging.dicoms import COLUMNS, ROWS, numbers, picture, write
from tests.imaging.reading.test_overlays import CROSS, add_overlay

pytestmark = pytest.mark.asyncio(loop_scope="session")

GRID = phantom.Grid(8, 24, 20)
HU = Rescale(1.0, phantom.INTERCEPT_HU)
PADDING = (phantom.PADDING_STORED, phantom.PADDING_STORED)
SOFT = VoiWindow(40, 400)


def voxels() -> np.ndarray:
    """The phantom's stored values, first axis from the feet, second to the back, third to the left."""
    return np.stack([phantom.stored_slice(GRID, index) for index in range(GRID.slices)])


def gray(stored: np.ndarray, voi: VoiWindow = SOFT) -> np.ndarray:
    return window.to_gray(stored, HU, PADDING, False, voi)


def sloped(chest: Path, folder: Path) -> dict[float, float]:
    """The chest again, each slice with a slope of its own; slope by height in mm."""
    slopes = {}
    for number, path in enumerate(sorted(chest.iterdir())):
        file = pydicom.dcmread(path)
        file.RescaleSlope = str(1 + number / 4)
        slopes[float(file.ImagePositionPatient[2])] = 1 + number / 4
        file.save_as(folder / path.name)
    return slopes


def multi_frame(path: Path, stored: np.ndarray) -> Path:
    """A Multi-frame Grayscale Byte Secondary Capture of [frame, row, column] (PS3.3 A.8.3)."""
    file = Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file.file_meta.MediaStorageSOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    file.SOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = "2.25.3"
    file.StudyInstanceUID, file.SeriesInstanceUID, file.Modality = "2.25.1", "2.25.2", "OT"
    file.PatientName, file.PatientID, file.StudyDate = "PHANTOM^CINE", "PHANTOM-2", "20260310"
    file.NumberOfFrames, file.Rows, file.Columns = stored.shape
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.BitsAllocated = file.BitsStored = 8
    file.HighBit, file.PixelRepresentation = 7, 0
    file.PixelData = stored.tobytes()
    file.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture(scope="module")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chest")
    phantom.write_chest(folder, slices=GRID.slices, rows=GRID.rows, columns=GRID.columns)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def book(chest: Path, pool: DecodePool) -> AsyncIterator[Sketchbook]:
    async with sketchbook(chest, pool) as book:
        yield book


async def test_render_writes_one_picture_at_its_native_size(chest: Path, tmp_path: Path):
    await drawing.draw(chest, tmp_path / "out.png", Asked(index=3, window=SOFT))
    with Image.open(tmp_path / "out.png") as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (20, 24))
        assert np.array_equal(np.asarray(picture), gray(voxels()[3]))


async def test_a_place_that_cannot_be_written_is_said_in_a_sentence(chest: Path, tmp_path: Path):
    with pytest.raises(BadSetting, match="--out cannot be used"):
        await drawing.draw(chest, tmp_path / "nowhere" / "picture.png", Asked())


async def test_the_middle_slice_in_the_files_first_window_is_drawn_when_nothing_is_said(book: Sketchbook):
    drawn = await book.draw(Asked())
    assert (drawn.window, drawn.window_from) == (VoiWindow(-600, 1500), "file")
    assert np.array_equal(drawn.pixels, gray(voxels()[4], VoiWindow(-600, 1500)))


async def test_planes_are_seen_from_the_feet_and_from_the_front(book: Sketchbook):
    stored = voxels()
    axial = await book.draw(Asked(plane=Plane.AXIAL, index=5, window=SOFT))
    coronal = await book.draw(Asked(plane=Plane.CORONAL, index=11, window=SOFT))
    sagittal = await book.draw(Asked(plane=Plane.SAGITTAL, index=9, window=SOFT))
    assert np.array_equal(axial.pixels, gray(stored[5]))
    assert np.array_equal(coronal.pixels, gray(stored[::-1, 11, :]))  # head up, patient's right on the left
    assert np.array_equal(sagittal.pixels, gray(stored[::-1, :, 9]))  # head up, front on the left


async def test_each_line_of_a_plane_has_the_rescale_of_its_own_slice(
    chest: Path, tmp_path: Path, pool: DecodePool
):
    slopes = sloped(chest, tmp_path)
    async with sketchbook(tmp_path, pool) as book:
        drawn = await book.draw(Asked(plane=Plane.CORONAL, index=11, window=SOFT))
    for row, height in enumerate(sorted(slopes, reverse=True)):
        line = voxels()[GRID.slices - 1 - row, 11]
        expected = window.to_gray(line, Rescale(slopes[height], HU.intercept), PADDING, False, SOFT)
        assert drawn.pixels[row].tolist() == expected.tolist()


async def test_a_frame_of_a_multi_frame_file_is_drawn_by_its_number(tmp_path: Path, pool: DecodePool):
    stored = np.arange(4 * 6 * 5, dtype=np.uint8).reshape(4, 6, 5)
    async with sketchbook(multi_frame(tmp_path / "cine.dcm", stored), pool) as book:
        for number in (0, 3):
            drawn = await book.draw(Asked(frame=number, window=VoiWindow(128, 256)))  # stored is gray
            assert np.array_equal(drawn.pixels, stored[number])


async def test_a_file_without_a_window_is_drawn_in_one_chosen_from_its_values(pool: DecodePool):
    path = Path(get_testdata_file("CT_small.dcm"))
    async with sketchbook(path, pool) as book:
        drawn = await book.draw(Asked())
    hu = pydicom.dcmread(path).pixel_array.astype(float) - 1024
    low, high = np.percentile(hu, (1, 99))
    assert drawn.window_from == "auto"
    assert drawn.window.function is VoiFunction.LINEAR_EXACT
    assert drawn.window.center == pytest.approx((low + high) / 2, rel=1e-6)
    assert drawn.window.width == pytest.approx(high - low, rel=1e-6)


async def test_a_picture_that_does_not_exist_is_refused(book: Sketchbook):
    for asked, refusal in (
        (Asked(series="1.2.3"), BadRequest),
        (Asked(stack=1), BadRequest),
        (Asked(stack=-1), BadRequest),
        (Asked(index=8), SliceOutOfRange),
        (Asked(index=-1), SliceOutOfRange),
        (Asked(frame=1), BadRequest),
        (Asked(frame=0, index=0), BadRequest),
        (Asked(plane=Plane.SAGITTAL, index=20), SliceOutOfRange),
        (Asked(plane=Plane.AXIAL, frame=0), BadRequest),
    ):
        with pytest.raises(refusal):
            await book.draw(asked)


async def test_one_picture_alone_has_no_other_planes(pool: DecodePool):
    async with sketchbook(Path(get_testdata_file("CT_small.dcm")), pool) as book:
        with pytest.raises(NotAVolume):
            await book.draw(Asked(plane=Plane.CORONAL))


# --- planes, slabs, tables, overlays, color ---------------------------------------------------------------
async def test_an_oblique_plane_on_a_slice_interpolates_along_its_rows_alone(book: Sketchbook):
    """Its pixels are as wide as rows lie apart, 15 mm; columns lie 18 mm apart."""
    point = (0.0, 0.0, GRID.z_mm(5))
    drawn = await book.draw(Asked(plane=Plane.OBLIQUE, normal=(0, 0, 1), point=point, window=SOFT))
    assert drawn.pixels.shape == (24, 24)
    stored = voxels()[5]
    at = ((np.arange(24) + 0.5) * 15 / 18 - 0.5).clip(0, 19)
    between = np.stack([np.interp(at, np.arange(20), line) for line in stored])
    whole = (stored != phantom.PADDING_STORED).all(axis=1)
    assert whole.sum() >= 3
    expected = gray(np.floor(between + 0.5).astype(np.uint16))
    assert np.abs(drawn.pixels[whole].astype(int) - expected[whole]).max() <= 1


async def test_a_slab_is_drawn_of_all_its_voxels(book: Sketchbook):
    thickness = 4 * GRID.spacing_mm[1]
    drawn = await book.draw(Asked(plane=Plane.CORONAL, index=11, window=SOFT, slab=Slab(thickness)))
    assert np.array_equal(drawn.pixels, gray(voxels()[::-1, 9:14, :].max(axis=1)))
    least = Slab(4 * GRID.spacing_mm[2], Projection.MINIP)
    drawn = await book.draw(Asked(plane=Plane.SAGITTAL, index=9, window=SOFT, slab=least))
    expected = np.where(voxels() == phantom.PADDING_STORED, 1 << 15, voxels())[::-1, :, 7:12].min(axis=2)
    expected[expected == 1 << 15] = phantom.PADDING_STORED
    assert np.array_equal(drawn.pixels, gray(expected))


async def test_a_plane_through_a_point_is_drawn(book: Sketchbook):
    (_, dy, _), (_, y, _) = GRID.spacing_mm, GRID.origin_mm
    at = (0.0, y + 7.2 * dy, 0.0)
    drawn = await book.draw(Asked(plane=Plane.CORONAL, point=at, window=SOFT))
    assert np.array_equal(drawn.pixels, gray(voxels()[::-1, 7, :]))


async def test_a_tilted_stack_is_resampled_on_squares(tmp_path: Path, pool: DecodePool):
    """A gantry tilted by 20 degrees: as many axial planes as slices, coronal ones of true proportions."""
    angle = math.radians(20)
    for index in range(12):
        changes = {
            "ImageOrientationPatient": [1, 0, 0, 0, math.cos(angle), -math.sin(angle)],
            "ImagePositionPatient": [0.0, 0.0, 2.0 * index],
            "PixelSpacing": [0.5, 0.5],
        }
        write(tmp_path / f"{index}.dcm", picture(index, **changes))
    async with sketchbook(tmp_path, pool) as book:
        stack = book.found.studies[0].series[0].stacks[0]
        assert stack.mpr
        coronal = await book.draw(Asked(plane=Plane.CORONAL, window=SOFT))
        deep = 12 * 2 * math.cos(angle)
        assert coronal.pixels.shape == (math.ceil(deep / 0.5 - 1e-6), COLUMNS)


async def test_what_belongs_to_other_pictures_is_refused(book: Sketchbook):
    for asked in (
        Asked(normal=(0, 0, 1)),
        Asked(point=(0, 0, 0)),
        Asked(slab=Slab(5.0)),
        Asked(plane=Plane.AXIAL, normal=(0, 0, 1)),
        Asked(plane=Plane.OBLIQUE),
        Asked(plane=Plane.CORONAL, overlay=True),
        Asked(voi_lut=0, window=SOFT),
    ):
        with pytest.raises(BadRequest):
            await book.draw(asked)
    for lut in (0, -1, 10**9):
        with pytest.raises(BadWindow):
            await book.draw(Asked(voi_lut=lut))


async def test_the_overlay_is_drawn_in_white_where_it_is_wanted(tmp_path: Path, pool: DecodePool):
    one = picture(0)
    add_overlay(one, CROSS, origin=(2, 3))
    path = write(tmp_path / "overlaid.dcm", one)
    async with sketchbook(path, pool) as book:
        bare = await book.draw(Asked(window=SOFT))
        drawn = await book.draw(Asked(window=SOFT, overlay=True))
    layer = np.zeros((ROWS, COLUMNS), bool)
    layer[1 : 1 + CROSS.shape[0], 2 : 2 + CROSS.shape[1]] = CROSS
    assert np.array_equal(drawn.pixels, np.where(layer, 255, bare.pixels))
    assert (bare.pixels[layer] != 255).any()


async def test_a_voi_lut_of_the_file_is_drawn_by_its_place(tmp_path: Path, pool: DecodePool):
    one = picture(0)
    table = Dataset()
    first, count = -1000, 256
    table.add_new("LUTDescriptor", "SS", [count, first, 8])
    table.add_new("LUTData", "OW", np.arange(255, -1, -1, dtype="<u2").tobytes())
    one.VOILUTSequence = [table]
    path = write(tmp_path / "table.dcm", one)
    async with sketchbook(path, pool) as book:
        drawn = await book.draw(Asked(voi_lut=0))
        unasked = await book.draw(Asked())
    modality = numbers(0).astype(int) - 1024
    assert np.array_equal(drawn.pixels, 255 - np.clip(modality - first, 0, 255))
    assert (unasked.window_from, unasked.window) == ("file", drawn.window)


async def test_color_is_drawn_as_it_is(tmp_path: Path, pool: DecodePool):
    colors = np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS, 3)).astype(np.uint8)
    one = picture(
        0,
        pixels=np.zeros((ROWS, COLUMNS), np.uint16),
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        RescaleSlope=None,
        RescaleIntercept=None,
        PixelData=colors.tobytes(),
    )
    one.PlanarConfiguration = 0
    path = write(tmp_path / "color.dcm", one)
    async with sketchbook(path, pool) as book:
        drawn = await book.draw(Asked())
    assert np.array_equal(drawn.pixels, colors)
    assert (drawn.window, drawn.window_from) == (None, "none")


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "a,b,c", "nan,0,1", "0,inf,1"])
async def test_a_vector_that_is_none_is_refused(text: str):
    with pytest.raises(BadSetting, match="--normal cannot be used"):
        drawing.parse_vector("--normal", text)


async def test_a_vector_is_read_from_text():
    assert drawing.parse_vector("--point", "-1.5, 2,3e1") == (-1.5, 2.0, 30.0)
