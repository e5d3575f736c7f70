"""`study.json`: the index of a study, written once, read by everyone."""

from __future__ import annotations

from pathlib import Path

from readingroom.imaging import json_bytes
from readingroom.imaging.index import Study
from readingroom.imaging.plain import NotPlain, from_plain, to_plain
from readingroom.imaging.safe_write import write_whole

NAME = "study.json"
VERSION = 1


class UnreadableStudyFile(Exception):
    """The file is there and does not say a study, or says it in a version of the future."""


def write_study(folder: Path, study: Study) -> None:
    """Write `folder`/study.json, whole or not at all."""
    write_whole(folder / NAME, json_bytes.dumps({"version": VERSION, "study": to_plain(study)}))


def read_study(folder: Path) -> Study:
    """Raises FileNotFoundError, UnreadableStudyFile."""
    data = (folder / NAME).read_bytes()
    try:
        said = json_bytes.loads(data)
        if not isinstance(said, dict) or said.get("version") != VERSION:
            raise UnreadableStudyFile(f"{folder.name}: of an unknown version")
        return from_plain(Study, said.get("study"))
    except (ValueError, NotPlain) as error:
        raise UnreadableStudyFile(f"{folder.name}: {error}") from None
