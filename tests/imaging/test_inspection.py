"""`inspect` says what an import would make of a path; geometry is checked against independent tools."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readingroom.errors import NothingToShow
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.inspection import inspect
from tests.imaging.dicoms import COLUMNS, DATA, NO_DATA, ROWS, picture, write_series

pytestmark = pytest.mark.asyncio(loop_scope="session")

VOLUMES = (
    "ct_head_phantom_5mm",
    "demo_ct_chest_lidc0314",
    "demo_mr_brain_t1_studyforrest",
    "mr_brain_pd_axial_oblique",
    "mr_brain_t2_axial_j2k",
)


async def test_a_volume_is_told_in_full(pool: DecodePool, tmp_path: Path) -> None:
    voi = {"WindowCenter": -600, "WindowWidth": 1500, "WindowCenterWidthExplanation": "LUNG"}
    folder = write_series(tmp_path / "in", 3, **voi, VOILUTFunction="SIGMOID")
    (folder / "letter.txt").write_text("dear colleague")
    found = await inspect(folder, pool)
    assert found == {
        "series": [
            {
                "series_uid": "1.2.3.4",
                "modality": "CT",
                "number": 1,
                "description": "",
                "body_part": "",
                "stacks": [
                    {
                        "kind": "volume",
                        "reason": "3 pictures, one every 2 mm",
                        "shape": [3, ROWS, COLUMNS],
                        "spacing_mm": [2.0, 0.5, 0.75],
                        "orientation": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
                        "origin_mm": [-10.0, -20.0, 0.0],
                        "files": ["0.dcm", "1.dcm", "2.dcm"],
                        "mpr": True,
                        "mpr_note": "",
                        "samples": 1,
                        "photometric": "MONOCHROME2",
                        "bits_stored": 12,
                        "unit": "HU",
                        "windows": [
                            {"explanation": "LUNG", "center": -600.0, "width": 1500.0, "function": "SIGMOID"}
                        ],
                        "voi_luts": [],
                        "calibration": "patient",
                        "measured_spacing_mm": [0.5, 0.75],
                        "pixel_aspect": None,
                        "frame_times_ms": [],
                        "suv_bw": None,
                        "suv_note": "",
                        "overlays": False,
                        "lossy": False,
                    }
                ],
            }
        ],
        "refused": [{"file": "letter.txt", "code": "NOT_DICOM", "reason": "This is not a DICOM file."}],
    }
    assert json.loads(json.dumps(found)) == found


async def test_refused_files_alone_are_told(pool: DecodePool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    found = await inspect(tmp_path, pool)
    assert found["series"] == []
    assert [refused["code"] for refused in found["refused"]] == ["NOT_DICOM"]


async def test_an_empty_folder_has_nothing_to_show(pool: DecodePool, tmp_path: Path) -> None:
    with pytest.raises(NothingToShow):
        await inspect(tmp_path, pool)


async def test_without_geometry_nothing_is_made_up(pool: DecodePool, tmp_path: Path) -> None:
    ds = picture()
    assert ds.Rows == ROWS
    gone = {"ImagePositionPatient": None, "ImageOrientationPatient": None, "PixelSpacing": None}
    found = await inspect(write_series(tmp_path / "in", 3, **gone), pool)
    (stack,) = found["series"][0]["stacks"]
    assert (stack["kind"], stack["mpr"]) == ("stack", False)
    assert stack["spacing_mm"] is stack["orientation"] is stack["origin_mm"] is None


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
async def test_every_single_file_has_an_outcome(pool: DecodePool) -> None:
    found = await inspect(DATA / "singles", pool)
    shown = [name for series in found["series"] for stack in series["stacks"] for name in stack["files"]]
    left_out = [refused["file"] for refused in found["refused"]]
    names = [path.name.removesuffix(".gz") for path in (DATA / "singles").iterdir()]
    assert sorted({*shown, *left_out}) == sorted(names)
    assert set(shown).isdisjoint(left_out)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
@pytest.mark.parametrize("name", VOLUMES)
async def test_geometry_agrees_with_independent_tools(pool: DecodePool, name: str) -> None:
    expected: dict[str, Any] = json.loads((DATA / "expected.json").read_text())[name]
    found = await inspect(DATA / "volumes" / name, pool)
    assert found["refused"] == []
    (series,) = found["series"]
    (stack,) = series["stacks"]
    (told,) = expected["series"]
    group = told["groups"][0] if isinstance(told["groups"], list) else told["groups"]
    assert series["series_uid"] == told["SeriesInstanceUID"]
    assert stack["files"] == group["order_by_position"]
    assert stack["shape"] == group["shape_zyx"]
    assert (stack["kind"] == "volume") == (stack["mpr_note"] == "") == group["uniform"]
    assert stack["mpr"]
    assert np.allclose(stack["orientation"], group["orientation"], atol=1e-6)
    assert np.allclose(stack["spacing_mm"][1:], group["pixel_spacing_row_col"], atol=1e-6)
    assert stack["spacing_mm"][0] == pytest.approx(group["median_gap"], abs=1e-3)
    sitk = expected["sitk"][0] if isinstance(expected["sitk"], list) else expected["sitk"]
    assert np.allclose(stack["origin_mm"], sitk["origin"], atol=1e-3)


@pytest.mark.skipif(not DATA.is_dir(), reason=NO_DATA)
@pytest.mark.parametrize("name", VOLUMES)
async def test_stored_values_agree_with_independent_tools(pool: DecodePool, name: str) -> None:
    expected: dict[str, Any] = json.loads((DATA / "expected.json").read_text())[name]["series"][0]
    group = expected["groups"][0] if isinstance(expected["groups"], list) else expected["groups"]
    middle = group["mid_file"]
    path = DATA / "volumes" / name / middle["file"]
    (header,) = await pool.headers([path])
    target = np.zeros((group["shape_zyx"][1], group["shape_zyx"][2]), getattr(header, "dtype", "uint16"))
    assert await pool.decode(path, [0], [target]) == [None]
    assert hashlib.sha256(target.astype("<i4").tobytes()).hexdigest() == middle["sha256_of_array_int32_le"]
