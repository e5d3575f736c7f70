"""One decode process from the outside: start it, ask it, kill it, share memory with it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import mmap
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from readingroom.imaging import json_bytes

SHARED_BYTES = 2 << 30
"""Size of the shared memory; sparse, so only what was decoded costs memory, and that is given back."""
ANSWER_LIMIT = 64 << 20
START_SECONDS = 60.0

KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "SystemRoot")
OWN_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Threads and arenas reserve address space, which is limited."""


class WorkerDied(Exception):
    """The process ended in the middle of a request."""

    def __init__(self, returncode: int | None) -> None:
        self.returncode = returncode
        super().__init__(f"decode process ended with {returncode}")


class WorkerHung(Exception):
    """The process did not answer in time."""


class DecodeProcess:
    """A running `decode_worker`, one request at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._shared = _shared_memory()
        self.is_ready = False
        self.protections: tuple[str, ...] = ()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._socket = ours
        with theirs:
            arguments = [str(theirs.fileno()), str(self._shared), str(os.getpid())]
            # Started from the loop's thread: the parent-death signal is that of the starting thread.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "readingroom.imaging.reading.decode_worker", *arguments],
                pass_fds=(theirs.fileno(), self._shared),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={**{k: os.environ[k] for k in KEPT_ENVIRONMENT if k in os.environ}, **OWN_ENVIRONMENT},
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def ready(self) -> None:
        """Wait until it has loaded its codecs. Raises RuntimeError when it cannot start."""
        if self.is_ready:
            return
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket, limit=ANSWER_LIMIT)
        try:
            hello = await self.receive(START_SECONDS)
        except (WorkerDied, WorkerHung) as error:
            raise RuntimeError(f"the decode process does not start: {error}") from None
        self.protections = tuple(str(name) for name in hello.get("protections", ()))
        self.is_ready = True

    async def send(self, request: dict[str, Any]) -> None:
        """Put a request; its answers are then received one by one."""
        assert self._writer is not None
        body = json_bytes.dumps(request)
        self._writer.write(len(body).to_bytes(4, "little") + body)
        try:
            await self._writer.drain()
        except ConnectionError:
            raise WorkerDied(await self._returncode()) from None

    async def receive(self, seconds: float) -> dict[str, Any]:
        """The next answer. Raises WorkerDied, or WorkerHung after `seconds`."""
        assert self._reader is not None
        try:
            async with asyncio.timeout(seconds):
                length = int.from_bytes(await self._reader.readexactly(4), "little")
                if length > ANSWER_LIMIT:
                    raise WorkerDied(None)
                answer: object = json_bytes.loads(await self._reader.readexactly(length))
        except TimeoutError:
            raise WorkerHung() from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise WorkerDied(await self._returncode()) from None
        except (ValueError, RecursionError):  # no JSON: it is no longer the program we started
            raise WorkerDied(None) from None
        if not isinstance(answer, dict):
            raise WorkerDied(None)
        return answer

    @contextlib.contextmanager
    def pixels(self, size: int) -> Iterator[mmap.mmap]:
        """The first `size` bytes of the shared memory, given back to the system afterwards."""
        with mmap.mmap(self._shared, size) as shared:
            yield shared
            if hasattr(mmap, "MADV_REMOVE"):
                with contextlib.suppress(OSError):
                    shared.madvise(mmap.MADV_REMOVE)

    def kill(self) -> None:
        """End it at once; it holds nothing worth keeping."""
        if self._process.poll() is None:
            self._process.kill()

    async def end(self) -> None:
        """Kill it, wait for it and close what it had."""
        self.kill()
        await asyncio.to_thread(self._process.wait)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(ConnectionError):
                await self._writer.wait_closed()
        else:
            self._socket.close()
        if self._shared >= 0:
            os.close(self._shared)
            self._shared = -1

    async def _returncode(self) -> int | None:
        """It closed its socket, so it is about to end; one that is not is killed by whoever gives it back."""
        try:
            return await asyncio.to_thread(self._process.wait, 2.0)
        except subprocess.TimeoutExpired:
            return None


def _shared_memory() -> int:
    """A sparse memory file, sealed at its size: the other side cannot shrink it under us (SIGBUS)."""
    if hasattr(os, "memfd_create"):
        shared = os.memfd_create("readingroom-pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(shared, SHARED_BYTES)
        fcntl.fcntl(shared, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return shared
    with tempfile.TemporaryFile() as file:
        shared = os.dup(file.fileno())
        os.ftruncate(shared, SHARED_BYTES)
        return shared
