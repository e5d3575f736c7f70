"""What a socket may ask of its room: `op`, `view` and `sync`, with what the library adds to them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from readingroom.errors import Denied, Forbidden, ReadingRoomError, StoreUnreachable
from readingroom.protocol import (
    AnnotationCreate,
    AnnotationUpdate,
    Command,
    KeyImageAdd,
    LeadGive,
    LeadTake,
    Op,
    PaneView,
    RoomEnd,
    SeriesClose,
    SeriesOpen,
    ShownStack,
    SyncRequest,
    ViewCommand,
    Wire,
)
from readingroom.rooms.invitations import Member
from readingroom.rooms.rooms import Rooms
from readingroom.rooms.settling import NOTHING_ADDED, Added
from readingroom.transport.auth import open_series
from readingroom.transport.connections import Connection
from readingroom.transport.fanout import Fanout, frame
from readingroom.transport.measuring import Measuring
from readingroom.transport.shelf import Shelf
from readingroom.values import SeriesRef, StudyId

ENDS_VIEWS = LeadGive | LeadTake | SeriesClose | RoomEnd
"""After these a view command that was true before is refused."""


class RoomEvents:
    """Each method answers one event; refusals are raised."""

    def __init__(self, *, rooms: Rooms, fanout: Fanout, shelf: Shelf, measuring: Measuring) -> None:
        self._rooms = rooms
        self._fanout = fanout
        self._shelf = shelf
        self._measuring = measuring

    async def op(self, connection: Connection, op: Op) -> Wire:
        member = connection.member
        self._rooms.expect_saving()
        if isinstance(op.command, ENDS_VIEWS) and connection.views:
            await asyncio.wait(connection.views)  # asked before it, and to be refused after it
        try:
            added = await self._added(member, op.command)
        except StoreUnreachable:
            raise
        except ReadingRoomError:
            # Sent again because its answer was lost, it may name what has been closed meanwhile (R2).
            if (answer := await self._rooms.answered(member, op)) is None:
                raise
            return answer
        return await self._rooms.do(member, op, added)

    async def view(self, connection: Connection, command: ViewCommand) -> Wire:
        self._rooms.expect_saving()
        visit, placed = connection.visit, asyncio.get_running_loop().create_future()
        before, visit.last_view = visit.last_view, placed
        try:
            try:
                if (shown := command.change.shown) is not None:
                    await self._check_shown(connection.member, shown.series, shown.stack)
            finally:  # what he sent before goes before, however long a check takes, also on another socket
                if before is not None:
                    await before
        finally:
            # Heard of when `move` below waits for the first time: then this command has its place.
            placed.set_result(None)
        if connection.gone:  # he may have gone on elsewhere since, from what he has seen there
            raise Denied()
        return await self._rooms.move(connection.member, command)

    async def sync(self, connection: Connection, request: SyncRequest) -> Wire:
        member = connection.member
        transport = connection.websocket.transport
        if connection.synced or connection.gone or transport is None:
            return await self._rooms.catch_up(member, request)
        # He was let in by what was known up to a second ago; from here on changes of it are heard of.
        role = await self._rooms.admitted(member)
        if connection.gone or transport.is_closing():
            raise Denied()
        if connection.member is member:
            connection.member = replace(member, role=role)
        # Before the store is read: what is accepted meanwhile reaches the page twice rather than never.
        connection.synced = True
        self._fanout.add(member.room, connection.id, transport)
        transport.write(frame("presence", self._rooms.presence(member.room)))
        try:
            return await self._rooms.catch_up(member, request)
        except ReadingRoomError:
            connection.synced = False
            self._fanout.remove(member.room, connection.id)
            self._rooms.absent(member, connection.id)
            raise

    async def _added(self, member: Member, command: Command) -> Added:
        """What the library and the voxels know of a command (R13)."""
        match command:
            case AnnotationCreate(mark=mark) | AnnotationUpdate(mark=mark):
                ref = await open_series(self._rooms, member, mark.series)
                await self._shelf.check_stack(ref, mark.stack)
                return await self._measuring.of_mark(member, ref, mark)
            case KeyImageAdd(view=PaneView(shown=ShownStack(series=series, stack=stack))):
                await self._check_shown(member, series, stack)
                return NOTHING_ADDED
            case SeriesOpen() if member.role != "host":
                raise Forbidden()
            case SeriesOpen(study=study, number=number):
                patient = await self._shelf.patient(SeriesRef(StudyId(study), number))
                return Added(other_patient=patient != await self._rooms.patient(member.room))
            case _:
                return NOTHING_ADDED

    async def _check_shown(self, member: Member, series: str, stack: int) -> None:
        await self._shelf.check_stack(await open_series(self._rooms, member, series), stack)
