"""A room that an older version kept goes on: its rows are read, changed and taken back."""

from __future__ import annotations

import json

import pytest
import redis.asyncio as redis

from readingroom.errors import NothingToUndo
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.rooms import Rooms
from tests.rooms.people import arrow, consultation, create, delete, hide, mark_id, undo, update

MARK_OF_VERSION_1 = json.dumps(
    {
        "series": "chest",
        "shape": arrow(3).shape.model_dump(mode="json"),
        "stack": 0,
    },
    sort_keys=True,
    separators=(",", ":"),
)


async def test_a_mark_of_version_1_can_be_changed_and_taken_back(rooms: Rooms, raw: redis.Redis):  # I1
    here = await consultation(rooms)
    kept, removed = mark_id(), mark_id()
    names = RoomKeys.of(here.room)
    await raw.hset(names.doc, f"a:{kept}", f"{here.patient.principal} 4 1 {MARK_OF_VERSION_1}")
    await raw.hset(names.doc, f"a:{removed}", f"{here.patient.principal} 5 0 ")
    await raw.hdel(names.meta, "touched", "patient")
    await raw.hset(names.meta, "live", "1")
    found = {mark.id: mark for mark in (await rooms.snapshot(here.room)).annotations}
    assert found[kept].mark.shape == arrow(3).shape
    assert found[removed].deleted
    with pytest.raises(NothingToUndo):
        await rooms.do(here.patient, undo())
    await rooms.do(here.doctor, hide(kept))
    await rooms.do(here.doctor, hide(kept, hidden=False))
    await rooms.do(here.patient, update(kept, arrow(4)))
    await rooms.do(here.patient, delete(kept))
    for _ in range(2):
        await rooms.do(here.patient, undo())
    found = {mark.id: mark for mark in (await rooms.snapshot(here.room)).annotations}
    assert found[kept].mark.shape == arrow(3).shape
    await rooms.do(here.patient, create(mark_id()))
