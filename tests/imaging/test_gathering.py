"""Files behind a path: what is packed with gzip, and what leaves its preamble out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.gathering import Found, gather
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import RefusedFile
from readingroom.imaging.library import Library
from tests.imaging.dicoms import picture, write, write_series

PREAMBLE_BYTES = 132


def gathered(
    source: Path, scratch: Path, limits: ArchiveLimits | None = None
) -> tuple[list[Found], list[RefusedFile]]:
    scratch.mkdir()
    return gather(source, scratch, limits or ArchiveLimits(), lambda done, total: None)


def pack(path: Path) -> Path:
    """The same file gzipped, instead of it."""
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return packed


def test_a_gzipped_file_is_unpacked_and_keeps_its_name(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.dcm", picture())
    expected = plain.read_bytes()
    (found,), refused = gathered(pack(plain), tmp_path / "scratch")
    assert (found.path.read_bytes(), found.source, found.ours, refused) == (expected, "a.dcm", True, [])


def test_gzipped_files_of_a_folder_lie_side_by_side(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "in", 3)
    for path in sorted(folder.iterdir())[:2]:
        pack(path)
    found, refused = gathered(folder, tmp_path / "scratch")
    assert ([file.source for file in found], refused) == (["0.dcm", "1.dcm", "2.dcm"], [])
    assert len({file.path for file in found}) == 3


def test_a_damaged_gzip_file_is_left_out_and_leaves_nothing(tmp_path: Path) -> None:
    folder = write_series(tmp_path / "in", 2)
    packed = pack(folder / "0.dcm")
    packed.write_bytes(packed.read_bytes()[:-30])
    found, (refused,) = gathered(folder, tmp_path / "scratch")
    assert [file.source for file in found] == ["1.dcm"]
    assert (refused.file, refused.code) == ("0.dcm.gz", "NOT_DICOM")
    assert "gzip compression is damaged" in refused.reason
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(50 << 20)))
    limits = ArchiveLimits(bytes=8 << 20)
    found, (refused,) = gathered(bomb, tmp_path / "scratch", limits)
    assert (found, refused.code) == ([], "DECODE_LIMIT")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_gzipped_files_share_one_allowance(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        write(folder / f"{number}.dcm", picture(number))
        pack(folder / f"{number}.dcm")
    size = len(gzip.decompress((folder / "0.dcm.gz").read_bytes()))
    found, refused = gathered(folder, tmp_path / "scratch", ArchiveLimits(bytes=2 * size + 10))
    assert ([file.source for file in found], [file.code for file in refused]) == (
        ["0.dcm", "1.dcm"],
        ["DECODE_LIMIT"],
    )


@pytest.mark.asyncio(loop_scope="session")
async def test_a_file_that_leaves_its_preamble_out_but_has_meta_information_is_read(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.dcm", picture())
    path.write_bytes(path.read_bytes()[PREAMBLE_BYTES:])
    result = await import_path(path, library, pool)
    (stack,) = result.studies[0].series[0].stacks
    assert (stack.rows, stack.columns) == (6, 8)
