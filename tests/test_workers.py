"""The parent of `serve --workers N` and processes that end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from readingroom import workers
from readingroom.errors import WorkersFailed
from readingroom.workers import TRIES, Worker

LIVES = """
import os, sys
count = len(open(sys.argv[1], "a+").seek(0) or open(sys.argv[1]).read())
open(sys.argv[1], "a").write("x")
if sys.argv[2] == "serves" and count == 0:
    os.write(int(sys.argv[-1]), b"!")
if count >= 9:
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RESTART_PAUSE_S", 0.001)


def worker(folder: Path, how: str) -> Worker:
    """One whose processes end at once, the first nine of them."""
    command = [sys.executable, "-c", LIVES, str(folder / "lives"), how]
    return Worker(0, command, dict(os.environ))


async def test_one_that_never_served_is_given_up(tmp_path: Path):
    with pytest.raises(WorkersFailed):
        await worker(tmp_path, "fails").keep()
    assert len((tmp_path / "lives").read_text()) == TRIES


async def test_one_that_has_served_is_started_until_it_can_again(tmp_path: Path):
    keeping = asyncio.create_task(worker(tmp_path, "serves").keep())
    lives = tmp_path / "lives"
    async with asyncio.timeout(30):
        while not lives.exists() or len(lives.read_text()) < 10:
            await asyncio.to_thread(time.sleep, 0.05)
    assert not keeping.done()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
