"""A signed-in host opens rooms, and hosts of a room invite, see and revoke."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.importing import import_path
from readingroom.imaging.index import Study
from tests.imaging.dicoms import write_series
from tests.transport.conftest import Standing
from tests.transport.test_signing_in import code
from tests.transport.visitor import Visitor


async def opened(host: Visitor, studies: list[Study], name: str | None = "Dr. Weber") -> Visitor:
    """The same browser, in a new room."""
    status, answer = await host.post("/api/rooms", {"studies": [one.id for one in studies], "name": name})
    assert status == 200, answer
    inside = Visitor(host.url, host.http)
    inside.room, inside.grant, inside.answer = answer["room"], answer["grant"], answer
    return inside


async def invites(host: Visitor, **asked: Any) -> Any:
    status, made = await host.post(f"/api/rooms/{host.room}/invitations", {"role": "patient", **asked})
    assert status == 200, made
    return made


def of_link(made: Any) -> tuple[str, str]:
    room, secret = made["link"].split("#")[1].split(".")
    return room, secret


async def test_who_opens_a_room_is_its_host_and_leads(standing: Standing, signed_in: Visitor):
    host = await opened(signed_in, standing.library.studies())
    assert (host.answer["role"], host.answer["name"]) == ("host", "Dr. Weber")
    assert host.answer["first_picture"].startswith(f"/api/rooms/{host.room}/series/")
    snapshot = await host.json(f"/api/rooms/{host.room}/snapshot")
    assert snapshot["lead"]["holder"] == host.answer["principal"]
    index = await host.json(f"/api/rooms/{host.room}/series")
    dates = [series["identity"]["study_date"] for series in index["series"]]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) == 2


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"studies": ["nobody"]}, (404, "NO_SUCH_STUDY")),
        ({"studies": ["../../etc"]}, (400, "BAD_REQUEST")),
        ({"studies": []}, (400, "BAD_REQUEST")),
        ({"studies": ["a"] * 9}, (400, "BAD_REQUEST")),
        ({"studies": ["nobody"], "role": "host"}, (400, "BAD_REQUEST")),
    ],
)
async def test_a_room_of_nothing_is_refused(signed_in: Visitor, body: Any, refused: tuple[int, str]):
    assert code(await signed_in.post("/api/rooms", body)) == refused


async def test_nobody_else_opens_rooms(standing: Standing, doctor: Visitor, patient: Visitor):
    body = {"studies": [standing.library.studies()[0].id]}
    async with Visitor.at(standing.url) as stranger:
        for person in (doctor, patient, stranger):
            assert code(await person.post("/api/rooms", body)) == (401, "NOT_SIGNED_IN")


async def test_studies_of_two_patients_are_opened_only_when_that_is_meant(
    standing: Standing, signed_in: Visitor, tmp_path: Path
):
    ours = standing.library.studies()[0].id
    async with DecodePool(1) as pool:
        (other,) = (await import_path(write_series(tmp_path / "other"), standing.library, pool)).studies
    body = {"studies": [ours, other.id]}
    try:
        assert code(await signed_in.post("/api/rooms", body)) == (409, "OTHER_PATIENT")
        status, answer = await signed_in.post("/api/rooms", {**body, "other_patient": True})
        assert status == 200, answer
        inside = Visitor(signed_in.url, signed_in.http)
        inside.grant = answer["grant"]
        snapshot = await inside.json(f"/api/rooms/{answer['room']}/snapshot")
        assert {one["other_patient"] for one in snapshot["series"]} == {True, False}
    finally:
        shutil.rmtree(standing.library.folder(other.id))


async def test_an_invitation_is_told_once_and_lets_one_person_in(standing: Standing, signed_in: Visitor):
    host = await opened(signed_in, standing.library.studies()[:1])
    made = await invites(host, name="Maria")
    room, secret = of_link(made)
    assert made["link"].startswith(f"{standing.url}/#")
    assert made["invitation"]["expires_in_s"] == 900
    listed = await host.get(f"/api/rooms/{room}/invitations")
    assert secret not in await listed.text()
    mine, open_one = sorted((await listed.json())["invitations"], key=lambda one: one["role"])
    assert (mine["role"], mine["used"]) == ("host", True)
    assert (open_one["role"], open_one["name"], open_one["used"]) == ("patient", "Maria", False)
    assert 880 < open_one["expires_in_s"] <= 900
    async with Visitor.at(standing.url) as maria:
        joined = await maria.join(room, secret)
        assert (joined["role"], joined["name"]) == ("patient", "Maria")
    told = (await host.json(f"/api/rooms/{room}/invitations"))["invitations"]
    assert all(one["used"] for one in told)


async def test_the_qr_code_is_squares_within_its_size(standing: Standing, signed_in: Visitor):
    host = await opened(signed_in, standing.library.studies()[:1])
    qr = (await invites(host))["qr"]
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", qr["path"])
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", qr["path"]):
        assert int(x) >= 4
        assert int(x) + int(width) <= qr["size"] - 4
        assert 4 <= int(y) < qr["size"] - 4


async def test_a_revoked_invitation_opens_nothing(standing: Standing, signed_in: Visitor):
    host = await opened(signed_in, standing.library.studies()[:1])
    made = await invites(host)
    address = f"/api/rooms/{host.room}/invitations/{made['invitation']['invitation']}"
    assert (await host.delete(address))[0] == 200
    async with Visitor.at(standing.url) as maria:
        assert code(await maria.post_join(*of_link(made), "Maria")) == (404, "LINK_UNKNOWN")
    assert code(await host.delete(address)) == (404, "NO_SUCH_INVITATION")


async def test_one_that_was_used_is_not_revoked_but_its_person_removed(
    standing: Standing, signed_in: Visitor
):
    host = await opened(signed_in, standing.library.studies()[:1])
    made = await invites(host)
    async with Visitor.at(standing.url) as maria:
        await maria.join(*of_link(made), "Maria")
        address = f"/api/rooms/{host.room}/invitations/{made['invitation']['invitation']}"
        assert code(await host.delete(address)) == (409, "INVITATION_USED")
        assert (await maria.get(f"/api/rooms/{host.room}/snapshot")).status == 200


async def test_only_so_many_are_open_at_a_time(standing: Standing, signed_in: Visitor):
    host = await opened(signed_in, standing.library.studies()[:1])
    made = [await invites(host) for _ in range(20)]
    address = f"/api/rooms/{host.room}/invitations"
    assert code(await host.post(address, {"role": "patient"})) == (409, "LIMIT")
    await host.delete(f"{address}/{made[0]['invitation']['invitation']}")
    assert (await host.post(address, {"role": "patient"}))[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"role": "king"},
        {"role": "patient", "expires_in_s": 59},
        {"role": "patient", "expires_in_s": 86_401},
        {"role": "patient", "expires_in_s": "900"},
        {"role": "patient", "name": "x" * 61},
        {"role": "patient", "name": "\u202e\u200b"},
        {"role": "patient", "room": "another"},
    ],
)
async def test_an_invitation_out_of_bounds_is_refused(doctor: Visitor, body: Any):
    refused = await doctor.post(f"/api/rooms/{doctor.room}/invitations", body)
    assert code(refused) == (400, "BAD_REQUEST")


async def test_only_hosts_of_the_room_invite_see_and_revoke(
    standing: Standing, doctor: Visitor, patient: Visitor, signed_in: Visitor
):
    address = f"/api/rooms/{doctor.room}/invitations"
    made = await invites(doctor)
    one = f"{address}/{made['invitation']['invitation']}"
    for person, status in ((patient, 403), (signed_in, 401)):
        assert (await person.post(address, {"role": "host"}))[0] == status
        assert (await person.get(address)).status == status
        assert (await person.delete(one))[0] == status
    foreign = {"Origin": "http://evil.example"}
    assert code(await doctor.delete(one, **foreign)) == (403, "WRONG_ORIGIN")
    assert code(await doctor.post(address, {"role": "host"}, **foreign)) == (403, "WRONG_ORIGIN")
    other_room = await opened(signed_in, standing.library.studies()[:1])
    assert (await other_room.delete(one))[0] == 401
