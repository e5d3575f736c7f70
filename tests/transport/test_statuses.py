"""Every refusal has a way out: a status over HTTP, or a reason why it never gets there."""

from __future__ import annotations

from readingroom.errors import FileRefused, ReadingRoomError
from readingroom.transport.statuses import RETRY_AFTER_S, STATUSES

BY_SOCKET_ALONE = {
    *("STALE", "GONE", "NOT_OWNER", "EXISTS", "OP_ID_REUSED", "LEAD_TAKEN", "NOT_HERE", "REMOVED"),
    *("CONFLICT", "NOTHING_TO_UNDO", "NOT_A_QUESTION", "NOT_LOST"),
}
"""Answers to `op` and `view`."""
BY_COMMAND_LINE_ALONE = {
    *("WEAK_DURABILITY", "BAD_SETTING", "INSECURE_PLACE", "PORT_TAKEN", "PAGE_MISSING", "WORKERS_FAILED"),
}
IN_A_LINE_OF_AN_IMPORT = {"BAD_ARCHIVE"}
"""Told when the answer has begun."""
OUR_MISTAKE = {"INTERNAL"}


def kinds(base: type[ReadingRoomError]) -> set[type[ReadingRoomError]]:
    """A class and all that are made from it."""
    return {base}.union(*(kinds(kind) for kind in base.__subclasses__()))


def test_every_code_has_a_status_or_a_place_where_it_stays():
    of_files = {kind.code for kind in kinds(FileRefused)}  # kept in the study's index, never an answer
    elsewhere = BY_SOCKET_ALONE | BY_COMMAND_LINE_ALONE | IN_A_LINE_OF_AN_IMPORT | OUR_MISTAKE | of_files
    assert {kind.code for kind in kinds(ReadingRoomError)} == set(STATUSES) | elsewhere
    assert not set(STATUSES) & elsewhere


def test_no_two_refusals_share_a_code():
    codes = [kind.code for kind in kinds(ReadingRoomError)]
    assert len(codes) == len(set(codes))


def test_what_may_be_asked_again_says_when():
    soon = {code for code, status in STATUSES.items() if status in (429, 503)}
    assert soon == set(RETRY_AFTER_S)
