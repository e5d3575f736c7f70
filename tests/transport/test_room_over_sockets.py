"""Two people in one room, over the stock Socket.IO client."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from typing import Any

import pytest
from yarl import URL

from readingroom.protocol import PersonRemove, PersonRole, RoomEnd
from readingroom.rooms.embedded import Valkey
from readingroom.rooms.rooms import Rooms
from readingroom.values import GrantId, RoomId
from tests.rooms.ear import Ear
from tests.rooms.people import op
from tests.transport.conftest import Standing
from tests.transport.visitor import Socket, Visitor


def arrow(snapshot: dict[str, Any], ident: str) -> dict[str, Any]:
    """An arrow of two points at the middle of what is shown."""
    pane = snapshot["panes"]["0"]
    shape = {"kind": "arrow", "tail": pane["place"], "head": pane["place"], "label": ""}
    mark = {"series": pane["shown"]["series"], "stack": 0, "shape": shape}
    return {
        "op_id": secrets.token_urlsafe(16),
        "command": {"kind": "annotation.create", "id": ident, "mark": mark},
    }


def take() -> dict[str, Any]:
    return {"op_id": secrets.token_urlsafe(16), "command": {"kind": "lead.take"}}


def window(snapshot: dict[str, Any], center: float) -> dict[str, Any]:
    change = {"window": {"center": center, "width": 400.0, "function": "LINEAR"}}
    return {"fence": snapshot["lead"]["fence"], "pane": 0, "change": change}


async def entries_until(socket: Socket, revision: int) -> list[dict[str, Any]]:
    """What was heard after the socket's snapshot up to `revision`, once each."""
    entries: list[dict[str, Any]] = []
    at = socket.snapshot["revision"]
    while at < revision:
        for entry in (await socket.next("entries"))["entries"]:
            if entry["revision"] == at + 1:
                entries.append(entry)
                at += 1
    return entries


async def test_the_welcome_names_the_process_and_the_person(doctor: Visitor):
    socket = await doctor.connect()
    assert socket.welcome["principal"] == doctor.principal
    assert socket.welcome["role"] == "host"
    assert socket.welcome["process"]
    assert socket.welcome["weak_durability"] is False


async def test_what_one_draws_the_other_sees_under_his_name(doctor: Visitor, patient: Visitor):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    ident = secrets.token_urlsafe(16)
    answer = await on_phone.ask("op", arrow(on_phone.snapshot, ident))
    assert answer["ok"], answer
    for socket in (at_desk, on_phone):
        entry = (await entries_until(socket, answer["revision"]))[-1]
        assert entry["by"] == patient.principal
        assert entry["command"]["id"] == ident
    snapshot = await doctor.json(f"/api/rooms/{doctor.room}/snapshot")
    assert [mark["id"] for mark in snapshot["annotations"]] == [ident]
    assert {person["name"] for person in snapshot["people"]} == {"Dr. Weber", "Maria"}


async def test_the_leads_view_reaches_everybody_and_nobody_elses_does(
    doctor: Visitor, patient: Visitor
):  # I5
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    accepted = await at_desk.ask("view", window(at_desk.snapshot, 55.0))
    assert accepted["ok"], accepted
    for socket in (at_desk, on_phone):
        change = await socket.next("view")
        assert change["change"]["window"]["center"] == 55.0
        assert change["by"] == doctor.principal
    refused = await on_phone.ask("view", window(on_phone.snapshot, 99.0))
    assert refused == {"ok": False, "code": "STALE", "message": "Somebody else leads now."}


async def test_a_stack_that_a_series_does_not_have_comes_on_no_stage_and_bears_no_mark(doctor: Visitor):
    socket = await doctor.enter()
    shown = {**socket.snapshot["panes"]["0"]["shown"], "stack": 7}
    fence = socket.snapshot["lead"]["fence"]
    refused = await socket.ask("view", {"fence": fence, "pane": 0, "change": {"shown": shown}})
    assert refused["code"] == "NO_SUCH_SERIES"
    op = arrow(socket.snapshot, secrets.token_urlsafe(16))
    op["command"]["mark"]["stack"] = 7
    assert (await socket.ask("op", op))["code"] == "NO_SUCH_SERIES"


