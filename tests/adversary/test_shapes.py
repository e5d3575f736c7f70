"""Pixels that are not square must reach the screen as such, also where nothing says where a picture lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.pseudonyms import Pseudonyms
from readingroom.imaging.volumes import Volumes
from readingroom.transport.shelf import Shelf
from readingroom.values import SeriesKey, SeriesRef
from tests.imaging.dicoms import picture, write

PLACELESS: dict[str, Any] = {
    "ImagePositionPatient": None,
    "ImageOrientationPatient": None,
    "FrameOfReferenceUID": None,
}


@pytest.mark.parametrize(
    "shape",
    [{"PixelSpacing": [0.5, 2.0]}, {"PixelSpacing": None, "PixelAspectRatio": ["1", "4"]}],
    ids=["spacing", "aspect ratio"],
)
async def test_a_picture_without_a_place_keeps_the_shape_of_its_pixels(tmp_path: Path, shape: dict[str, Any]):
    """Source: PS3.3 C.7.6.3.1.7. The page stretches by the one or the other."""
    scan = tmp_path / "scan"
    scan.mkdir()
    write(scan / "0.dcm", picture(**PLACELESS, **shape))
    library, cache = Library(tmp_path / "studies"), tmp_path / "cache"
    async with DecodePool(1) as pool, Ingest(library, cache, pool) as ingest:
        (study,) = (await import_path(scan, library, pool)).studies
        shelf = Shelf(
            library=library,
            volumes=Volumes(library, cache, ingest),
            pseudonyms=Pseudonyms(library.root),
        )
        (stack,) = (await shelf.series(SeriesKey("one"), SeriesRef(study.id, 0), identity=True)).stacks
    told = stack.model_dump()
    height, width = told["spacing_mm"] or told["pixel_aspect"]
    assert height / width == pytest.approx(0.25)
    assert told["orientation"] is told["positions_mm"] is told["frame_of_reference"] is None
