"""Host links and sessions over real HTTP."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from readingroom.rooms import keys
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.hosts import Hosts
from readingroom.rooms.invitations import sha
from readingroom.transport import sign_in
from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey.url) as client:
        yield client


def code(refused: tuple[int, Any]) -> tuple[int, str]:
    status, body = refused
    return status, body["error"]["code"]


async def test_a_host_link_opens_the_library_once(standing: Standing, hosts: Hosts):
    secret = await hosts.link()
    async with Visitor.at(standing.url) as doctor, Visitor.at(standing.url) as stranger:
        assert (await doctor.get("/api/studies")).status == 401
        status, answer = await doctor.sign_in(secret)
        assert (status, answer) == (200, {"expires_in_s": 8 * 3600})
        assert (await doctor.get("/api/studies")).status == 200
        assert code(await stranger.sign_in(secret)) == (409, "HOST_LINK_USED")
        assert (await stranger.get("/api/studies")).status == 401


async def test_the_browser_that_used_a_link_may_open_it_again(standing: Standing, hosts: Hosts):
    secret = await hosts.link()
    async with Visitor.at(standing.url) as doctor:
        await doctor.sign_in(secret)
        before = {cookie.value for cookie in doctor.http.cookie_jar}
        assert (await doctor.sign_in(secret))[0] == 200
        assert {cookie.value for cookie in doctor.http.cookie_jar} == before


async def test_an_unknown_and_an_expired_link_are_refused_by_name(
    standing: Standing, hosts: Hosts, redis: Redis
):
    late = await hosts.link()
    await redis.set(keys.host_link(sha(late)), "1000", keepttl=True)
    async with Visitor.at(standing.url) as visitor:
        assert code(await visitor.sign_in(secrets.token_urlsafe(32))) == (404, "HOST_LINK_UNKNOWN")
        assert code(await visitor.sign_in(late)) == (410, "HOST_LINK_EXPIRED")
        assert not list(visitor.http.cookie_jar)


async def test_redis_sees_no_secret_and_a_session_ends_by_itself(
    standing: Standing, hosts: Hosts, redis: Redis
):
    secret = await hosts.link()
    async with Visitor.at(standing.url) as doctor:
        await doctor.sign_in(secret)
        (cookie,) = list(doctor.http.cookie_jar)
        held = [key async for key in redis.scan_iter("rr:host*")]
        for key in held:
            text = key + (await redis.get(key) or b"")
            assert secret.encode() not in text
            assert cookie.value.encode() not in text
        left = await redis.pttl(keys.host_session(sha(cookie.value)))
        assert 8 * 3600_000 - 60_000 < left <= 8 * 3600_000


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(standing: Standing, hosts: Hosts):
    headers = {"Origin": standing.url, "X-ReadingRoom": "1"}
    async with (
        Visitor.at(standing.url) as visitor,
        visitor.http.post(
            f"{standing.url}/api/sign-in", json={"secret": await hosts.link()}, headers=headers
        ) as response,
    ):
        cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("rr-host=")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_signing_out_ends_the_session_everywhere(standing: Standing, hosts: Hosts):
    async with Visitor.at(standing.url) as doctor:
        await doctor.sign_in(await hosts.link())
        (cookie,) = list(doctor.http.cookie_jar)
        assert (await doctor.post("/api/sign-out", {}))[0] == 200
        assert not list(doctor.http.cookie_jar)
        stolen = await doctor.get("/api/studies", Cookie=f"rr-host={cookie.value}")
        assert stolen.status == 401


async def test_a_new_link_in_the_same_browser_replaces_its_session(standing: Standing, hosts: Hosts):
    async with Visitor.at(standing.url) as doctor:
        await doctor.sign_in(await hosts.link())
        (before,) = [cookie.value for cookie in doctor.http.cookie_jar]
        await doctor.sign_in(await hosts.link())
        assert (await doctor.get("/api/studies")).status == 200
    async with Visitor.at(standing.url) as other:
        assert (await other.get("/api/studies", Cookie=f"rr-host={before}")).status == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_another_origin_uses_up_no_link(standing: Standing, hosts: Hosts, origin: str):
    secret = await hosts.link()
    async with Visitor.at(standing.url) as visitor:
        refused = await visitor.post("/api/sign-in", {"secret": secret}, Origin=origin)
        assert code(refused) == (403, "WRONG_ORIGIN")
        assert (await visitor.sign_in(secret))[0] == 200


@pytest.mark.parametrize(
    "body", [{}, {"secret": "short"}, {"secret": 1}, {"secret": "A" * 43, "room": "r"}, [], None]
)
async def test_what_is_no_sign_in_is_refused(standing: Standing, body: Any):
    async with Visitor.at(standing.url) as visitor:
        assert code(await visitor.post("/api/sign-in", body)) == (400, "BAD_REQUEST")


async def test_failures_of_an_address_are_counted_and_lock_nobody_out(standing: Standing, hosts: Hosts):
    async with Visitor.at(standing.url) as guesser:
        told = [code(await guesser.sign_in(secrets.token_urlsafe(32))) for _ in range(sign_in.BURST + 3)]
        assert told[0] == (404, "HOST_LINK_UNKNOWN")
        assert told[-1] == (429, "TOO_FAST")
        assert (await guesser.sign_in(await hosts.link()))[0] == 200


async def test_a_rooms_cookie_signs_nobody_in(standing: Standing, doctor: Visitor, patient: Visitor):
    for person in (doctor, patient):
        async with person.http.get(f"{standing.url}/api/studies") as response:
            assert response.status == 401


async def test_a_host_in_his_room_asks_by_the_rooms_grant(doctor: Visitor, patient: Visitor):
    here = {"X-ReadingRoom-Room": doctor.room}
    assert (await doctor.get("/api/studies", **here)).status == 200
    assert (await patient.get("/api/studies", **here)).status == 403
    assert (await doctor.get("/api/studies")).status == 401
    assert (await doctor.get("/api/studies", **{"X-ReadingRoom-Room": "another"})).status in (401, 404)
    cross = await doctor.get("/api/studies", **here, **{"Sec-Fetch-Site": "cross-site"})
    assert cross.status == 403