async def test_the_lead_is_asked_for_and_given(doctor: Visitor, patient: Visitor):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    refused = await on_phone.ask("op", take())
    assert refused["code"] == "LEAD_TAKEN"
    ask = {"op_id": secrets.token_urlsafe(16), "command": {"kind": "lead.ask", "asking": True}}
    assert (await on_phone.ask("op", ask))["ok"]
    give = {"op_id": secrets.token_urlsafe(16), "command": {"kind": "lead.give", "to": patient.principal}}
    assert (await at_desk.ask("op", give))["ok"]
    snapshot = await patient.json(f"/api/rooms/{patient.room}/snapshot")
    assert snapshot["lead"]["holder"] == patient.principal
    assert snapshot["lead"]["asking"] == []
    assert (await on_phone.ask("view", window(snapshot, 10.0)))["ok"]
    assert (await at_desk.ask("view", window(at_desk.snapshot, 20.0)))["code"] == "STALE"


async def test_one_op_id_applies_once(doctor: Visitor):  # I4
    socket = await doctor.enter()
    op = arrow(socket.snapshot, secrets.token_urlsafe(16))
    first = await socket.ask("op", op)
    assert await socket.ask("op", op) == first
    other = {**op, "command": {"kind": "lead.take"}}
    assert (await socket.ask("op", other))["code"] == "OP_ID_REUSED"


async def test_an_op_whose_answer_was_lost_is_answered_again_though_its_series_was_closed(
    doctor: Visitor,
):  # R2 I4
    socket = await doctor.enter()
    op = arrow(socket.snapshot, secrets.token_urlsafe(16))
    first = await socket.ask("op", op)
    close = {"kind": "series.close", "series": op["command"]["mark"]["series"]}
    assert (await socket.ask("op", {"op_id": secrets.token_urlsafe(16), "command": close}))["ok"]
    assert await socket.ask("op", op) == first
    other = arrow(socket.snapshot, secrets.token_urlsafe(16))
    assert (await socket.ask("op", {**other, "op_id": op["op_id"]}))["code"] == "OP_ID_REUSED"
    assert (await socket.ask("op", other))["code"] == "NO_SUCH_SERIES"


async def test_who_comes_back_gets_the_tail_and_who_is_ahead_is_told(doctor: Visitor, patient: Visitor):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    before = on_phone.snapshot
    await on_phone.client.disconnect()
    answer = await at_desk.ask("op", arrow(at_desk.snapshot, secrets.token_urlsafe(16)))
    back = await patient.connect()
    has = {"epoch": before["epoch"], "revision": before["revision"], "head": before["head"]}
    tail = await back.ask("sync", has)
    assert tail["kind"] == "tail"
    assert tail["entries"][-1]["revision"] == answer["revision"]
    ahead = {**has, "revision": answer["revision"] + 1}
    assert (await back.ask("sync", ahead))["kind"] == "state_lost"
    forked = {**has, "head": "0" * 40}
    assert (await back.ask("sync", forked))["kind"] == "state_lost"


async def test_pointers_arrive_under_their_connection(doctor: Visitor, patient: Visitor):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    place = on_phone.snapshot["panes"]["0"]["place"]
    pointer = {"pane": 0, "place": place}
    await on_phone.client.emit("presence", {"n": 1, "pointer": pointer, "following": True, "quality": "full"})
    while True:
        frame = await at_desk.next("presence")
        for person in frame["people"]:
            if person["connection"] == on_phone.welcome["connection"] and person["pointer"] is not None:
                assert person["principal"] == patient.principal
                assert person["pointer"]["place"] == place
                return


