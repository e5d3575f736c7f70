"""Links, cookies and origins over real HTTP."""

from __future__ import annotations

import secrets

import pytest
import socketio

from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


async def test_a_link_opens_once_and_the_same_browser_may_come_back(standing: Standing):
    async with Visitor.at(standing.url) as maria, Visitor.at(standing.url) as stranger:
        link = (standing.room.room, standing.room.patient.secret)
        first = await maria.join(*link, "Maria")
        again = await maria.join(*link)
        assert (again["grant"], again["principal"], again["name"]) == (
            first["grant"],
            first["principal"],
            "Maria",
        )
        status, refusal = await stranger.post_join(*link, "Mallory")
        assert (status, refusal["error"]["code"]) == (409, "LINK_USED")


async def test_a_wrong_link_is_refused_in_words(standing: Standing):
    async with Visitor.at(standing.url) as visitor:
        status, refusal = await visitor.post_join(standing.room.room, secrets.token_urlsafe(32), "Maria")
    assert (status, refusal["error"]["code"]) == (404, "LINK_UNKNOWN")
    assert "Check that it was copied whole" in refusal["error"]["message"]


async def test_two_tabs_of_one_browser_are_doctor_and_patient(standing: Standing):
    room = standing.room
    async with Visitor.at(standing.url) as browser:
        doctor = await browser.join(room.room, room.host.secret, "Dr. Weber")
        patient = await browser.join(room.room, room.patient.secret, "Maria")
        assert doctor["grant"] != patient["grant"]
        series = f"/api/rooms/{room.room}/series"
        for joined, knows in ((doctor, True), (patient, False)):
            response = await browser.get(series, **{"X-ReadingRoom-Grant": joined["grant"]})
            index = await response.json()
            assert (index["series"][0]["identity"] is not None) is knows


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(standing: Standing):
    async with Visitor.at(standing.url) as visitor:
        body = {"room": standing.room.room, "secret": standing.room.host.secret}
        headers = {"Origin": standing.url, "X-ReadingRoom": "1"}
        async with visitor.http.post(f"{standing.url}/api/join", json=body, headers=headers) as response:
            cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("rr-")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_another_origin_joins_nothing(standing: Standing, origin: str):
    async with Visitor.at(standing.url) as visitor:
        status, refusal = await visitor.post_join(
            standing.room.room, standing.room.patient.secret, "Maria", Origin=origin
        )
        assert (status, refusal["error"]["code"]) == (403, "WRONG_ORIGIN")
        assert (await visitor.post_join(standing.room.room, standing.room.patient.secret))[0] == 200


async def test_both_spellings_of_loopback_are_our_origin(standing: Standing):
    port = standing.at.port
    for spelling in (f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        async with Visitor.at(standing.url) as visitor:
            status, refusal = await visitor.post_join(
                standing.room.room, secrets.token_urlsafe(32), Origin=spelling
            )
            assert refusal["error"]["code"] == "LINK_UNKNOWN", spelling


async def test_a_cross_site_request_is_refused_by_the_browsers_own_word(doctor: Visitor):
    response = await doctor.get(f"/api/rooms/{doctor.room}/snapshot", **{"Sec-Fetch-Site": "cross-site"})
    assert response.status == 403


async def test_without_our_header_or_as_another_kind_of_body_nothing_is_changed(standing: Standing):
    room = standing.room
    async with Visitor.at(standing.url) as visitor:
        for headers, data in (
            ({"Content-Type": "application/json"}, b"{}"),
            ({"X-ReadingRoom": "1", "Content-Type": "text/plain"}, b"{}"),
            ({"X-ReadingRoom": "1", "Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}"),
            ({"X-ReadingRoom": "1", "Content-Type": "application/json"}, b'{"room": NaN}'),
            ({"X-ReadingRoom": "1", "Content-Type": "application/json"}, b"[" * 60_000),
        ):
            async with visitor.http.post(
                f"{standing.url}/api/join", data=data, headers={"Origin": standing.url, **headers}
            ) as response:
                assert response.status == 400, headers
        assert (await visitor.post_join(room.room, room.patient.secret))[0] == 200


async def test_a_body_too_large_is_refused(standing: Standing):
    async with Visitor.at(standing.url) as visitor:
        status, refusal = await visitor.post_join(standing.room.room, "x" * 70_000)
    assert (status, refusal["error"]["code"]) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    "path",
    [
        "/api/rooms/{room}/snapshot",
        "/api/rooms/{room}/series",
        "/api/rooms/{room}/series/any/0/thumbnail",
        "/api/rooms/{room}/series/any/0/values/0/0/0/0",
        "/api/rooms/{room}/series/any/0/display/0/0/0/0?c=40&w=400",
    ],
)
async def test_nothing_of_a_room_is_given_to_a_stranger(standing: Standing, doctor: Visitor, path: str):
    path = path.format(room=standing.room.room)
    async with Visitor.at(standing.url) as stranger:
        assert (await stranger.get(path)).status == 401
        stranger.grant = doctor.grant
        assert (await stranger.get(path)).status == 401
        async with stranger.http.get(f"{standing.url}{path}") as response:
            assert response.status == 401


async def test_every_answer_carries_the_security_headers(doctor: Visitor):
    for path in ("/", "/healthz", "/nothing", f"/api/rooms/{doctor.room}/snapshot"):
        response = await doctor.get(path)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert (await doctor.get(f"/api/rooms/{doctor.room}/snapshot")).headers["Cache-Control"] == "no-store"


async def test_a_socket_needs_origin_cookie_and_protocol(standing: Standing, doctor: Visitor):
    for hello, code in (
        ({"protocol": 999}, "OLD_PROTOCOL"),
        ({"grant": "other"}, "DENIED"),
        ({"x": 1}, "BAD_REQUEST"),
    ):
        with pytest.raises(ConnectionRefusedError, match=code):
            await doctor.connect(**hello)
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(
            standing.url, transports=["websocket"], headers={"Origin": "http://evil.example"}
        )
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(standing.url, transports=["websocket"])
    await client.shutdown()
    await client.eio.http.close()
