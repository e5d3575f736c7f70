"""The studies on disk: read strictly, kept in memory, never outside their folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readingroom.errors import NoSuchSeries, NoSuchStudy
from readingroom.imaging.index import LookupTable, NamedVoi, Series, Study
from readingroom.imaging.library import Library
from readingroom.imaging.study_file import NAME, write_study
from readingroom.values import Rescale, SeriesRef, StudyId, VoiFunction, VoiWindow
from tests.imaging.arrange import frame, stack

WINDOW = NamedVoi("lung", VoiWindow(-600.0, 1500.0, VoiFunction.SIGMOID))
STUDY = Study(
    id=StudyId("abc"),
    study_uid="1.2",
    date="20260101",
    description="chest",
    patient_name="Roe^Jane",
    patient_id="P1",
    birth_date="",
    series=(
        Series(
            series_uid="1.2.3",
            modality="CT",
            number=None,
            description="",
            date="",
            body_part="",
            stacks=(
                stack(
                    (
                        frame(
                            position_mm=(0.1, -2.0, 1e-9),
                            rescale=Rescale(0.1, -1024.0, "HU"),
                            padding=(-2000, -2000),
                            windows=(WINDOW,),
                        ),
                    ),
                    4,
                    5,
                    modality_lut=LookupTable(first=-3, bits=12, values=(1, 2, 3)),
                ),
            ),
        ),
    ),
    refused=(),
)


@pytest.fixture
def stored(library: Library) -> Library:
    library.folder(STUDY.id).mkdir(parents=True)
    write_study(library.folder(STUDY.id), STUDY)
    return library


def test_a_study_comes_back_as_it_was_written(stored: Library) -> None:
    assert stored.study(STUDY.id) == STUDY
    assert stored.study(STUDY.id) is stored.study(STUDY.id)
    assert stored.studies() == [STUDY]


def test_nothing_but_the_study_file_lies_in_its_folder(stored: Library) -> None:
    assert [path.name for path in stored.folder(STUDY.id).iterdir()] == [NAME]


def test_an_empty_library_has_no_studies(library: Library) -> None:
    assert library.studies() == []


@pytest.mark.parametrize("name", ["nowhere", "..", "../abc", "a/b", "", "x" * 65, ".incoming"])
def test_an_unknown_or_climbing_id_is_no_study(stored: Library, name: str) -> None:
    with pytest.raises(NoSuchStudy):
        stored.study(StudyId(name))


@pytest.mark.parametrize("index", [-1, 1])
def test_a_series_out_of_range_is_no_series(stored: Library, index: int) -> None:
    with pytest.raises(NoSuchSeries):
        stored.series(SeriesRef(STUDY.id, index))


@pytest.mark.parametrize(
    "damage",
    [
        lambda said: said["study"].pop("date"),
        lambda said: said["study"].update(extra=1),
        lambda said: said["study"].update(date=1),
        lambda said: said["study"]["series"][0]["stacks"][0].update(kind="pile"),
        lambda said: said["study"]["series"][0]["stacks"][0]["frames"][0].update(position_mm=[1.0]),
        lambda said: said.update(version=99),
    ],
)
def test_a_study_file_that_says_something_else_is_no_study(stored: Library, damage: object) -> None:
    path = stored.folder(STUDY.id) / NAME
    said = json.loads(path.read_bytes())
    assert callable(damage)
    damage(said)
    path.write_bytes(json.dumps(said).encode())
    with pytest.raises(NoSuchStudy):
        stored.study(STUDY.id)
    assert stored.studies() == []


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null"])
def test_a_study_file_that_is_cut_is_no_study(stored: Library, data: bytes) -> None:
    (stored.folder(STUDY.id) / NAME).write_bytes(data)
    with pytest.raises(NoSuchStudy):
        stored.study(STUDY.id)


def test_a_field_that_came_later_may_be_absent(stored: Library) -> None:
    path: Path = stored.folder(STUDY.id) / NAME
    said = json.loads(path.read_bytes())
    del said["study"]["series"][0]["stacks"][0]["frames"][0]["offset"]
    path.write_bytes(json.dumps(said).encode())
    assert stored.study(STUDY.id) == STUDY
