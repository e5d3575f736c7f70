"""Measuring over real HTTP: who may ask, what is answered, what is refused, and how a crowd is held off."""

from __future__ import annotations

import asyncio
import math
from typing import Any, get_args

import numpy as np
import pytest

from readingroom.errors import TooFast
from readingroom.imaging import phantom
from readingroom.imaging.index import Calibration
from readingroom.imaging.measuring.figures import FigureKind
from readingroom.imaging.measuring.measurement import QuantityName
from readingroom.protocol import Measured, Quantity
from readingroom.transport.measuring import Queue
from tests.transport.conftest import EDGE, SLICES, Standing
from tests.transport.test_tiles_over_http import shown
from tests.transport.visitor import Visitor

GRID = phantom.Grid(SLICES, EDGE, EDGE)


def image(column: float, row: float, frame: int = 5) -> dict[str, Any]:
    return {"kind": "image", "frame": frame, "point_milli": [round(column * 1000), round(row * 1000)]}


def patient(reference: str, x: float, y: float, z: float) -> dict[str, Any]:
    point = [round(x * 1000), round(y * 1000), round(z * 1000)]
    return {"kind": "patient", "frame_of_reference": reference, "point_um": point}


async def ask(visitor: Visitor, path: str, body: Any, **headers: str) -> tuple[int, Any]:
    """`POST .../measure` as our page does it, with other headers where given."""
    sent = {
        **{"Origin": visitor.url, "X-ReadingRoom": "1", "X-ReadingRoom-Grant": visitor.grant},
        **headers,
    }
    async with visitor.http.post(f"{visitor.url}{path}/measure", json=body, headers=sent) as response:
        return response.status, await response.json()


