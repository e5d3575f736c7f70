"""The one reader of a process: a single blocking XREAD over the streams of all rooms it watches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence

from readingroom.errors import NoSuchRoom, ReadingRoomError, StoreUnreachable
from readingroom.protocol import LogEntry, StateHash, ViewChange
from readingroom.rooms import keys, line, room, rows, view
from readingroom.rooms.followed import Followed
from readingroom.rooms.keys import RoomKeys
from readingroom.rooms.listener import Listener
from readingroom.rooms.store import RoomStore
from readingroom.values import RoomId

log = logging.getLogger(__name__)

BLOCK_MS = 1_000
SILENCE_S = 3.0
"""A read that has not returned by then hangs on a dead line."""
COUNT = 500
BREATH_S, BREATH_A_ROOM_S, LONGEST_BREATH_S = 0.001, 0.000_02, 0.008
"""After a read a pause, so that the next one brings more: each has the store look at every room's streams."""
OWN_BREATH_S = 0.025
"""The longest pause after a read that brought only what this process wrote itself, which was told already."""
BACKOFF_S, BACKOFF_LIMIT_S = 0.05, 0.25

Items = Sequence[tuple[bytes, rows.Hash]]


class Tailer:
    """Tells `listener` what happens in followed rooms, in order, once, without a gap (R50)."""

    def __init__(
        self,
        url: str,
        process: str,
        reads: RoomStore,
        listener: Listener,
        freeze: Callable[[RoomId, str], None],
    ) -> None:
        self._client = line.client(url, timeout_s=None)
        self._wake = keys.wake(process)
        self._woken = b"0"
        self._store = reads
        self._listener = listener
        self._freeze = freeze
        self._rooms: dict[RoomId, Followed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._told = asyncio.Event()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def follow(self, room: RoomId) -> None:
        """Tell this room from now on; the start is read at once, and again until that works.

        What was lost is begun anew with whoever comes after it.
        """
        known = self._rooms.get(room)
        if known is None or known.lost:
            followed = self._rooms[room] = Followed(room, RoomKeys.of(room))
            task = asyncio.create_task(self._start(followed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def unfollow(self, room: RoomId) -> None:
        self._rooms.pop(room, None)
        self._told.set()

    def at(self, room: RoomId) -> Followed | None:
        """How far a followed room has been told; None if it is not followed or its start is not read yet."""
        followed = self._rooms.get(room)
        return followed if followed and followed.known.is_set() else None

    def hash_of(self, room: RoomId) -> StateHash | None:
        """The state hash of a room that is told here (R56)."""
        followed = self._rooms.get(room)
        if followed is None or not followed.live:
            return None
        return followed.hashes.of(followed.state, followed.view)

    async def started(self, room: RoomId, timeout_s: float) -> Followed | None:
        """Wait for the start of a followed room; None if it is not followed. StoreUnreachable, NoSuchRoom."""
        followed = self._rooms.get(room)
        if followed is None:
            return None
        try:
            async with asyncio.timeout(timeout_s):
                await followed.known.wait()
        except TimeoutError:
            raise StoreUnreachable(reason="no connection") from None
        if not followed.exists:
            raise NoSuchRoom()
        return followed

    async def abreast(self) -> None:
        """Wait until every followed room is told up to where it stands now. StoreUnreachable."""
        for followed in [one for one in self._rooms.values() if one.live]:
            try:
                at = await self._store.standing(followed.room)
            except NoSuchRoom:
                continue
            while self._rooms.get(followed.room) is followed and followed.live and not followed.has(at):
                self._told.clear()
                await self._told.wait()

    def offer(self, room: RoomId, entries: Iterable[LogEntry]) -> None:
        """Entries this process wrote itself: told at once if they come next, else left to the stream."""
        followed = self._rooms.get(room)
        if followed and followed.live:
            self._tell(followed, [entry for entry in entries], gaps=True)

    def offer_view(self, room: RoomId, change: ViewChange) -> None:
        """A view change this process wrote itself; as `offer`."""
        followed = self._rooms.get(room)
        if followed and followed.live and change.view_revision == followed.view_revision + 1:
            self._tell_view(followed, change)

    async def run(self) -> None:
        """Read and tell, until cancelled; after a break each room is checked before it goes on (R53)."""
        pause = BACKOFF_S
        while True:
            try:
                async with line.dedicated(self._client, self._store.failed) as connection:
                    await self._check()
                    while True:
                        await self._read(connection)
                        pause = BACKOFF_S
            except ReadingRoomError as refusal:
                log.warning("tailer waits", extra={"code": refusal.code, "reason": line.cause(refusal)})
            except Exception:
                log.exception("tailer failed")
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACKOFF_LIMIT_S)

    async def _start(self, followed: Followed) -> None:
        try:
            _, state, shown = await self._store.whole(followed.room)
        except NoSuchRoom:
            followed.exists = False
            followed.known.set()
        except StoreUnreachable:
            log.debug("start of a room not read yet")
        except (ValueError, KeyError):
            log.exception("a room of another version")
            followed.known.set()
            self._give_up(followed)
        else:
            if not followed.known.is_set():
                followed.start(state, shown)
            with contextlib.suppress(StoreUnreachable):
                await self._store.wake(self._wake)

    async def _check(self) -> None:
        """Nothing that was told is gone: the same head at the revision told (R53)."""
        for followed in list(self._rooms.values()):
            if not followed.known.is_set():
                await self._start(followed)
            elif followed.live:
                try:
                    holds = await self._holds(followed)
                except (ValueError, KeyError):
                    log.exception("a log entry of another version")
                    self._give_up(followed)
                    continue
                if not holds:
                    self._lose(followed)

    async def _holds(self, followed: Followed) -> bool:
        revision, head, epoch = followed.revision, followed.state.head, followed.state.epoch
        view_revision = followed.view_revision
        try:
            at, entries, _ = await self._store.tail(followed.room, revision, 1)
        except NoSuchRoom:
            return False
        if at.revision < revision or at.view_revision < view_revision:
            return False
        if revision == 0:
            return at.epoch == epoch or at.revision > 0
        return bool(entries) and entries[0].head == head  # a new epoch alone is an entry still to be told

    async def _read(self, connection: line.Dedicated) -> None:
        for followed in [one for one in self._rooms.values() if not one.known.is_set()]:
            await self._start(followed)
        live = [followed for followed in self._rooms.values() if followed.live]
        logs = {followed.names.log: followed for followed in live}
        views = {followed.names.views: followed for followed in live}
        told = [f"0-{followed.state.revision}" for followed in live]
        told += [f"0-{followed.view.revision}" for followed in live]
        read = ("XREAD", "COUNT", COUNT, "BLOCK", BLOCK_MS, "STREAMS")
        with line.reaching(self._store.failed):
            async with asyncio.timeout(SILENCE_S):
                streams = await connection.ask(*read, self._wake, *logs, *views, self._woken, *told) or ()
        news = False
        for name, items in ((name.decode(), _entries(raw)) for name, raw in streams):
            if name in logs:
                news |= self._hear(logs[name], items)
            elif name in views:
                news |= await self._hear_view(views[name], items)
            else:
                self._woken = items[-1][0]
        if streams:
            breath = BREATH_S + BREATH_A_ROOM_S * len(live)
            await asyncio.sleep(min(LONGEST_BREATH_S, breath) if news else min(OWN_BREATH_S, 3 * breath))

    def _hear(self, followed: Followed, items: Items) -> bool:
        """Whether there was anything to tell."""
        if self._rooms.get(followed.room) is not followed or not followed.live:
            return False
        new = [(id, fields) for id, fields in items if rows.number_of(id) > followed.revision]
        try:
            entries = [rows.entry(id, fields) for id, fields in new]
        except (ValueError, KeyError):
            log.exception("a log entry of another version")
            self._give_up(followed)  # this process cannot go on with this room; with others, and others, can
        else:
            self._tell(followed, entries, gaps=False)
        return bool(new)

    async def _hear_view(self, followed: Followed, items: Items) -> bool:
        news = False
        for id, fields in items:
            if self._rooms.get(followed.room) is not followed or not followed.live:
                break
            if rows.number_of(id) <= followed.view_revision:
                continue  # most are: this process wrote them itself, and told them at once
            news = True
            try:
                change = rows.view_change(id, fields)
            except (ValueError, KeyError):
                log.exception("a view change of another version")
                self._give_up(followed)
                break
            if change.view_revision == followed.view_revision + 1:
                self._tell_view(followed, change)
            else:
                await self._whole_view(followed)
        return news

    async def _whole_view(self, followed: Followed) -> None:
        """The stream was trimmed past what was told: tell every field (R54)."""
        at, shown = await self._store.view(followed.room)
        if shown.revision <= followed.view_revision:
            return
        followed.view = shown
        self._told.set()
        for pane, change in shown.panes.items():
            whole = ViewChange(
                fence=at.fence,
                view_revision=shown.revision,
                by=at.holder or "server",
                pane=int(pane),
                change=change,
                layout=shown.layout,
            )
            self._listener.view(followed.room, whole)

    def _tell(self, followed: Followed, entries: list[LogEntry], *, gaps: bool) -> None:
        following: list[LogEntry] = []
        for entry in entries:
            if entry.revision <= followed.revision:
                continue
            if entry.revision > followed.revision + 1:
                if not gaps:
                    self._lose(followed)
                break
            try:
                followed.state = room.apply(followed.state, entry)
            except (KeyError, ValueError):
                log.exception("a log entry that does not fit the document")
                self._give_up(followed)
                break
            following.append(entry)
        if following:
            self._listener.entries(followed.room, following)
            self._told.set()

    def _tell_view(self, followed: Followed, change: ViewChange) -> None:
        followed.view = view.apply(followed.view, change)
        self._listener.view(followed.room, change)
        self._told.set()

    def _lose(self, followed: Followed) -> None:
        """Its history is not in the store any more: nobody may go on with it unasked."""
        self._freeze(followed.room, followed.state.epoch)
        self._give_up(followed)

    def _give_up(self, followed: Followed) -> None:
        log.error("room lost", extra={"room": followed.room, "revision": followed.revision})
        followed.lost = True
        self._told.set()
        self._listener.lost(followed.room)


def _entries(raw: Iterable[tuple[bytes, Sequence[bytes]]]) -> Items:
    """What XREAD answers of one stream, with each entry's fields by name."""
    return [(id, dict(zip(flat[::2], flat[1::2], strict=True))) for id, flat in raw]
