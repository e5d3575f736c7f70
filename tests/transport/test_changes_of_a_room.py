"""Changes that touch more than a document: figures are measured, series and people come and go."""

from __future__ import annotations

import asyncio
import math
import secrets
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from readingroom.imaging import phantom
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.protocol import Snapshot, StateHash
from readingroom.rooms.state_hash import StateHashes
from tests.rooms.documents import state_of, view_of
from tests.transport.conftest import EDGE, SLICES, Standing
from tests.transport.test_room_over_sockets import entries_until
from tests.transport.visitor import Socket, Visitor

FIRST_TILE = "display/0/0/0/0?c=40&w=400&f=LINEAR"


async def do(socket: Socket, kind: str, **fields: Any) -> dict[str, Any]:
    """The answer to a command."""
    command = {"kind": kind, **fields}
    return await socket.ask("op", {"op_id": secrets.token_urlsafe(16), "command": command})


async def done(socket: Socket, kind: str, **fields: Any) -> int:
    """The revision of a command that must be accepted."""
    answer = await do(socket, kind, **fields)
    assert answer["ok"], answer
    revision: int = answer["revision"]
    return revision


def code(answer: dict[str, Any]) -> str:
    return "ok" if answer["ok"] else answer["code"]


async def seen(visitor: Visitor, address: str) -> int:
    """The status of a picture, once it has been read."""
    while True:
        answer = await visitor.get(address)
        if answer.status != 503:
            return answer.status
        await asyncio.sleep(0.05)


def image(column: float, row: float) -> dict[str, Any]:
    return {"kind": "image", "frame": 5, "point_milli": [round(column * 1000), round(row * 1000)]}


def mark(socket: Socket, shape: dict[str, Any]) -> dict[str, Any]:
    return {"series": socket.snapshot["series"][0]["series"], "stack": 0, "shape": shape}


def write_of_another(folder: Path, patient_id: str) -> None:
    """The phantom once more, of a patient of another ID."""
    phantom.write_study(folder, slices=3, rows=32, columns=32)
    for file in folder.rglob("*.dcm"):
        file.write_bytes(file.read_bytes().replace(patient_id.encode(), b"X" * len(patient_id)))


# --- figures ----------------------------------------------------------------------------------------------
async def test_a_figure_is_measured_by_the_server_and_everyone_hears_the_value(
    doctor: Visitor, patient: Visitor
):  # R13
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    drawn = mark(on_phone, {"kind": "length", "start": image(10, 10), "end": image(13, 14)})
    revision = await done(on_phone, "annotation.create", id=secrets.token_urlsafe(16), mark=drawn)
    entry = (await entries_until(at_desk, revision))[-1]
    [length] = entry["command"]["mark"]["measured"]["quantities"]
    row, column = phantom.Grid(SLICES, EDGE, EDGE).spacing_mm[1:]
    assert (length["name"], length["unit"]) == ("length", "mm")
    assert length["value"] == pytest.approx(math.hypot(3 * column, 4 * row))


async def test_a_value_claimed_by_a_page_is_refused(doctor: Visitor):  # R13
    socket = await doctor.enter()
    claimed = {**mark(socket, {"kind": "probe", "at": image(10, 10)}), "measured": None}
    answer = await do(socket, "annotation.create", id=secrets.token_urlsafe(16), mark=claimed)
    assert code(answer) == "BAD_REQUEST"


async def test_a_figure_that_cannot_be_measured_is_kept_with_the_reason(doctor: Visitor):  # R13
    socket = await doctor.enter()
    outside = mark(socket, {"kind": "probe", "at": image(EDGE + 50, 3)})
    revision = await done(socket, "annotation.create", id=secrets.token_urlsafe(16), mark=outside)
    kept = (await entries_until(socket, revision))[-1]["command"]["mark"]
    assert "measured" not in kept
    assert "outside" in kept["unmeasurable"]


