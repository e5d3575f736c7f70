"""What every wing's tests stand on: a real Valkey for the session."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before numba is imported: one cache for this process and all it starts, whatever their data folders.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "kernels"))

from readingroom.rooms.embedded import Valkey


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One durable server for all tests; each test has rooms of its own."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    asyncio.run(server.ready())
    yield server
    asyncio.run(server.stop())
