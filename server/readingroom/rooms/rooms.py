"""Rooms: what transport calls. Commands go through the one script; what happens goes to the listener."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager

from readingroom.errors import (
    NoSuchRoom,
    NotSaved,
    OpIdReused,
    ReadingRoomError,
    StateLost,
    StoreUnreachable,
)
from readingroom.protocol import (
    FIRST_USE_S,
    Op,
    OpAccepted,
    PaneView,
    PresenceFrame,
    PresenceUpdate,
    Role,
    Snapshot,
    SyncLost,
    SyncRequest,
    SyncSnapshot,
    SyncTail,
    ViewAccepted,
    ViewChange,
    ViewCommand,
)
from readingroom.rooms import canonical, catching_up, durability, script, settling
from readingroom.rooms.admissions import Admissions
from readingroom.rooms.arguments import Argument
from readingroom.rooms.attention import Attention
from readingroom.rooms.invitations import Admission, Grant, Invitation, Member, opaque
from readingroom.rooms.lifetimes import Lifetime, Lifetimes
from readingroom.rooms.listener import Listener
from readingroom.rooms.pacing import Pacing
from readingroom.rooms.presence import Presence
from readingroom.rooms.recent import Recent
from readingroom.rooms.room import snapshot as snapshot_of
from readingroom.rooms.rows import RoomFacts
from readingroom.rooms.saving import Saving
from readingroom.rooms.settling import NOTHING_ADDED, Added
from readingroom.rooms.store import RoomStore
from readingroom.rooms.tailer import Tailer
from readingroom.rooms.wakefulness import Wakefulness
from readingroom.rooms.writer import Writer
from readingroom.values import ConnectionId, GrantId, RoomId, SeriesKey, SeriesRef

log = logging.getLogger(__name__)

FREEZE_TRIES = 30
START_TIMEOUT_S = 2.0
RENEW_S = 2.0
STATE_S = 5.0
"""How often pages are told what they should have (R56)."""
STATE_LOOK_S = 0.1


Unused = Callable[[Collection[SeriesRef]], Awaitable[None]]
FOREVER = Lifetime()


async def keep(_series: Collection[SeriesRef]) -> None:
    """What no room has open any more stays as it is."""


def monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Rooms:
    """All rooms of one store, as one process sees them."""

    def __init__(
        self,
        redis_url: str,
        *,
        process: str,
        listener: Listener,
        weak_durability: bool = False,
        now_ms: Callable[[], int] = monotonic_ms,
        lifetime: Lifetime = FOREVER,
        unused: Unused = keep,
    ) -> None:
        self._process = process
        self._weak_durability = weak_durability
        self._saving = Saving(self._probe, listener.saving)
        self._store = RoomStore(redis_url, self._saving.failed)
        self._writer = Writer(redis_url, self._saving.failed)
        self._listener = Attention(listener, self._forget)
        self._tailer = Tailer(redis_url, process, self._store, self._listener, self._freeze)
        self._pacing = Pacing(self._move)
        self._wakefulness = Wakefulness(self._catch_up_here, self._listener.awake)
        self._presence = Presence(redis_url, process, listener, now_ms, self._saving.failed)
        self._now_ms = now_ms
        self._watching: Counter[RoomId] = Counter()
        self._lifetimes = Lifetimes(
            process, lifetime, store=self._store, write=self._write, offer=self._tailer.offer, unused=unused
        )
        self._admissions = Admissions(self._store, self._saving, self._write)
        self._series: Recent[RoomId, dict[SeriesKey, SeriesRef]] = Recent()
        self._renewed: dict[RoomId, tuple[int, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        redis_url: str,
        *,
        process: str,
        listener: Listener,
        weak_durability: bool = False,
        now_ms: Callable[[], int] = monotonic_ms,
        lifetime: Lifetime = FOREVER,
        unused: Unused = keep,
    ) -> AsyncIterator[Rooms]:
        """Rooms on this store until the block ends. StoreUnreachable, WeakDurability (R70).

        `unused` is told which series no room has open any more once a room was deleted.
        """
        rooms = cls(
            redis_url,
            process=process,
            listener=listener,
            weak_durability=weak_durability,
            now_ms=now_ms,
            lifetime=lifetime,
            unused=unused,
        )
        try:
            await rooms._probe()
            rooms._run(lifetime)
            yield rooms
        finally:
            await rooms._close()

    # --- rooms and people ---------------------------------------------------------------------------------
    async def create(
        self,
        series: Mapping[SeriesKey, SeriesRef],
        view: PaneView,
        *,
        patient: str = "",
        of_others: Collection[SeriesKey] = (),
    ) -> RoomId:
        """A new room for one patient that shows `view` of these series. NotSaved.

        `patient` is an opaque name of his, compared when further series are opened; `of_others` are series
        that are not his (R17).
        """
        made = RoomId(opaque())
        opened = {key: (ref, key in of_others) for key, ref in series.items()}
        await self._write(made, script.create(opaque(), patient, opened, settling.settled_pane(view)))
        return made

    async def patient(self, room: RoomId) -> str:
        """The opaque name of the patient a room is for. NoSuchRoom, StoreUnreachable."""
        return await self._store.patient(room)

    async def exists(self, room: RoomId) -> bool:
        """Whether there is such a room. StoreUnreachable."""
        try:
            return await self._store.exists(room)
        except NoSuchRoom:
            return False

    async def series(self, room: RoomId) -> dict[SeriesKey, SeriesRef]:
        """The series open in a room, at most 1 s old. NoSuchRoom, StoreUnreachable."""
        return await self._series.get(room, lambda: self._store.series(room))

    async def invite(
        self,
        room: RoomId,
        role: Role,
        *,
        lifetime_s: int = FIRST_USE_S,
        name: str | None = None,
        by: Member | None = None,
    ) -> Invitation:
        """A new link for one person (R20); `by` None: by the operator.

        NoSuchRoom, Limit, NotSaved, BadRequest for a bad name; Denied, Forbidden for who is no host any more.
        """
        return await self._admissions.invite(room, role, lifetime_s, name, by)

    async def invitations(self, room: RoomId) -> tuple[dict[GrantId, Grant], int]:
        """Every invitation that is kept, and the store's time in ms. NoSuchRoom, StoreUnreachable."""
        return await self._store.grants(room)

    async def revoke(self, room: RoomId, grant: GrantId, *, by: Member) -> None:
        """Take back a link that nobody has used (R27).

        NoSuchInvitation, InvitationUsed, NotSaved; Denied, Forbidden for who is no host any more.
        """
        await self._admissions.revoke(room, grant, by)

    async def invitation(self, room: RoomId, secret: str) -> GrantId:
        """The grant a link's secret belongs to. LinkUnknown, LinkExpired, StoreUnreachable."""
        return await self._admissions.invitation(room, secret)

    async def admit(self, room: RoomId, secret: str, name: str | None, token: str | None) -> Admission:
        """Use a link (R21-R24). LinkUnknown, LinkExpired, LinkUsed, BadRequest for a bad name, NotSaved."""
        admission, entries = await self._admissions.admit(room, secret, name, token)
        self._tailer.offer(room, entries)
        return admission

    async def member(self, room: RoomId, grant: GrantId, token: str) -> Member:
        """Who this grant and token are, at most 1 s old (R25). Denied, NoSuchRoom, StoreUnreachable."""
        return await self._admissions.member(room, grant, token)

    # --- their life ---------------------------------------------------------------------------------------
    async def all(self) -> AsyncIterator[RoomFacts]:
        """Every room, as an operator sees it. StoreUnreachable."""
        async for room in self._store.rooms():
            try:
                yield await self._store.facts(room)
            except NoSuchRoom:
                continue

    async def end(self, room: RoomId) -> bool:
        """End a room; False if it had ended. NoSuchRoom, NotSaved."""
        return await self._lifetimes.end(room)

    async def delete(self, room: RoomId) -> frozenset[SeriesRef]:
        """Delete a room with all that was said in it (R81); the series it had open. NoSuchRoom, NotSaved."""
        return await self._lifetimes.delete(room)

    # --- commands -----------------------------------------------------------------------------------------
    async def do(self, member: Member, op: Op, added: Added = NOTHING_ADDED) -> OpAccepted:
        """Change the document; answered when it is on disk. `added` is what the server knows of it (R13).

        Refusals: SPEC.md R1-R6; OtherPatient, NotSaved, StateLost.
        """
        settled = op.model_copy(update={"command": settling.settled(op.command)})
        logged = settling.logged(settled.command, added, epoch=opaque())
        answer = await self._write(member.room, script.op(member, settled, logged))
        if len(answer) > 1:
            entry = script.written(answer[1], member.principal, op.op_id, logged)
            self._tailer.offer(member.room, [entry])
        return OpAccepted(revision=int(script.bytes_of(answer[0])))

    async def answered(self, member: Member, op: Op) -> OpAccepted | None:
        """What this op was answered if it was done (R2), else None. OpIdReused, StoreUnreachable."""
        done = await self._store.done(member.room, member.principal, op.op_id)
        if done is None:
            return None
        sent, revision = done
        if sent != canonical.payload_hash(canonical.command(settling.settled(op.command))):
            raise OpIdReused()
        return OpAccepted(revision=revision)

    async def move(self, member: Member, command: ViewCommand) -> ViewAccepted:
        """Move the shared view (R40, R44). Stale, Forbidden, NoSuchSeries, RoomEnded, NotSaved, StateLost."""
        return ViewAccepted(view_revision=await self._pacing.move(member, settling.settled_view(command)))

    async def _move(self, member: Member, command: ViewCommand) -> int:
        answer = await self._write(member.room, script.view(member, command))
        revision = int(script.bytes_of(answer[0]))
        told = ViewChange(
            fence=command.fence,
            view_revision=revision,
            by=member.principal,
            pane=command.pane,
            change=command.change,
            layout=command.layout,
        )
        self._tailer.offer_view(member.room, told)
        return revision

    # --- catching up --------------------------------------------------------------------------------------
    def watch(self, room: RoomId) -> None:
        """Tell the listener about this room until `unwatch` was called as often."""
        self._watching[room] += 1
        self._tailer.follow(room)
        if self._watching[room] == 1:
            self._presence.watch(room)

    def unwatch(self, room: RoomId) -> None:
        """The other half of `watch`."""
        self._watching[room] -= 1
        if self._watching[room] <= 0:
            del self._watching[room]
            self._renewed.pop(room, None)
            self._tailer.unfollow(room)
            self._presence.unwatch(room)

    @property
    def watched(self) -> int:
        """How many rooms this process tells its listener about."""
        return len(self._watching)

    async def snapshot(self, room: RoomId) -> Snapshot:
        """The whole room at one revision. NoSuchRoom, StoreUnreachable."""
        _, state, view = await self._store.whole(room)
        return snapshot_of(state, view)

    async def shown(self, room: RoomId) -> Mapping[str, PaneView]:
        """What the panes of a room show now. NoSuchRoom, StoreUnreachable."""
        _, view = await self._store.view(room)
        return view.panes

    async def admitted(self, member: Member) -> Role:
        """The role of somebody in a watched room now; whatever becomes of it later, listeners are told.

        Denied for who is not admitted any more (R1), RoomEnded (R18), NoSuchRoom, StoreUnreachable.
        """
        await self._tailer.started(member.room, START_TIMEOUT_S)
        return (await self._store.admitted(member)).role

    async def catch_up(self, member: Member, request: SyncRequest) -> SyncTail | SyncSnapshot | SyncLost:
        """What a page lacks (R51-R53). Denied for who is not admitted any more (R1), RoomEnded (R18).

        It is as new as what listeners had been told when this was called: a socket that is in the fan-out by
        then misses nothing, and what it hears meanwhile may be newer than the answer.
        """
        room = member.room
        followed = await self._tailer.started(room, START_TIMEOUT_S)
        told = followed.revision if followed is not None else 0
        at, entries, view = await self._store.tail(
            room, request.revision, catching_up.TAIL_LIMIT + 1, reader=member
        )
        if at.revision < told or (followed is not None and followed.lost):
            return SyncLost(revision=at.revision)  # listeners were told what the store does not know
        return catching_up.answer(request, at, entries, view)

    # --- presence -----------------------------------------------------------------------------------------
    def present(self, member: Member, connection: ConnectionId, update: PresenceUpdate) -> None:
        """A heartbeat of a connection of this process; the holder's also keeps his lead (R43)."""
        self._presence.put(member, connection, update)
        at = self._tailer.at(member.room)
        if at is None or not at.live or at.holder != member.principal:
            return
        fence, when = self._renewed.get(member.room, (-1, 0))
        now = self._now_ms()
        if fence != at.fence or now - when >= RENEW_S * 1000:
            self._renewed[member.room] = (at.fence, now)
            self._start(self._renew(member, at.fence))

    def absent(self, member: Member, connection: ConnectionId) -> None:
        """A connection of this process has closed."""
        self._presence.drop(member.room, connection)

    def presence(self, room: RoomId) -> PresenceFrame:
        """Everybody in a room this process watches."""
        return self._presence.full(room)

    def asleep(self) -> bool:
        """Whether this process has slept and not caught up yet: nothing must be told or shown (R55)."""
        return self._wakefulness.asleep()

    @property
    def naps(self) -> int:
        """How often it slept so far."""
        return self._wakefulness.naps

    def expect_saving(self) -> None:
        """Raises NotSaved when nothing can be saved now: what would be asked before a change is in vain."""
        if not self._saving.now:
            raise NotSaved()

    async def ready(self) -> bool:
        """Whether the store answers and saves."""
        try:
            await self._store.ping()
        except StoreUnreachable:
            return False
        return self._saving.now

    # --- inside -------------------------------------------------------------------------------------------
    async def _write(self, room: RoomId, arguments: Sequence[Argument]) -> list[object]:
        at = self._tailer.at(room)
        if at is not None and at.lost:
            raise StateLost()
        self.expect_saving()
        try:
            return await self._writer.run_script(room, arguments)
        except StoreUnreachable as refusal:
            raise NotSaved() from refusal

    async def _tell_states(self) -> None:
        """Each watched room every STATE_S, counted from when it was first watched, which spreads them."""
        due: dict[RoomId, float] = {}
        while True:
            now = time.monotonic()
            due = {room: due.get(room, now + STATE_S) for room in self._watching}
            for room in [room for room, at in due.items() if at <= now]:
                due[room] = now + STATE_S
                if (told := self._tailer.hash_of(room)) is not None:
                    self._listener.state(room, told)
                await asyncio.sleep(0)
            await asyncio.sleep(STATE_LOOK_S)

    async def _catch_up_here(self) -> None:
        """After a nap: every followed room is told up to what the store has now."""
        while True:
            try:
                await self._tailer.abreast()
                return
            except StoreUnreachable:
                await self._saving.again(START_TIMEOUT_S)

    def _forget(self, room: RoomId) -> None:
        """What is held of this room may be wrong by now."""
        self._series.forget(lambda key: key == room)
        self._admissions.forget(room)

    def _freeze(self, room: RoomId, epoch: str) -> None:
        """What was told of it under this epoch is lost (R53)."""
        self._start(self._write_frozen(room, epoch))

    async def _write_frozen(self, room: RoomId, epoch: str) -> None:
        for _ in range(FREEZE_TRIES):
            try:
                await self._writer.run_script(room, script.freeze(epoch))
                return
            except NoSuchRoom:
                return
            except StoreUnreachable:
                await self._saving.again(START_TIMEOUT_S)
        log.error("room not frozen", extra={"room": room})

    async def _renew(self, member: Member, fence: int) -> None:
        try:
            await self._write(member.room, script.renew(member.principal, fence))
        except ReadingRoomError:
            self._renewed.pop(member.room, None)

    async def _probe(self) -> None:
        """The store answers, is durable, knows the script, and can write."""
        await self._store.ping()
        if not self._weak_durability:
            durability.check(await self._store.settings())
        await self._store.load_script()
        await self._store.write_something(self._process)

    def _run(self, lifetime: Lifetime) -> None:
        for loop in (
            self._saving.run(),
            self._writer.run(),
            self._tailer.run(),
            self._presence.tell(),
            self._presence.sweep(),
            self._presence.send(),
            self._presence.hear(),
            self._presence.subscribe(),
            self._tell_states(),
            self._wakefulness.look(),
            self._wakefulness.run(),
            *([] if lifetime == FOREVER else [self._lifetimes.run()]),
        ):
            self._start(loop)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What we started mends what it can; if a loop ends by itself, rooms cannot be kept."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a loop of the rooms ended", exc_info=error)
            self._saving.failed(time.monotonic())

    async def _close(self) -> None:
        while self._tasks:  # again: redis-py swallows a cancellation that meets it connecting
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.1)
        await self._pacing.close()
        await self._presence.close()
        await self._tailer.close()
        await self._writer.close()
        await self._store.close()