async def test_a_fourth_socket_of_a_person_replaces_the_oldest(doctor: Visitor):
    sockets = [await doctor.connect() for _ in range(4)]
    farewell = await sockets[0].next("farewell")
    assert farewell["code"] == "REPLACED"
    await sockets[0].gone.wait()
    assert all(socket.client.connected for socket in sockets[1:])


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("op", None),
        ("op", {"op_id": "short", "command": {"kind": "lead.take"}}),
        ("op", {"op_id": "a" * 16, "command": {"kind": "lead.seize"}}),
        ("op", {"op_id": "a" * 16, "command": {"kind": "lead.take"}, "by": "somebody"}),
        ("op", {"op_id": 1, "command": {"kind": "lead.take"}}),
        ("op", [1, 2, 3]),
        ("op", "text"),
        ("view", {"fence": 1.5, "pane": 0, "change": {}}),
        ("view", {"fence": True, "pane": 0, "change": {}}),
        ("view", {"fence": 1, "pane": 9, "change": {}}),
        ("view", {"fence": 1, "pane": 0, "change": {"window": {"center": 1e308, "width": 1.0}}}),
        ("sync", {"revision": -1}),
        ("sync", {"revision": 2**63}),
        ("sync", {"revision": "0"}),
        ("nothing", {}),
    ],
)
async def test_what_the_protocol_does_not_know_is_refused_and_the_socket_lives(
    doctor: Visitor, event: str, data: Any
):
    socket = await doctor.enter()
    answer = await socket.ask(event, data)
    assert (answer["ok"], answer["code"]) == (False, "BAD_REQUEST")
    assert (await socket.ask("op", take()))["ok"]


@pytest.mark.parametrize("packet", ['42["op",%s,1]', '42["op", %s, 1]', '42["op",%s,{"a":[]}]'])
async def test_an_argument_too_many_is_passed_over_however_it_is_spelled(doctor: Visitor, packet: str):
    socket = await doctor.enter()
    asked = take()
    await socket.client.eio.send((packet % json.dumps(asked))[1:])
    assert [entry["op_id"] for entry in (await socket.next("entries"))["entries"]] == [asked["op_id"]]


@pytest.mark.parametrize(
    "packet",
    [
        '42["op",NaN]',
        '42["op",{"a":1,"a":2}]',
        '451-["op",{"_placeholder":true,"num":0}]',
        "42" + "[" * 50_000,
        "42[1,2]",
    ],
)
async def test_a_hostile_packet_costs_its_own_connection_at_most(
    standing: Standing, doctor: Visitor, patient: Visitor, packet: str
):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    await on_phone.client.eio.send(packet[1:])
    answer = await at_desk.ask("op", take())
    assert answer["ok"]
    async with Visitor.at(standing.url) as again:
        again.http.cookie_jar.update_cookies(
            {c.key: c.value for c in patient.http.cookie_jar}, response_url=URL(standing.url)
        )
        again.room, again.grant = patient.room, patient.grant
        assert (await again.enter()).welcome["principal"] == patient.principal


async def test_a_flood_ends_the_flooders_connection_alone(doctor: Visitor, patient: Visitor):
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    for number in range(2000):
        if on_phone.gone.is_set():
            break
        await on_phone.client.emit("presence", {"n": number})
    await on_phone.gone.wait()
    assert (await at_desk.ask("op", take()))["ok"]


async def test_a_person_who_hurries_is_asked_to_wait(doctor: Visitor):
    socket = await doctor.enter()
    answers = [await socket.ask("op", take()) for _ in range(60)]
    assert answers[0]["ok"]
    assert "TOO_FAST" in {answer.get("code") for answer in answers}


async def test_a_room_of_others_stays_closed(standing: Standing, doctor: Visitor):  # I11
    with pytest.raises(ConnectionRefusedError, match="NO_SUCH_ROOM"):
        await doctor.connect(room=secrets.token_urlsafe(16))


async def test_a_hurrying_hand_is_merged_and_changes_do_not_wait_for_it(doctor: Visitor):  # R44
    at_desk = await doctor.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    shown = {"change": {"shown": at_desk.snapshot["panes"]["0"]["shown"]}}
    hurry = [window(snapshot, float(number)) for number in range(8)]
    hurry[4] = {**hurry[4], **shown}  # which is looked up before it is merged
    asked = [asyncio.create_task(at_desk.ask("view", command)) for command in hurry]
    change = asyncio.create_task(at_desk.ask("op", arrow(at_desk.snapshot, secrets.token_urlsafe(16))))
    answers = await asyncio.gather(*asked)
    assert all(answer["ok"] for answer in [*answers, await change])
    first = answers[0]["view_revision"]
    assert [answer["view_revision"] for answer in answers] == [first] + [first + 1] * 7
    heard = await at_desk.next("view")
    while heard["view_revision"] < first + 1:
        heard = await at_desk.next("view")
    assert heard["change"]["window"]["center"] == 7.0
    assert heard["change"]["shown"] == shown["change"]["shown"]


