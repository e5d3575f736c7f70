"""Import: whole or not at all, found again, every file accounted for."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from readingroom.errors import BadArchive, NotFound, NothingToShow
from readingroom.imaging.archive import ArchiveLimits
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.intake import Progress
from readingroom.imaging.library import Library
from readingroom.imaging.staging import INCOMING
from tests.imaging.dicoms import picture, write, write_series

pytestmark = pytest.mark.asyncio(loop_scope="session")


def left_in(library: Library) -> list[str]:
    """What an import left under way."""
    return [path.name for path in (library.root / INCOMING).iterdir()]


async def test_a_folder_becomes_a_study_with_its_files_kept_byte_for_byte(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in" / "deep", 5)
    result = await import_path(tmp_path / "in", library, pool)
    (study,) = result.studies
    assert library.study(study.id) == study == Library(library.root).study(study.id)
    (stack,) = study.series[0].stacks
    assert (stack.kind, len(stack.frames), study.patient_name) == ("volume", 5, "Roe^Jane")
    for frame in stack.frames:
        kept = library.original(study.id, frame.file).read_bytes()
        assert kept == (source / frame.source).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == frame.sha256
    assert left_in(library) == []


async def test_the_same_study_is_found_not_imported_again(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in")
    first = await import_path(source, library, pool)
    again = await import_path(source, library, pool)
    other = await import_path(source, Library(library.root), pool)
    assert first.studies == again.studies == other.studies
    assert len(library.studies()) == 1


async def test_a_file_more_makes_another_study_since_studies_never_change(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in", 3)
    first = await import_path(source, library, pool)
    write(source / "9.dcm", picture(3))
    second = await import_path(source, library, pool)
    assert first.studies[0].id != second.studies[0].id
    assert len(second.studies[0].series[0].stacks[0].frames) == 4


async def test_one_bad_file_costs_itself_and_is_named(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in", 4)
    (source / "letter.txt").write_text("dear colleague")
    (source / "empty").touch()
    cut = (source / "3.dcm").read_bytes()
    (source / "3.dcm").write_bytes(cut[:-10])
    (source / "copy.dcm").write_bytes((source / "0.dcm").read_bytes())
    result = await import_path(source, library, pool)
    (study,) = result.studies
    assert len(study.series[0].stacks[0].frames) == 3
    assert study.refused == result.refused
    assert {refused.file: refused.code for refused in result.refused} == {
        "letter.txt": "NOT_DICOM",
        "empty": "EMPTY_FILE",
        "3.dcm": "TRUNCATED",
        "copy.dcm": "DUPLICATE_FILE",
    }
    assert not any(str(tmp_path) in refused.reason for refused in result.refused)


async def test_two_patients_in_one_folder_become_two_studies(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    write_series(tmp_path / "in" / "a", 3)
    write_series(tmp_path / "in" / "b", 3, PatientID="P2", PatientName="Doe^John")
    (tmp_path / "in" / "Doe.txt").touch()
    result = await import_path(tmp_path / "in", library, pool)
    assert {study.patient_id for study in result.studies} == {"P1", "P2"}
    assert [refused.file for refused in result.refused] == ["Doe.txt"]
    assert all(study.refused == () for study in result.studies)  # whose it was, nobody knows


async def test_a_damaged_picture_of_several_studies_is_told_in_each_but_not_its_name(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    """Any of them may miss it; the name may be another patient's."""
    write_series(tmp_path / "in" / "a", 3)
    write_series(tmp_path / "in" / "b", 3, PatientID="P2", PatientName="Doe^John")
    damaged = tmp_path / "in" / "b" / "Doe_John_2.dcm"
    damaged.write_bytes((tmp_path / "in" / "b" / "2.dcm").read_bytes()[:-10])
    result = await import_path(tmp_path / "in", library, pool)
    assert [refused.file for refused in result.refused] == ["Doe_John_2.dcm"]
    assert len(result.studies) == 2
    for study in result.studies:
        assert [(refused.file, refused.code) for refused in study.refused] == [("", "TRUNCATED")]


async def test_a_zip_is_imported_like_the_folder_it_holds(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in", 3)
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in source.iterdir():
            packed.write(path, f"study/{path.name}")
    from_zip = await import_path(archive, library, pool)
    from_folder = await import_path(source, library, pool)
    assert from_zip.studies == from_folder.studies
    assert left_in(library) == []


async def test_a_refused_archive_leaves_nothing(library: Library, pool: DecodePool, tmp_path: Path) -> None:
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(1 << 20))
    with pytest.raises(BadArchive):
        await import_path(archive, library, pool, limits=ArchiveLimits(free_bytes=1000, ratio=1))
    assert left_in(library) == []
    assert library.studies() == []


async def test_links_in_a_folder_are_not_followed(library: Library, pool: DecodePool, tmp_path: Path) -> None:
    source = write_series(tmp_path / "in", 3)
    outside = write(tmp_path / "outside.dcm", picture(7))
    (source / "link.dcm").symlink_to(outside)
    (source / "round").symlink_to(source)
    os.mkfifo(source / "pipe")
    result = await import_path(source, library, pool)
    assert len(result.studies[0].series[0].stacks[0].frames) == 3
    assert {"link.dcm", "pipe"} <= {refused.file for refused in result.refused}


@pytest.mark.parametrize("name", ["nowhere", "x\0y"])
async def test_nothing_there_is_said(library: Library, pool: DecodePool, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound) as caught:
        await import_path(tmp_path / name, library, pool)
    assert str(tmp_path) not in str(caught.value)


async def test_an_empty_folder_has_nothing_to_show(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(NothingToShow, match="folder is empty"):
        await import_path(tmp_path / "in", library, pool)


async def test_a_text_file_has_nothing_to_show_and_why(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("dear colleague")
    with pytest.raises(NothingToShow, match="not a DICOM file"):
        await import_path(path, library, pool)


async def test_progress_counts_every_file(library: Library, pool: DecodePool, tmp_path: Path) -> None:
    told: list[Progress] = []
    await import_path(write_series(tmp_path / "in", 5), library, pool, told.append)
    assert Progress("copying", 5, 5) in told
    assert told[-1] == Progress("reading", 5, 5)


async def test_two_imports_of_one_study_at_once_make_one(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    source = write_series(tmp_path / "in")
    results = await asyncio.gather(*(import_path(source, Library(library.root), pool) for _ in range(3)))
    assert len({result.studies[0].id for result in results}) == 1
    assert len(library.studies()) == 1


async def test_what_a_crashed_import_left_is_removed_by_the_next(
    library: Library, pool: DecodePool, tmp_path: Path
) -> None:
    crashed, working = library.root / INCOMING / "crashed", library.root / INCOMING / "working"
    for folder in (crashed, working):
        folder.mkdir(parents=True)
        (folder / "000000.dcm").write_bytes(b"half")
        (folder / "lock").touch()
    with (working / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        await import_path(write_series(tmp_path / "in"), library, pool)
        assert left_in(library) == ["working"]
    assert [study.id for study in library.studies()] != []
