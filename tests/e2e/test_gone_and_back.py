"""What dies comes back: the server, one of its processes, its store. Nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from playwright.async_api import expect

from readingroom.rooms.embedded import Valkey
from tests.e2e.conftest import Consultation, Guests
from tests.e2e.house import Demo
from tests.e2e.latency import on_another_process
from tests.e2e.person import Person
from tests.e2e.pictures import both_drew, same_size

RECONNECTING = "The connection is gone. Trying again…"
NOT_SAVED = "Nothing can be saved right now"

ARROWS = "[...document.querySelectorAll('.stage-mark')].map((each) => each.dataset.mark)"


@asynccontextmanager
async def demo(folder: Path, environment: dict[str, str] | None = None) -> AsyncIterator[Demo]:
    running = Demo(folder, environment)
    try:
        yield running
    finally:
        await running.stop()


async def both_have_marks(count: int, *people: Person) -> None:
    for person in people:
        await person.has_marks(count)


async def everyone(what: str, *people: Person) -> None:
    for person in people:
        await person.until(what)


async def test_both_come_back_after_the_server_is_killed(guests: Guests, study: Path, tmp_path: Path) -> None:
    async with demo(tmp_path) as server:
        doctor, patient = await guests.both(await server.open(study))
        await same_size(doctor, patient)
        await doctor.draws_arrow()
        await both_have_marks(1, doctor, patient)
        arrow, revision = await doctor.asks(ARROWS), await doctor.asks("readingroom.revision()")
        await server.kill()
        for person in (doctor, patient):
            await person.page.get_by_text(RECONNECTING).wait_for()
        await server.serve_again()
        await everyone("readingroom.connection() === 'live'", doctor, patient)
        for person in (doctor, patient):
            await person.page.get_by_text(RECONNECTING).wait_for(state="hidden")
            assert await person.asks("readingroom.revision()") == revision
            assert await person.asks(ARROWS) == arrow
        before = await doctor.tag()
        await doctor.rests()
        await doctor.turns(1)
        ours, theirs = await both_drew(doctor, patient, before)
        assert np.array_equal(ours, theirs)


async def test_taking_back_without_a_line_is_seen_at_once_and_takes_back_one_mark_only(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.draws_arrow()
    await both_have_marks(1, doctor, patient)
    older = await doctor.asks(ARROWS)
    await doctor.page.context.set_offline(True)
    await doctor.page.get_by_text(RECONNECTING).wait_for()
    await doctor.draws_arrow(dx=60, dy=60)
    await expect(doctor.marks).to_have_count(2)
    take_back = doctor.button("Take back")
    await take_back.click()
    await expect(doctor.marks).to_have_count(1)
    await expect(take_back).to_be_disabled()
    await doctor.page.keyboard.press("Control+z")
    await doctor.page.context.set_offline(False)
    await doctor.until("readingroom.connection() === 'live' && readingroom.unsaved() === 0")
    await expect(take_back).to_be_enabled()
    await both_have_marks(1, doctor, patient)
    assert [await person.asks(ARROWS) for person in (doctor, patient)] == [older, older]


async def test_two_processes_serve_one_room_and_one_of_them_may_die(
    guests: Guests, study: Path, tmp_path: Path
) -> None:
    async with demo(tmp_path) as server:
        doctor, patient = await guests.both(await server.open(study, "--workers", "2"))
        await on_another_process(patient, doctor)
        await same_size(doctor, patient)
        before = await doctor.tag()
        await doctor.drags(60, 30)
        ours, theirs = await both_drew(doctor, patient, before)
        assert np.array_equal(ours, theirs)
        await patient.draws_arrow()
        await both_have_marks(1, doctor, patient)
        revision = await doctor.asks("readingroom.revision()")
        processes = [await person.asks("readingroom.process()") for person in (doctor, patient)]
        os.kill((await workers_of(server.pid))[0], signal.SIGKILL)
        gone = f"watched.banners.some(({{ text }}) => text === '{RECONNECTING}')"
        cut = await first_of(doctor.until(gone), patient.until(gone))
        person = (doctor, patient)[cut]
        await person.until(
            f"readingroom.connection() === 'live' && readingroom.process() !== '{processes[cut]}'"
        )
        await everyone(f"readingroom.revision() === {revision}", doctor, patient)
        assert await doctor.asks(ARROWS) == await patient.asks(ARROWS)
        before = await doctor.tag()
        await doctor.rests()
        await doctor.turns(1)
        ours, theirs = await both_drew(doctor, patient, before)
        assert np.array_equal(ours, theirs)


async def workers_of(parent: int) -> list[int]:
    """The serving children of `demo --workers N`."""
    process = await asyncio.create_subprocess_exec(
        "pgrep", "-P", str(parent), "-f", "readingroom serve", stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return [int(pid) for pid in said.split()]


async def first_of(*waits: Coroutine[None, None, None]) -> int:
    """Which of these comes first; the others are given up."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    return tasks.index(done.pop())


async def test_without_its_store_the_room_says_not_saved_and_later_has_everything_once(
    guests: Guests, study: Path, tmp_path: Path
) -> None:
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    await valkey.ready()
    try:
        async with demo(tmp_path / "demo", {"REDIS_URL": valkey.url}) as server:
            doctor, patient = await guests.both(await server.open(study))
            await doctor.draws_arrow()
            await both_have_marks(1, doctor, patient)
            assert valkey.pid is not None
            os.kill(valkey.pid, signal.SIGKILL)
            await valkey.died()
            for person in (doctor, patient):
                await person.page.get_by_text(NOT_SAVED).wait_for()
            await doctor.draws_arrow(dx=60, dy=60)
            await doctor.page.locator(".stage-mark.stage-pending").wait_for()
            await doctor.page.get_by_text("1 change is not saved yet").wait_for()
            assert await doctor.asks("readingroom.unsaved()") == 1
            assert await patient.marks.count() == 1
            valkey.start()
            await valkey.ready()
            await both_have_marks(2, doctor, patient)
            assert sorted(await doctor.asks(ARROWS)) == sorted(await patient.asks(ARROWS))
            for person in (doctor, patient):
                await person.page.get_by_text(NOT_SAVED).wait_for(state="hidden")
    finally:
        await valkey.stop()
