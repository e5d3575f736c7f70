"""A file may claim any place and size: its room opens, on the picture then instead of in the patient."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Volumes
from readingroom.protocol import ImagePlace, PatientPlace
from readingroom.transport.shelf import Shelf
from readingroom.values import SeriesKey, SeriesRef
from tests.imaging.dicoms import write_series


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, PatientPlace),
        ({"ImagePositionPatient": ["2e7", "0", "0"]}, ImagePlace),
        ({"ImagePositionPatient": ["1e308", "-1e308", "1e308"]}, ImagePlace),
        ({"PixelSpacing": ["1e-9", "1e-9"]}, ImagePlace),
        ({"PixelSpacing": ["1e4", "1e4"]}, ImagePlace),
        ({"PixelSpacing": ["1e300", "1e300"]}, ImagePlace),
    ],
)
async def test_a_room_opens_on_a_picture_wherever_it_claims_to_be(
    tmp_path: Path, changes: dict[str, Any], place: type
) -> None:
    folder = write_series(tmp_path / "in", 1, **changes)
    library, cache = Library(tmp_path / "studies"), tmp_path / "cache"
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(DecodePool(1))
        (study,) = (await import_path(folder, library, pool)).studies
        volumes = Volumes(library, cache, await stack.enter_async_context(Ingest(library, cache, pool)))
        stack.callback(volumes.close)
        shelf = Shelf(library=library, volumes=volumes, pseudonyms=Pseudonyms(tmp_path / "studies"))
        view = await shelf.opening_view(SeriesKey("series"), SeriesRef(study.id, 0))
    assert isinstance(view.place, place)
    assert view.field is not None
