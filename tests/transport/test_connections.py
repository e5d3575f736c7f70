"""Who is connected here: sockets, their people, and what these have left of their measure."""

from __future__ import annotations

from readingroom.rooms.invitations import Member
from readingroom.transport.connections import RATES, Connections
from readingroom.transport.websocket import Websocket
from readingroom.values import ConnectionId, GrantId, PrincipalId, RoomId


class Server:
    """All that a websocket asks of Engine.IO's server before it is opened."""

    max_http_buffer_size = 1_000


MARIA = Member(RoomId("room"), PrincipalId("maria"), "patient", "Maria", GrantId("grant"), 1)


async def never(_: Websocket) -> None:
    raise AssertionError("nobody opened it")


def comes(connections: Connections, sid: str) -> None:
    connections.add(sid, ConnectionId(sid), MARIA, Websocket(never, Server()))


async def test_a_socket_that_goes_late_takes_no_other_of_its_person_along():
    connections = Connections()
    for sid in ("s1", "s2", "s3", "s4"):
        comes(connections, sid)
    replaced = connections.get("s1")
    assert replaced is not None
    replaced.visit.sids.remove("s1")
    for sid in ("s2", "s3", "s4"):
        connections.pop(sid)
    comes(connections, "s5")
    connections.pop("s1")
    assert connections.of_person(MARIA.room, MARIA.principal) == ["s5"]


async def test_going_and_coming_back_gives_nobody_a_new_measure():
    connections = Connections()
    comes(connections, "s1")
    first = connections.pop("s1")
    assert first is not None
    _, burst = RATES["op"]
    assert [first.visit.buckets["op"].take() for _ in range(int(burst) + 1)][-1] is False
    comes(connections, "s2")
    again = connections.get("s2")
    assert again is not None
    assert not again.visit.buckets["op"].take()
