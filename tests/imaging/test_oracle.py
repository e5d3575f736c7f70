"""Every kind of file of the test data, drawn as DCMTK draws it: within 1 gray level, 3 for lossy ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, sketchbook
from tests.imaging import oracle_table

pytestmark = [
    pytest.mark.skipif(bool(oracle_table.missing()), reason=oracle_table.missing() or "the oracle is here"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),  # the oracle's own
    pytest.mark.asyncio(loop_scope="session"),
]


UNCOMPARED = {"badVR.dcm", "liver_rle.dcm"}
"""Gray, but without a judge: Number of Frames is "1A"; 1 bit RLE, which only we decode."""


@pytest.mark.parametrize("path", oracle_table.singles(), ids=lambda path: path.name)
async def test_every_single_picture_equals_the_oracle(pool: DecodePool, path: Path):
    rows = await oracle_table.single_rows(pool, path)
    print(*rows, sep="\n")
    assert [str(row) for row in rows if not row.good] == []
    gray = any("MONOCHROME" in row.what for row in rows)
    assert all(row.difference is not None for row in rows) == (gray and path.name not in UNCOMPARED)


@pytest.mark.parametrize(
    "name", ["MR1_UNC.dcm", "sj_19001231-076.dcm", "RG3_J2KR.dcm", "examples_overlay.dcm"]
)
async def test_the_files_first_window_is_what_the_oracle_takes_for_it(pool: DecodePool, name: str):
    path = oracle_table.DATA / "singles" / name
    async with sketchbook(path, pool) as book:
        drawn = await book.draw(Asked())
    expected = oracle_table.oracle().render(str(path), voi=1)
    assert drawn.window_from == "file"
    assert oracle_table.oracle().compare(drawn.gray, expected)["ok"]


@pytest.mark.parametrize("folder", oracle_table.volumes(), ids=lambda folder: folder.name)
async def test_first_middle_and_last_slice_of_every_volume_equal_the_oracle(pool: DecodePool, folder: Path):
    rows = await oracle_table.volume_rows(pool, folder, limit=3)
    print(*rows, sep="\n")
    assert [str(row) for row in rows if not row.good] == []
    assert sum(row.difference is not None for row in rows) >= 3