# --- series -----------------------------------------------------------------------------------------------
async def test_another_patients_series_asks_first_and_stays_marked(
    standing: Standing, doctor: Visitor, patient: Visitor, tmp_path: Path, request: pytest.FixtureRequest
):  # R17
    own = standing.library.studies()[0]
    write_of_another(tmp_path, own.patient_id)
    async with DecodePool() as pool:
        result = await import_path(tmp_path, standing.library, pool, lambda _: None)
    other = result.studies[0].id
    for study in result.studies:
        request.addfinalizer(partial(shutil.rmtree, standing.settings.studies_folder / study.id))
    assert standing.library.study(other).patient_id != own.patient_id
    socket = await doctor.enter()
    assert await done(socket, "series.open", series="same", study=own.id, number=0)
    opening = {"series": "other", "study": other, "number": 0}
    assert code(await do(socket, "series.open", **opening)) == "OTHER_PATIENT"
    assert await done(socket, "series.open", **opening, other_patient=True)
    snapshot = await patient.json(f"/api/rooms/{patient.room}/snapshot")
    marked = {one["series"]: one["other_patient"] for one in snapshot["series"]}
    assert (marked["same"], marked["other"]) == (False, True)
    on_phone = await patient.enter()
    assert await done(socket, "person.role", principal=patient.principal, role="host")
    again = await do(on_phone, "series.open", **{**opening, "series": "unsaid"})
    assert code(again) in ("FORBIDDEN", "OTHER_PATIENT")  # whether or not his new role is known yet


async def test_only_what_is_open_can_be_seen_and_only_a_host_opens(
    standing: Standing, doctor: Visitor, patient: Visitor
):  # R3 R4
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    study = standing.library.studies()[0].id
    assert code(await do(on_phone, "series.open", series="mine", study=study, number=0)) == "FORBIDDEN"
    assert code(await do(at_desk, "series.open", series="none", study="none", number=0)) == "NO_SUCH_STUDY"
    assert code(await do(at_desk, "series.open", series="no", study=study, number=99)) == "NO_SUCH_SERIES"
    await done(at_desk, "series.open", series="again", study=study, number=0)
    address = f"/api/rooms/{patient.room}/series/again/0/{FIRST_TILE}"
    assert await seen(patient, address) == 200
    await done(at_desk, "series.close", series="again")
    assert (await patient.get(address)).status == 404


# --- people -----------------------------------------------------------------------------------------------
async def test_a_removed_guest_loses_socket_events_and_tiles(doctor: Visitor, patient: Visitor):  # I9 I10 R26
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    series = on_phone.snapshot["series"][0]["series"]
    address = f"/api/rooms/{patient.room}/series/{series}/0/{FIRST_TILE}"
    assert await seen(patient, address) == 200
    await done(at_desk, "person.remove", principal=patient.principal)
    assert (await on_phone.next("farewell"))["code"] == "REMOVED"
    await on_phone.gone.wait()
    assert (await patient.get(address)).status == 401
    with pytest.raises(ConnectionRefusedError, match="DENIED"):
        await patient.connect()


async def test_the_end_shows_everyone_out_but_hosts_and_reopening_lets_them_in(
    doctor: Visitor, patient: Visitor
):  # R18
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    await done(at_desk, "room.end")
    assert (await on_phone.next("farewell"))["code"] == "ROOM_ENDED"
    await on_phone.gone.wait()
    with pytest.raises(ConnectionRefusedError, match="ROOM_ENDED"):
        await patient.connect()
    assert (await patient.get(f"/api/rooms/{patient.room}/snapshot")).status == 410
    assert (await doctor.json(f"/api/rooms/{doctor.room}/snapshot"))["ended"] is True
    await done(at_desk, "room.reopen")
    again = await patient.enter()
    assert again.snapshot["ended"] is False


# --- in step ----------------------------------------------------------------------------------------------
async def test_a_page_is_told_what_it_should_have(doctor: Visitor):  # R56
    socket = await doctor.enter()
    told = StateHash.model_validate(await socket.next("state"))
    snapshot = Snapshot.model_validate(await doctor.json(f"/api/rooms/{doctor.room}/snapshot"))
    assert StateHashes().of(state_of(snapshot), view_of(snapshot)) == told


async def test_what_is_drawn_reaches_the_others_by_presence(doctor: Visitor, patient: Visitor):  # R62
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    series = on_phone.snapshot["series"][0]["series"]
    pane = {"pane": 0, "series": series, "stack": 0, "place": image(3, 4), "quality": "full"}
    drawn = {"fence": 1, "view_revision": 0, "revision": on_phone.snapshot["revision"], "panes": [pane]}
    await on_phone.client.emit("presence", {"n": 1, "quality": "full", "typing": True, "drawn": drawn})
    while True:
        people = (await at_desk.next("presence"))["people"]
        if found := [person for person in people if person["principal"] == patient.principal]:
            break
    assert (found[0]["drawn"], found[0]["typing"]) == (drawn, True)
