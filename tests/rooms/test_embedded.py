"""The embedded Valkey: durable, private, restarted, and never an orphan."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import stat
import sys
from pathlib import Path

import pytest

from readingroom.errors import StoreUnreachable
from readingroom.rooms import durability, line
from readingroom.rooms.embedded import Valkey, embedded_valkey, running
from readingroom.rooms.rooms import Rooms
from tests.rooms.ear import Ear
from tests.rooms.people import consultation, create, mark_id

PARENT = """
import asyncio, sys
from pathlib import Path
from readingroom.rooms.embedded import embedded_valkey

async def main():
    async with embedded_valkey(Path(sys.argv[1])) as url:
        print(url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def gone(pid: int) -> None:
    """Wait for the end of a process that is not ours to wait for."""
    async with asyncio.timeout(10):
        while _runs(pid):
            await asyncio.to_thread(select.select, [], [], [], 0.02)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def answers_again(directory: Path) -> None:
    """Wait until the Valkey of this folder answers."""
    async with asyncio.timeout(10):
        while await running(directory) is None:
            await asyncio.to_thread(select.select, [], [], [], 0.02)


def pid_in(directory: Path) -> int:
    return int((directory / "valkey.pid").read_text())


async def test_it_is_durable_and_private(tmp_path: Path):  # R70 R72
    folder = tmp_path / "valkey"
    async with embedded_valkey(folder) as url:
        client = line.client(url)
        settings = await client.config_get("*")
        durability.check(settings)
        assert settings["port"] == "0"
        await client.aclose()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "valkey.sock").stat().st_mode) & 0o077 == 0


async def test_rooms_are_there_again_after_a_stop_and_after_a_kill(tmp_path: Path):  # I1 R72
    async with (
        embedded_valkey(tmp_path) as url,
        Rooms.open(url, process="one", listener=(ear := Ear())) as rooms,
    ):
        here = await consultation(rooms)
        await rooms.do(here.patient, create(mark_id()))
        os.kill(pid_in(tmp_path), signal.SIGKILL)
        await ear.until(lambda: ear.savings == [False, True])
        await rooms.do(here.patient, create(mark_id()))
    async with embedded_valkey(tmp_path) as url, Rooms.open(url, process="one", listener=Ear()) as rooms:
        assert (await rooms.snapshot(here.room)).revision == 7


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
async def test_it_dies_with_a_killed_parent_and_its_data_is_there_for_the_next(tmp_path: Path):  # I1 R72
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), stdout=pipe)
    assert parent.stdout is not None
    url = (await parent.stdout.readline()).decode().strip()
    pid = pid_in(tmp_path)
    async with Rooms.open(url, process="one", listener=Ear()) as rooms:
        here = await consultation(rooms)
    parent.kill()
    await parent.wait()
    await gone(pid)
    async with embedded_valkey(tmp_path) as url, Rooms.open(url, process="one", listener=Ear()) as rooms:
        assert (await rooms.snapshot(here.room)).revision == 5


async def test_a_leftover_server_is_ended_before_a_new_one_starts(tmp_path: Path):  # R72
    leftover = Valkey(tmp_path)
    leftover.start()
    await leftover.ready()
    left = leftover.pid
    async with embedded_valkey(tmp_path) as url, Rooms.open(url, process="one", listener=Ear()) as rooms:
        assert leftover.pid is None
        assert pid_in(tmp_path) != left
        assert await rooms.ready()


async def test_one_folder_serves_one_reading_room(tmp_path: Path):
    async with embedded_valkey(tmp_path):
        with pytest.raises(StoreUnreachable, match="another ReadingRoom"):
            async with embedded_valkey(tmp_path):
                pass


async def test_a_running_one_is_found_by_another_process_and_a_stopped_one_is_not(tmp_path: Path):
    assert await running(tmp_path) is None
    async with embedded_valkey(tmp_path) as url:
        assert await running(tmp_path) == url
    assert await running(tmp_path) is None


async def test_a_folder_whose_path_is_too_long_for_a_socket_works(tmp_path: Path):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    async with embedded_valkey(deep) as url, Rooms.open(url, process="one", listener=Ear()) as rooms:
        assert await rooms.ready()
        socket = Path(url.removeprefix("unix://").partition("?")[0])
        assert deep not in socket.parents
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert not socket.parent.exists()


async def test_a_store_that_cannot_be_started_again_yet_is_tried_until_it_can(tmp_path: Path):  # R72
    folder = tmp_path / "valkey"
    async with embedded_valkey(folder):
        noted = folder / "valkey.address"
        noted.unlink()
        noted.mkdir()  # nothing can be written there, as on a disk that is full
        first = pid_in(folder)
        os.kill(first, signal.SIGKILL)
        await gone(first)
        await asyncio.sleep(1.5)  # longer than the pause between two tries
        noted.rmdir()
        await answers_again(folder)
        assert pid_in(folder) != first


async def test_a_server_that_cannot_start_is_said_with_its_log(tmp_path: Path):
    (tmp_path / "appendonlydir").write_text("in the way")
    with pytest.raises(StoreUnreachable, match=r"valkey\.log"):
        async with embedded_valkey(tmp_path):
            pass
