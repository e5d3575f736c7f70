"""The library as hosts see it: what is found, in which order, and what never is in an address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from readingroom.imaging.catalog import look_up
from tests.transport.conftest import SLICES, Standing
from tests.transport.visitor import Visitor


async def found(visitor: Visitor, query: str = "") -> Any:
    return await visitor.json(f"/api/studies{query}")


async def test_studies_are_told_newest_first_with_what_a_host_needs(standing: Standing, signed_in: Visitor):
    told = await found(signed_in)
    assert (told["total"], told["library"]) == (2, 2)
    days = [study["identity"]["study_date"] for study in told["studies"]]
    assert days == sorted(days, reverse=True)
    newest = told["studies"][0]
    assert newest["modalities"] == ["CT"]
    assert newest["series"][0]["pictures"] == SLICES
    assert newest["series"][0]["viewable"] is True
    assert newest["patient"] == told["studies"][1]["patient"]
    assert told["limits"] == {"files": 50_000, "bytes": 16 << 30}


async def test_no_uid_leaves_the_library(standing: Standing, signed_in: Visitor):
    response = await signed_in.get("/api/studies")
    assert response.headers["Cache-Control"] == "no-store"
    text = await response.text()
    for study in standing.library.studies():
        assert study.study_uid not in text
        assert all(series.series_uid not in text for series in study.series)


async def test_every_word_must_be_found_whatever_its_capitals(standing: Standing, signed_in: Visitor):
    study = standing.library.studies()[0]
    family = study.patient_name.split("^")[0]
    assert (await found(signed_in, f"?search={family.upper()}%20ct"))["total"] == 2
    assert (await found(signed_in, f"?search={family}%20nobody"))["total"] == 0
    day = f"{study.date[:4]}-{study.date[4:6]}-{study.date[6:]}"
    (only,) = (await found(signed_in, f"?search={day}"))["studies"]
    assert only["study"] == study.id
    assert (await found(signed_in, f"?search={study.patient_id}"))["total"] == 2


async def test_a_part_at_a_time(signed_in: Visitor):
    whole = (await found(signed_in))["studies"]
    for offset in (0, 1):
        part = await found(signed_in, f"?offset={offset}&limit=1")
        assert (part["studies"], part["total"]) == ([whole[offset]], 2)
    assert (await found(signed_in, "?offset=2"))["studies"] == []


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=201",
        "?limit=99999999999999999999",
        "?offset=-1",
        "?offset=nan",
        f"?search={'x' * 201}",
        "?study=1.2.3",
    ],
)
async def test_a_query_out_of_bounds_is_refused(signed_in: Visitor, query: str):
    response = await signed_in.get(f"/api/studies{query}")
    assert response.status == 400
    assert (await response.json())["error"]["code"] == "BAD_REQUEST"


async def test_a_series_has_a_thumbnail(signed_in: Visitor):
    study = (await found(signed_in))["studies"][0]["study"]
    for _ in range(200):
        response = await signed_in.get(f"/api/studies/{study}/series/0/thumbnail")
        if response.status != 503:
            break
    assert response.status == 200
    assert (await response.read())[:2] == b"\xff\xd8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nobody/series/0/thumbnail", 404),
        ("..%2f..%2fetc/series/0/thumbnail", 404),
        ("{study}/series/99/thumbnail", 404),
        ("{study}/series/-1/thumbnail", 400),
        ("{study}/series/9999999999/thumbnail", 400),
    ],
)
async def test_a_thumbnail_of_nothing_is_refused(signed_in: Visitor, path: str, status: int):
    study = (await found(signed_in))["studies"][0]["study"]
    assert (await signed_in.get(f"/api/studies/{path.format(study=study)}")).status == status


async def test_a_patient_sees_no_thumbnail_of_the_library(standing: Standing, patient: Visitor):
    study = standing.library.studies()[0].id
    here = {"X-ReadingRoom-Room": patient.room}
    assert (await patient.get(f"/api/studies/{study}/series/0/thumbnail", **here)).status == 403


def test_accents_make_no_difference(standing: Standing):
    (study, *_) = standing.library.studies()
    named = replace(study, patient_name="Müller^José")
    for search in ("muller", "MÜLLER", "jose muller"):
        assert look_up([named], search, 0, 10).total == 1, search
    assert look_up([named], "mueller", 0, 10).total == 0
