"""A library, a warm pool of decode processes and a cache for the tests of the picture's part."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from readingroom.errors import FileRefused
from readingroom.imaging.decode_pool import DecodePool
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.library import Library

ReadHeader = Callable[[Path], Awaitable[FileHeader | FileRefused]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool() -> AsyncIterator[DecodePool]:
    """One pool for all tests of the session's loop; a test that harms a process finds it replaced."""
    async with DecodePool(2) as pool:
        yield pool


@pytest.fixture
def read(pool: DecodePool) -> ReadHeader:
    """The header of one file, or its refusal, by way of a decode process."""

    async def read_one(path: Path) -> FileHeader | FileRefused:
        (found,) = await pool.headers([path])
        return found

    return read_one


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library."""
    return Library(tmp_path / "studies")
