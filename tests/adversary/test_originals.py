"""Originals that are no longer what was imported: their slice is refused, never shown as if it were right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from readingroom.errors import SliceDamaged
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
from tests.imaging.dicoms import write_series


@pytest.mark.parametrize("harm", ["altered", "replaced by its neighbor"])
async def test_a_slice_whose_original_has_changed_since_the_import_is_not_shown(tmp_path: Path, harm: str):
    library = Library(tmp_path / "studies")
    async with DecodePool(1) as pool:
        (study,) = (await import_path(write_series(tmp_path / "scan"), library, pool)).studies
        below, changed = (
            library.original(study.id, frame.file) for frame in study.series[0].stacks[0].frames[1:3]
        )
        if harm == "altered":
            whole = bytearray(changed.read_bytes())
            whole[-20] ^= 1
            changed.write_bytes(whole)
        else:
            shutil.copyfile(below, changed)
        async with Ingest(library, tmp_path / "cache", pool) as ingest:
            volume = await Volumes(library, tmp_path / "cache", ingest).open(SeriesRef(study.id, 0), 0)
            await volume.wait_complete()
            with pytest.raises(SliceDamaged):
                volume.frame(2)
            assert volume.frame(1).size, "the others are shown"