async def test_of_a_very_hurrying_hand_nothing_older_is_heard_after_what_is_newer(doctor: Visitor):  # R44
    at_desk = await doctor.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    last = 39.0
    hurry = [window(snapshot, float(number)) for number in range(40)]
    answers = await asyncio.gather(*(at_desk.ask("view", command) for command in hurry))
    assert all(answer["ok"] for answer in answers)
    told = [answer["view_revision"] for answer in answers]
    assert told == sorted(told)
    centers: list[float] = []
    while last not in centers:
        centers.append((await at_desk.next("view"))["change"]["window"]["center"])
    assert centers == sorted(centers)


async def test_who_gives_the_lead_away_has_shown_all_he_showed_before(
    doctor: Visitor, patient: Visitor
):  # R40 R44
    at_desk, _ = await doctor.enter(), await patient.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    moves = [window(snapshot, float(number)) for number in range(5)]
    give = {"op_id": secrets.token_urlsafe(16), "command": {"kind": "lead.give", "to": patient.principal}}
    asked = [asyncio.create_task(at_desk.ask("view", move)) for move in moves]
    given = asyncio.create_task(at_desk.ask("op", give))
    assert [answer["ok"] for answer in await asyncio.gather(*asked)] == [True] * 5
    assert (await given)["ok"]


async def test_a_series_is_closed_after_the_views_that_were_asked_before(doctor: Visitor):  # R44 R17
    at_desk = await doctor.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    prior = next(
        one["series"]
        for one in at_desk.snapshot["series"]
        if one["series"] != at_desk.snapshot["panes"]["0"]["shown"]["series"]
    )
    moves = [window(snapshot, float(number)) for number in range(3)]
    moves[1]["change"]["shown"] = {"series": prior, "stack": 0}
    close = {"op_id": secrets.token_urlsafe(16), "command": {"kind": "series.close", "series": prior}}
    asked = [asyncio.create_task(at_desk.ask("view", move)) for move in moves]
    closed = asyncio.create_task(at_desk.ask("op", close))
    assert [answer["ok"] for answer in await asyncio.gather(*asked)] == [True] * 3
    assert (await closed)["ok"]


async def test_a_page_that_asks_while_the_view_moves_on_is_told_the_tail(
    doctor: Visitor, patient: Visitor
):  # R51
    at_desk, on_phone = await doctor.enter(), await patient.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    known = {name: on_phone.snapshot[name] for name in ("epoch", "revision", "head")}
    asked = []
    for number in range(60):
        asked.append(asyncio.create_task(at_desk.ask("view", window(snapshot, float(number)))))
        if number % 6 == 0:
            assert (await on_phone.ask("sync", known))["kind"] == "tail"
    assert all(answer["ok"] for answer in await asyncio.gather(*asked))


async def test_what_a_socket_showed_and_was_still_looked_up_when_it_went_is_not_shown_later(
    doctor: Visitor, valkey: Valkey
):  # I5 R44
    at_desk = await doctor.enter()
    assert (await at_desk.ask("op", take()))["ok"]
    snapshot = {**at_desk.snapshot, "lead": {"fence": at_desk.snapshot["lead"]["fence"] + 1}}
    moves = [window(snapshot, float(number)) for number in (77, 78)]
    moves[0]["change"]["shown"] = at_desk.snapshot["panes"]["0"]["shown"]
    await asyncio.sleep(1.1)  # what was looked up before is not believed any more
    assert valkey.pid is not None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        for move in moves:
            await at_desk.client.emit("view", move)
        await asyncio.sleep(0.2)
        await at_desk.client.disconnect()
        await asyncio.sleep(0.2)
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    again = await doctor.enter()
    await asyncio.sleep(0.3)
    now = await doctor.json(f"/api/rooms/{doctor.room}/snapshot")
    assert now["view_revision"] == snapshot["view_revision"]
    assert (await again.ask("view", window(snapshot, 79.0)))["ok"]


