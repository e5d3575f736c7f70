"""Every volume of the test data lies where pydicom's positions and SimpleITK say it lies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from readingroom.imaging.decode_pool import DecodePool
from tests.imaging.dicoms import DATA, NO_DATA
from tests.imaging.geometry.comparison import rows

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not (DATA / "expected.json").is_file(), reason=NO_DATA),
]


async def test_every_fact_of_every_volume_agrees(pool: DecodePool) -> None:
    told: dict[str, Any] = json.loads((DATA / "expected.json").read_text())
    found = await rows(DATA, pool)
    assert {row.volume for row in found} == set(told) == {path.name for path in (DATA / "volumes").iterdir()}
    assert len(found) >= 12 * len(told)
    wrong = [str(row) for row in found if not row.good]
    assert not wrong, "\n".join(wrong)
