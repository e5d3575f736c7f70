"""What lies in the data folder is for the one who runs the server: names and pictures of patients."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.ingest import Ingest
from readingroom.imaging.library import Library
from readingroom.imaging.volumes import Volumes
from readingroom.values import SeriesRef
from tests.imaging.dicoms import write_series


async def test_nobody_else_on_this_machine_can_reach_an_imported_study(tmp_path: Path):
    library = Library(tmp_path / "studies")
    async with DecodePool(1) as pool:
        (study,) = (await import_path(write_series(tmp_path / "scan"), library, pool)).studies
    open_to_others = [
        path.relative_to(tmp_path).as_posix()
        for path in sorted(library.folder(study.id).rglob("*"))
        if path.is_file() and _readable_by_others(path, tmp_path)
    ]
    assert open_to_others == []


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "archive"])
async def test_what_an_import_makes_is_its_owners_alone_whatever_the_umask(tmp_path: Path, packed: bool):
    scan = write_series(tmp_path / "scan")
    source = Path(shutil.make_archive(str(tmp_path / "scan"), "zip", scan)) if packed else scan
    data = tmp_path / "data"
    library = Library(data / "studies")
    before = os.umask(0)
    try:
        async with DecodePool(1) as pool, Ingest(library, data / "cache", pool) as ingest:
            (study,) = (await import_path(source, library, pool)).studies
            volume = await Volumes(library, data / "cache", ingest).open(SeriesRef(study.id, 0), 0)
            await volume.wait_complete()
    finally:
        os.umask(before)
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (data, *data.rglob("*"))
        if not path.is_symlink()
    }
    assert modes == {(True, 0o700), (False, 0o600)}


def _readable_by_others(path: Path, top: Path) -> bool:
    """Whether the file and every folder above it, up to `top`, let others in."""
    way = [folder for folder in path.parents if folder.is_relative_to(top) and folder != top]
    through = all(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for folder in way)
    return through and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
