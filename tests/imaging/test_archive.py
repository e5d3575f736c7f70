"""Zip archives: what is taken apart, and what is refused whole."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from readingroom.errors import BadArchive
from readingroom.imaging.archive import ArchiveLimits, is_zip, unpack

SMALL = ArchiveLimits(entries=10, bytes=1 << 20, ratio=10, free_bytes=1 << 16)


def packed(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def opened(archive: Path, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    files = unpack(archive, folder, SMALL, lambda done, total: None)
    assert all(file.path.parent == folder for file in files)
    return {file.source: file.path.read_bytes() for file in files}


def refused(archive: Path, folder: Path) -> str:
    folder.mkdir()
    with pytest.raises(BadArchive) as caught:
        unpack(archive, folder, SMALL, lambda done, total: None)
    assert not any(path.is_symlink() for path in folder.iterdir())
    return str(caught.value)


def test_files_come_out_under_our_names_and_keep_their_base_names(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"x/1.dcm": b"one", "y/2.dcm": b"two"})
    assert is_zip(archive)
    assert opened(archive, tmp_path / "out") == {"1.dcm": b"one", "2.dcm": b"two"}


@pytest.mark.parametrize("name", ["../a", "/a", "x/../../a", "..\\a", "C:\\a"])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    archive = packed(tmp_path / "a.zip", {name: b"x"})
    assert "lead out" in refused(archive, tmp_path / "out")
    assert not (tmp_path / "a").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(link, "/etc/passwd")
    assert "links" in refused(archive, tmp_path / "out")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"a": b"x"})
    data = bytearray(archive.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    archive.write_bytes(data)
    assert "encrypted" in refused(archive, tmp_path / "out")


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"a": bytes(2 << 20)})
    assert "MiB" in refused(archive, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"a": bytes(2 << 20)})
    data = archive.read_bytes().replace(struct.pack("<I", 2 << 20), struct.pack("<I", 100))
    archive.write_bytes(data)
    refused(archive, tmp_path / "out")
    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) <= SMALL.bytes


def test_too_many_files_are_refused_before_the_directory_is_read(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {str(i): b"" for i in range(11)})
    assert "more than 10 files" in refused(archive, tmp_path / "out")


def test_a_million_claimed_entries_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(
        b"PK\x03\x04" + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65535, 65535, 1 << 28, 0, 0)
    )
    assert "more than" in refused(archive, tmp_path / "out")


@pytest.mark.parametrize("cut", [4, 30, 60])
def test_a_damaged_archive_is_refused(tmp_path: Path, cut: int) -> None:
    archive = packed(tmp_path / "a.zip", {"a": os.urandom(100)})
    archive.write_bytes(archive.read_bytes()[:-cut])
    assert "damaged" in refused(archive, tmp_path / "out")


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"a": b"x" * 1000}, zipfile.ZIP_STORED)
    archive.write_bytes(archive.read_bytes().replace(b"xxxx", b"xxyx", 1))
    assert "damaged" in refused(archive, tmp_path / "out")
