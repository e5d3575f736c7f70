"""The one connection that runs the script: waiting commands go together, in order, and share an fsync."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError, RedisError, ResponseError

from readingroom.errors import StoreUnreachable
from readingroom.rooms import line, script
from readingroom.rooms.arguments import Argument
from readingroom.rooms.keys import RoomKeys
from readingroom.values import RoomId

log = logging.getLogger(__name__)

QUEUE = 1_000
BATCH = 64

Answered = asyncio.Future[script.Answer]


class Writer:
    """Runs the script. At most QUEUE commands wait; the next is refused at once.

    A batch whose answer is lost is refused whole: which of its commands were done is settled by their op_ids
    when they are sent again (R2).
    """

    def __init__(self, url: str, failed: line.Failed) -> None:
        self._client = line.client(url, timeout_s=None)  # a batch has one limit, not each of its answers
        self._keys = len(RoomKeys.of(RoomId("any")).for_script())
        self._failed = failed
        self._waiting: asyncio.Queue[tuple[list[Argument], Answered]] = asyncio.Queue(QUEUE)
        self._demoted = False

    async def close(self) -> None:
        """Refuse what still waits and close the connection."""
        self._refuse_all(StoreUnreachable(reason="the server is stopping"))
        await self._client.aclose()

    async def run_script(self, room: RoomId, arguments: Sequence[Argument]) -> list[object]:
        """What follows 'OK' in the script's answer; its refusals, or StoreUnreachable, are raised."""
        answered: Answered = asyncio.get_running_loop().create_future()
        try:
            self._waiting.put_nowait(([*RoomKeys.of(room).for_script(), *arguments], answered))
        except asyncio.QueueFull:
            raise StoreUnreachable(reason="too many changes are waiting") from None
        return script.accepted(await answered)

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await self._settle(batch)
            except Exception as error:  # whatever it is, nobody may wait for ever and the next batch goes on
                log.exception("batch failed")
                for _, answered in batch:
                    _refuse(answered, error)

    async def _settle(self, batch: list[tuple[list[Argument], Answered]]) -> None:
        try:
            with line.reaching(self._failed):
                async with asyncio.timeout(line.COMMAND_TIMEOUT_S):  # connecting and loading included
                    answers = await self._send([arguments for arguments, _ in batch])
        except asyncio.CancelledError:
            for _, answered in batch:
                _refuse(answered, StoreUnreachable(reason="the server is stopping"))
            raise
        except (StoreUnreachable, RedisError) as error:
            if isinstance(error, RedisError):
                log.exception("script not run")
            for _, answered in batch:
                _refuse(answered, error)
            if isinstance(error, StoreUnreachable):  # whoever waits behind it would wait as long again
                self._refuse_all(error)
            return
        for (_, answered), answer in zip(batch, answers, strict=True):
            self._answer(answered, answer)
        if self._demoted:
            self._demoted = False
            await self._client.connection_pool.disconnect(inuse_connections=False)

    async def _send(self, commands: Sequence[list[Argument]]) -> list[object]:
        answers = await self._pipelined(commands)
        lacking = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if lacking:
            await self._client.script_load(script.SOURCE)
            again = await self._pipelined([commands[place] for place in lacking])
            for place, answer in zip(lacking, again, strict=True):
                answers[place] = answer
        return answers

    async def _pipelined(self, commands: Sequence[list[Argument]]) -> list[object]:
        """All sent in one write, then all answers read; errors of single commands stand among these."""
        pool: Any = self._client.connection_pool
        connection = await pool.get_connection()
        try:
            packed = connection.pack_commands(
                ("EVALSHA", script.SHA, self._keys, *arguments) for arguments in commands
            )
            await connection.send_packed_command(packed, check_health=False)
            return [await _response(connection) for _ in commands]
        except BaseException:
            await connection.disconnect(nowait=True)  # answers of this batch may still come
            raise
        finally:
            await pool.release(connection)

    def _refuse_all(self, error: StoreUnreachable) -> None:
        """What waits and was not sent."""
        while not self._waiting.empty():
            _, answered = self._waiting.get_nowait()
            _refuse(answered, error)

    def _answer(self, answered: Answered, answer: object) -> None:
        if isinstance(answer, list):
            if not answered.done():
                answered.set_result(answer)
        elif isinstance(answer, Exception) and line.unable(answer):
            self._failed(time.monotonic())
            self._demoted = self._demoted or isinstance(answer, line.DEMOTED)
            _refuse(answered, StoreUnreachable(reason="it cannot serve now"))
        else:
            log.error("script failed: %s", answer)
            _refuse(
                answered, answer if isinstance(answer, Exception) else TypeError("the script gave no answer")
            )


def _refuse(answered: Answered, error: Exception) -> None:
    if not answered.done():
        answered.set_exception(error)


async def _response(connection: Any) -> object:
    try:
        return await connection.read_response()
    except ResponseError as error:
        return error