async def answered(visitor: Visitor, path: str, shape: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The answer, with the numbers by name."""
    status, answer = await ask(visitor, path, {"shape": shape, **more})
    assert status == 200, answer
    Measured.model_validate(answer)
    return {**answer, "found": {one["name"]: one["value"] for one in answer["quantities"]}}


# --- answers ----------------------------------------------------------------------------------------------
async def test_a_patient_and_a_doctor_measure_the_same(doctor: Visitor, patient: Visitor):
    path, _ = await shown(doctor)
    shape = {"kind": "rectangle", "corner": image(20, 20), "opposite": image(40, 36)}
    answers = [await answered(visitor, path, shape) for visitor in (doctor, patient)]
    assert answers[0] == answers[1]
    hu = phantom.stored_slice(GRID, 5)[20:36, 20:40] - 1024.0
    step = phantom.Grid(SLICES, EDGE, EDGE).spacing_mm[1]
    found = answers[0]["found"]
    assert found["area"] == pytest.approx(20 * 16 * step**2)
    assert (found["pixels"], found["min"], found["max"]) == (320, hu.min(), hu.max())
    assert (found["mean"], found["sd"]) == pytest.approx((hu.mean(), hu.std()))
    assert (answers[0]["calibration"], answers[0]["meaning"], answers[0]["notes"]) == (
        *("patient", "In the patient."),
        [],
    )


async def test_a_length_through_the_patient(doctor: Visitor):
    path, series = await shown(doctor)
    reference = series["stacks"][0]["frame_of_reference"]
    markers = phantom.truth(prior=False).markers
    ends = [patient(reference, *ball.center.to_mm()) for ball in (markers[0], markers[3])]
    answer = await answered(doctor, path, {"kind": "length", "start": ends[0], "end": ends[1]})
    truth = math.dist(markers[0].center.to_mm(), markers[3].center.to_mm())
    assert answer["found"]["length"] == pytest.approx(truth, abs=0.002)
    assert answer["frame"] is None


SHAPES: list[tuple[dict[str, Any], dict[str, float]]] = [
    (
        {"kind": "angle", "first": image(10, 0), "vertex": image(10, 10), "second": image(30, 10)},
        {"angle": 90},
    ),
    (
        {
            "kind": "cobb",
            "first": {"start": image(10, 10), "end": image(30, 10)},
            "second": {"start": image(10, 30), "end": image(30, 50)},
        },
        {"angle": 45, "supplement": 135},
    ),
    (
        {
            "kind": "bidirectional",
            "first": {"start": image(10, 10), "end": image(10, 20)},
            "second": {"start": image(5, 15), "end": image(21, 15)},
        },
        {"long_axis": 16 * 5.625, "short_axis": 10 * 5.625, "angle": 90},
    ),
    (
        {"kind": "ellipse", "center": image(30, 30), "first_end": image(40, 30), "second_end": image(30, 25)},
        {"area": math.pi * 50 * 5.625**2, "major_axis": 20 * 5.625, "minor_axis": 10 * 5.625},
    ),
    (
        {
            "kind": "polygon",
            "outline": {
                "kind": "image",
                "frame": 5,
                "points_milli": [[20000, 20000], [40000, 20000], [20000, 40000]],
            },
        },
        {"area": 200 * 5.625**2},
    ),
    (
        {
            "kind": "freehand",
            "outline": {
                "kind": "image",
                "frame": 5,
                "points_milli": [[20000, 20000], [40000, 40000], [40000, 20000], [20000, 40000]],
            },
        },
        {"area": 200 * 5.625**2},
    ),
]


@pytest.mark.parametrize(("shape", "expected"), SHAPES, ids=[shape["kind"] for shape, _ in SHAPES])
async def test_every_shape_is_answered(doctor: Visitor, shape: dict[str, Any], expected: dict[str, float]):
    path, _ = await shown(doctor)
    answer = await answered(doctor, path, shape)
    assert answer["kind"] == shape["kind"]
    assert {name: answer["found"][name] for name in expected} == pytest.approx(expected)


async def test_an_outline_in_the_patient_reads_the_picture_it_lies_on(doctor: Visitor):
    path, series = await shown(doctor)
    stack = series["stacks"][0]
    x, y, z = stack["positions_mm"][7]
    corners = [[x + 100, y + 100], [x + 200, y + 100], [x + 200, y + 200], [x + 100, y + 200]]
    outline = {
        "kind": "patient",
        "frame_of_reference": stack["frame_of_reference"],
        "points_um": [[round(a * 1000), round(b * 1000), round(z * 1000)] for a, b in corners],
    }
    answer = await answered(doctor, path, {"kind": "freehand", "outline": outline})
    centers = np.arange(EDGE) * 5.625
    inside = (centers >= 100) & (centers < 200)
    assert answer["frame"] == 7
    assert answer["found"]["area"] == pytest.approx(10_000, rel=1e-4)
    expected = phantom.stored_slice(GRID, 7)[np.ix_(inside, inside)] - 1024.0
    assert answer["found"]["mean"] == pytest.approx(expected.mean())


async def test_a_probe_says_value_and_stored_value(doctor: Visitor):
    path, _ = await shown(doctor)
    answer = await answered(doctor, path, {"kind": "probe", "at": image(33.2, 30.9)}, frame=5)
    stored = float(phantom.stored_slice(GRID, 5)[30, 33])
    assert answer["quantities"] == [
        {"name": "value", "value": stored - 1024, "unit": "HU"},
        {"name": "stored", "value": stored, "unit": ""},
    ]


# --- refusals ---------------------------------------------------------------------------------------------
LENGTH = {"kind": "length", "start": image(1, 1), "end": image(9, 9)}


@pytest.mark.parametrize(
    ("shape", "status", "code"),
    [
        ({**LENGTH, "end": image(1, 1)}, 400, "NOT_MEASURABLE"),
        ({**LENGTH, "end": image(9, 9, frame=6)}, 400, "NOT_MEASURABLE"),
        ({**LENGTH, "end": patient("another", 0, 0, 0)}, 400, "NOT_MEASURABLE"),
        (
            {**LENGTH, "start": patient("another", 0, 0, 0), "end": patient("another", 1, 1, 1)},
            400,
            "NOT_MEASURABLE",
        ),
        ({**LENGTH, "end": image(99_000, 9)}, 400, "NOT_MEASURABLE"),
        ({**LENGTH, "start": image(1, 1, 99), "end": image(9, 9, 99)}, 400, "SLICE_OUT_OF_RANGE"),
        ({**LENGTH, "length_mm": 12}, 400, "BAD_REQUEST"),
        ({**LENGTH, "kind": "volume"}, 400, "BAD_REQUEST"),
        ({"kind": "probe", "at": image(-1, 5)}, 400, "NOT_MEASURABLE"),
        (None, 400, "BAD_REQUEST"),
        ([[[[]]]], 400, "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_measured_is_refused_by_name(
    doctor: Visitor, shape: Any, status: int, code: str
):
    path, _ = await shown(doctor)
    answer = await ask(doctor, path, {"shape": shape})
    assert (answer[0], answer[1]["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NaN", b'{"shape":1e999}', b"\xff", b"[" * 5000, b'{"a":1,"a":2}']
)
async def test_what_is_no_json_is_refused(doctor: Visitor, body: bytes):
    path, _ = await shown(doctor)
    headers = {"Origin": doctor.url, "X-ReadingRoom": "1", "X-ReadingRoom-Grant": doctor.grant}
    async with doctor.http.post(
        f"{doctor.url}{path}/measure", data=body, headers={**headers, "Content-Type": "application/json"}
    ) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (400, "BAD_REQUEST")


async def test_a_flood_of_corners_is_refused(doctor: Visitor):
    path, _ = await shown(doctor)
    outline = {"kind": "image", "frame": 0, "points_milli": [[n, n * n % 977] for n in range(20_000)]}
    status, answer = await ask(doctor, path, {"shape": {"kind": "polygon", "outline": outline}})
    assert (status, answer["error"]["code"]) == (413, "TOO_LARGE")


async def test_only_members_measure_and_only_from_our_page(doctor: Visitor, standing: Standing):
    path, _ = await shown(doctor)
    body = {"shape": LENGTH}
    assert (await ask(doctor, path, body, **{"X-ReadingRoom-Grant": "somebody"}))[0] == 401
    assert (await ask(doctor, path, body, Origin="https://elsewhere.example"))[0] == 403
    async with Visitor.at(standing.url) as stranger:
        stranger.grant = doctor.grant
        assert (await ask(stranger, path, body))[0] == 401
    assert (await ask(doctor, path[:-1] + "7", body))[0] == 404
    elsewhere = f"/api/rooms/{doctor.room}/series/another/0"
    assert (await ask(doctor, elsewhere, body))[1]["error"]["code"] == "NO_SUCH_SERIES"


# --- a crowd ----------------------------------------------------------------------------------------------
async def test_one_person_cannot_keep_the_others_out():
    queue, done = Queue(at_once=1, waiting=3, of_one=2), asyncio.Event()

    async def measuring(person: str) -> None:
        async with queue.turn(person):
            await done.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(measuring("greedy"))
        group.create_task(measuring("greedy"))
        await asyncio.sleep(0)
        with pytest.raises(TooFast):
            await measuring("greedy")
        group.create_task(measuring("other"))
        group.create_task(measuring("third"))
        await asyncio.sleep(0)
        with pytest.raises(TooFast):  # one measured, three waiting: nobody else now
            await measuring("fourth")
        done.set()
    await measuring("greedy")
    await measuring("fourth")


async def test_who_gives_up_waiting_leaves_his_place():
    queue, done = Queue(at_once=1, waiting=1, of_one=1), asyncio.Event()

    async def measuring(person: str) -> None:
        async with queue.turn(person):
            await done.wait()

    first, second = asyncio.create_task(measuring("one")), asyncio.create_task(measuring("two"))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    third = asyncio.create_task(measuring("two"))
    await asyncio.sleep(0)
    done.set()
    await asyncio.gather(first, third)


# --- one vocabulary ---------------------------------------------------------------------------------------
def test_the_wire_has_a_word_for_all_that_is_measured():
    assert {name for part in get_args(QuantityName) for name in get_args(part) or (part,)} == set(
        get_args(Quantity.model_fields["name"].annotation)
    )
    assert {kind.value for kind in FigureKind} == set(get_args(Measured.model_fields["kind"].annotation))
    assert get_args(Calibration) == get_args(Measured.model_fields["calibration"].annotation)
