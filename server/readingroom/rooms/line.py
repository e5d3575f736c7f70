"""The line to Redis: clients that never ask twice by themselves, and what goes wrong by our names."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import (
    AuthenticationError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut

from readingroom.errors import StoreUnreachable

COMMAND_TIMEOUT_S = 1.5
CONNECT_TIMEOUT_S = 0.5
PATIENT_CONNECT_S = 1.0
"""For those who look at the clock themselves: a busy machine is no store that died."""
CONNECTIONS = 16
Failed = Callable[[float], None]
"""Told of a failure, with the moment (monotonic s) at which what failed was begun."""
UNABLE = (
    "OOM",
    "MISCONF",
    "READONLY",
    "LOADING",
    "MASTERDOWN",
    "NOREPLICAS",
    "BUSY",
    "UNBLOCKED",
    "TRYAGAIN",
)
"""Redis errors that say 'not now', as a lost connection does."""

DEMOTED = (ReadOnlyError, MasterDownError)
"""Who answers so is a replica by now: on this line it will never serve again; on a new one another may."""
_UNABLE = (MasterDownError, OutOfMemoryError, ReadOnlyError, TryAgainError)
"""Those whose code redis-py takes away from their text."""
_IN_A_PIPELINE = re.compile(r"^Command # \d+ \(.*?\) of pipeline caused error: \(?['\"]?", re.DOTALL)
"""What redis-py writes before the text."""

NONE_FREE = "No connection available"
"""What redis-py's pool says when all its connections are in use."""
CLOSED = "the handler is closed"
"""What uvloop says, as a RuntimeError, of a connection that was cut before we wrote to it."""


def client(url: str, *, timeout_s: float | None = COMMAND_TIMEOUT_S) -> redis.Redis:
    """A client that never retries by itself: whoever asks again must know that he asks again.

    None waits without end, for blocking reads (redis-py 8 would give up after 5 s).
    """
    pool = redis.BlockingConnectionPool.from_url(
        url,
        protocol=2,
        socket_timeout=timeout_s,
        socket_connect_timeout=PATIENT_CONNECT_S if timeout_s is None else CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        max_connections=CONNECTIONS,
        timeout=COMMAND_TIMEOUT_S,  # who finds all in use waits for one, as long as for an answer
    )
    pool.connection_class = _packing(pool.connection_class)
    made: redis.Redis = redis.Redis.from_pool(pool)
    return made


def _packing(kind: type[Any]) -> type[Any]:
    """This kind of connection, with its commands put together by hiredis: in Python they cost eight times as
    much, which with the streams of 500 rooms in one XREAD was most of what a process did.
    """
    pack = HiredisRespSerializer().pack
    return type(kind.__name__, (kind,), {"pack_command": lambda _self, *words: pack(*words)})


class Dedicated:
    """One connection that is never opened anew behind our back: what happens meanwhile could not be known."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def ask(self, *words: str | bytes | int) -> Any:
        """The answer to one command, as Redis gives it."""
        await self._connection.send_command(*words)
        return await self._connection.read_response()


@contextlib.asynccontextmanager
async def dedicated(client: redis.Redis, failed: Failed) -> AsyncIterator[Dedicated]:
    """A connection of this client, open until the block ends. StoreUnreachable."""
    pool: Any = client.connection_pool
    connection = pool.make_connection()
    try:
        with reaching(failed):
            await connection.connect()
        yield Dedicated(connection)
    finally:
        with contextlib.suppress(Exception):
            await connection.disconnect(nowait=True)


@contextlib.contextmanager
def reaching(failed: Failed) -> Iterator[None]:
    """Turn a store that cannot be reached, or cannot serve now, into StoreUnreachable, and report it."""
    began = time.monotonic()
    try:
        yield
    except AuthenticationError as error:
        failed(began)
        raise StoreUnreachable(reason="it refused the name or password") from error
    except (Disconnected, TimedOut, OSError, TimeoutError) as error:
        if NONE_FREE not in str(error):  # then it is we who ask too much, and the store may be well
            failed(began)
        raise StoreUnreachable(reason="no connection") from error
    except RuntimeError as error:
        if CLOSED not in str(error):
            raise
        failed(began)
        raise StoreUnreachable(reason="no connection") from error
    except ResponseError as error:
        if unable(error):
            failed(began)
            raise StoreUnreachable(reason="it cannot serve now") from error
        raise


def cause(refusal: BaseException) -> str:
    """What kind of error is behind a refusal, for the log."""
    return type(refusal.__cause__ or refusal).__name__


def unable(error: Exception) -> bool:
    """Whether an answer means 'not now' rather than 'no'."""
    said = _IN_A_PIPELINE.sub("", str(error))
    return isinstance(error, _UNABLE) or (isinstance(error, ResponseError) and said.startswith(UNABLE))