async def test_a_view_that_comes_late_on_a_line_its_page_has_left_is_refused(doctor: Visitor):  # R48
    left, now = await doctor.enter(), await doctor.enter()
    first = {**window(now.snapshot, 10), "page": "page-of-the-doctor", "n": 1}
    newer = {**window(now.snapshot, 20), "page": "page-of-the-doctor", "n": 2}
    assert (await now.ask("view", newer))["ok"]
    assert (await left.ask("view", first))["code"] == "STALE"
    snapshot = await doctor.json(f"/api/rooms/{doctor.room}/snapshot")
    assert snapshot["panes"]["0"]["window"]["center"] == 20


async def test_nobody_is_present_before_he_has_asked_what_he_lacks(doctor: Visitor, patient: Visitor):  # I9
    at_desk, on_phone = await doctor.enter(), await patient.connect()
    await on_phone.client.emit("presence", {"n": 1})
    assert (await on_phone.ask("sync", {}))["ok"]
    await on_phone.client.emit("presence", {"n": 2})
    numbers = []
    while 2 not in numbers:
        people = (await at_desk.next("presence"))["people"]
        numbers += [one["n"] for one in people if one["connection"] == on_phone.welcome["connection"]]
    assert numbers == [2]


async def test_a_role_that_changed_where_nobody_here_heard_it_holds_from_the_first_question_on(
    standing: Standing, doctor: Visitor, patient: Visitor
):  # R1 R18
    path = f"/api/rooms/{patient.room}/series"
    async with Rooms.open(standing.redis_url, process="elsewhere", listener=Ear()) as elsewhere:
        room = RoomId(patient.room)
        [grant] = [cookie for cookie in doctor.http.cookie_jar if cookie.key.endswith(doctor.grant)]
        host = await elsewhere.member(room, GrantId(doctor.grant), grant.value)
        made = await elsewhere.invite(room, "host")
        async with Visitor.at(standing.url) as colleague:
            await colleague.join(room, made.secret, "Dr. Adams")
            assert await colleague.json(path)  # this process holds for a second that she is a host
            demoted = PersonRole(principal=colleague.principal, role="observer")
            await elsewhere.do(host, op(demoted))
            socket = await colleague.connect()
            assert (await socket.ask("sync", {}))["ok"]
            await elsewhere.do(host, op(RoomEnd()))
            assert (await socket.next("farewell"))["code"] == "ROOM_ENDED"


async def test_who_was_removed_where_nobody_here_heard_it_hears_nothing(
    standing: Standing, doctor: Visitor, patient: Visitor
):  # I9 I10 R26
    async with Rooms.open(standing.redis_url, process="elsewhere", listener=Ear()) as elsewhere:
        room = RoomId(patient.room)
        [grant] = [cookie for cookie in doctor.http.cookie_jar if cookie.key.endswith(doctor.grant)]
        host = await elsewhere.member(room, GrantId(doctor.grant), grant.value)
        await patient.json(f"/api/rooms/{patient.room}/series")
        await elsewhere.do(host, op(PersonRemove(principal=patient.principal)))
        socket = await patient.connect()
        assert (await socket.ask("sync", {}))["code"] == "DENIED"
        await socket.gone.wait()
        assert set(socket.heard) == {"welcome", "farewell"}


async def test_snapshots_and_joins_have_a_measure(standing: Standing, doctor: Visitor):
    path = f"/api/rooms/{doctor.room}/snapshot"
    statuses = [(await doctor.get(path)).status for _ in range(40)]
    assert statuses[:20] == [200] * 20
    assert 429 in statuses
    secret = standing.room.host.secret
    joins = [(await doctor.post_join(doctor.room, secret, "Dr. Weber"))[0] for _ in range(25)]
    assert joins[:15] == [200] * 15
    assert joins[-1] == 429
