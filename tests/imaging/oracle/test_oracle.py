"""Every kind of file of the test data, drawn as DCMTK draws it: within the levels its class allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.drawing import Asked, sketchbook
from tests.imaging.oracle import judges
from tests.imaging.oracle.rows import single_rows, volume_rows

pytestmark = [
    pytest.mark.skipif(bool(judges.missing()), reason=judges.missing() or "the oracle is here"),
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),  # the oracle's own
    pytest.mark.asyncio(loop_scope="session"),
]


NO_PICTURE = {
    "badVR.dcm": "BAD_HEADER",
    "derived_encapsulated_pdf.dcm": "NO_PIXELS",
    "gsps_PR000000.dcm": "NO_PIXELS",
    "meta_missing_tsyntax.dcm": "BAD_HEADER",
    "nested_priv_SQ.dcm": "NO_PIXELS",
    "no_meta.dcm": "NOT_DICOM",
    "reportsi.dcm": "NO_PIXELS",
    "rtplan.dcm": "NO_PIXELS",
    "rtstruct.dcm": "NOT_DICOM",
    "test-SR.dcm": "NO_PIXELS",
}
"""Files without a picture, or so broken that none may be shown, and the code of their refusal."""
NO_JUDGE = {"HTJ2KLossless_08_RGB.dcm", "HTJ2K_08_RGB.dcm"}
"""HTJ2K, which no second decoder here can read."""


@pytest.mark.parametrize("path", judges.singles(), ids=lambda path: path.name)
async def test_every_single_picture_equals_the_oracle_or_is_refused_by_name(pool: DecodePool, path: Path):
    rows = await single_rows(pool, path)
    print(*rows, sep="\n")
    assert [str(row) for row in rows if not row.good] == []
    if path.name in NO_PICTURE:
        assert NO_PICTURE[path.name] in rows[0].outcome
    elif path.name not in NO_JUDGE:
        assert all(row.difference is not None for row in rows)


@pytest.mark.parametrize(
    "name", ["MR1_UNC.dcm", "sj_19001231-076.dcm", "RG3_J2KR.dcm", "examples_overlay.dcm"]
)
async def test_the_files_first_window_is_what_the_oracle_takes_for_it(pool: DecodePool, name: str):
    path = judges.DATA / "singles" / name
    async with sketchbook(path, pool) as book:
        drawn = await book.draw(Asked())
    expected = judges.oracle().render(str(path), voi=1)
    assert drawn.window_from == "file"
    assert judges.oracle().compare(drawn.pixels, expected)["ok"]


@pytest.mark.parametrize("folder", judges.volumes(), ids=lambda folder: folder.name)
async def test_first_middle_and_last_slice_of_every_volume_equal_the_oracle(pool: DecodePool, folder: Path):
    rows = await volume_rows(pool, folder, limit=3)
    print(*rows, sep="\n")
    assert [str(row) for row in rows if not row.good] == []
    assert sum(row.difference is not None for row in rows) >= 3
