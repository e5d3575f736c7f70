"""The studies on disk, in a folder every node sees: <StudyId>/study.json and <StudyId>/originals/."""

from __future__ import annotations

import logging
import re
import threading
from pathlib import Path

from readingroom.errors import NoSuchSeries, NoSuchStudy
from readingroom.imaging.index import Series, Study
from readingroom.imaging.study_file import NAME, UnreadableStudyFile, read_study
from readingroom.values import SeriesRef, StudyId

log = logging.getLogger(__name__)

STUDY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Library:
    """Reads studies, keeps them in memory (they never change). Safe to use from threads."""

    def __init__(self, studies: Path) -> None:
        self.root = studies
        self._known: dict[StudyId, Study] = {}
        self._lock = threading.Lock()

    def study(self, study: StudyId) -> Study:
        """Raises NoSuchStudy, also when its file is broken (which is logged)."""
        with self._lock:
            known = self._known.get(study)
        if known is not None:
            return known
        if not STUDY_ID.fullmatch(study):
            raise NoSuchStudy()
        try:
            found = read_study(self.folder(study))
        except (FileNotFoundError, NotADirectoryError):
            raise NoSuchStudy() from None
        except UnreadableStudyFile as error:
            log.error("study file unreadable", extra={"study": study, "reason": str(error)})
            raise NoSuchStudy() from None
        with self._lock:
            return self._known.setdefault(study, found)

    def has(self, study: str) -> bool:
        """Whether there is a study of that id, readable or not."""
        return STUDY_ID.fullmatch(study) is not None and (self.folder(StudyId(study)) / NAME).is_file()

    def studies(self) -> list[Study]:
        """Every study that can be read, in order of its id."""
        found = []
        if self.root.is_dir():
            for folder in sorted(self.root.iterdir()):
                if STUDY_ID.fullmatch(folder.name) and (folder / NAME).is_file():
                    try:
                        found.append(self.study(StudyId(folder.name)))
                    except NoSuchStudy:
                        continue
        return found

    def series(self, ref: SeriesRef) -> Series:
        """Raises NoSuchStudy, NoSuchSeries."""
        series = self.study(ref.study).series
        if not 0 <= ref.series < len(series):
            raise NoSuchSeries()
        return series[ref.series]

    def folder(self, study: StudyId) -> Path:
        """The folder of a study; it may not exist."""
        return self.root / study

    def originals(self, study: StudyId) -> Path:
        """The folder in which the files of a study lie."""
        return self.folder(study) / "originals"

    def original(self, study: StudyId, file: str) -> Path:
        """Where a file that a Frame names lies."""
        return self.originals(study) / file
