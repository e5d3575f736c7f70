"""What lies in the data folder is for the one who runs the server: names and pictures of patients."""

from __future__ import annotations

import stat
from pathlib import Path

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.library import Library
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


def _readable_by_others(path: Path, top: Path) -> bool:
    """Whether the file and every folder above it, up to `top`, let others in."""
    way = [folder for folder in path.parents if folder.is_relative_to(top) and folder != top]
    through = all(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for folder in way)
    return through and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
