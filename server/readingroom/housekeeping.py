"""`readingroom rooms`: what an operator does with rooms: see which there are, end one, delete one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from readingroom.app import dropping, join_store
from readingroom.imaging.library import Library
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.rows import RoomFacts
from readingroom.settings import Settings
from readingroom.transport.fanout import Fanout
from readingroom.values import RoomId

COLUMNS = ("room", "opened", "last touched", "state", "people", "changes")


async def list_rooms(settings: Settings, *, as_json: bool) -> None:
    """Print every room, the one touched last first. StoreUnreachable, WeakDurability."""
    async with _rooms(settings) as rooms:
        found = sorted([facts async for facts in rooms.all()], key=lambda facts: -facts.touched_ms)
    if as_json:
        print(json.dumps([_plain(facts) for facts in found], indent=2))
    elif not found:
        print("There are no rooms.")
    else:
        print(_table([COLUMNS, *(_row(facts) for facts in found)]))


async def end_room(settings: Settings, room: RoomId) -> None:
    """End a consultation; its host can open it again. NoSuchRoom, NotSaved."""
    async with _rooms(settings) as rooms:
        print("The room has ended." if await rooms.end(room) else "The room had ended before.")


async def delete_room(settings: Settings, room: RoomId, *, with_studies: bool, sure: bool) -> None:
    """Delete a room; `with_studies`, also the studies no other room has open. NoSuchRoom, NotSaved."""
    async with _rooms(settings) as rooms:
        if not sure and not _confirmed(room, with_studies=with_studies):
            print("Nothing was deleted.")
            return
        gone = await rooms.delete(room)
        print("The room is deleted.")
        if not with_studies:
            return
        used = {ref.study for facts in [one async for one in rooms.all()] for ref in facts.series}
        library = Library(settings.studies_folder)
        for study in sorted({ref.study for ref in gone} - used):
            shutil.rmtree(library.folder(study), ignore_errors=True)
            print(f"Study {study} is deleted.")


def _confirmed(room: RoomId, *, with_studies: bool) -> bool:
    what = "all that was said and drawn in it" + (", and its studies" if with_studies else "")
    print(f"Delete room {room} with {what}? This cannot be undone. Type yes: ", end="", flush=True)
    return sys.stdin.readline().strip().lower() == "yes"


@asynccontextmanager
async def _rooms(settings: Settings) -> AsyncIterator[Rooms]:
    async with (
        join_store(settings) as redis_url,
        Rooms.open(
            redis_url,
            process="operator",
            listener=Fanout(),
            weak_durability=settings.weak_durability,
            unused=dropping(settings),
        ) as rooms,
    ):
        yield rooms


def _plain(facts: RoomFacts) -> dict[str, Any]:
    return {
        "room": facts.room,
        "opened_ms": facts.created_ms,
        "touched_ms": facts.touched_ms,
        "ended": facts.ended,
        "people": facts.people,
        "changes": facts.revision,
    }


def _row(facts: RoomFacts) -> tuple[str, ...]:
    state = "ended" if facts.ended else "open"
    moments = (_moment(facts.created_ms), _moment(facts.touched_ms))
    return (facts.room, *moments, state, str(facts.people), str(facts.revision))


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
