"""A page's twin of a room: the page's own reducers, which Node runs; fed and asked by lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hatch_build import node_environment, node_files
from readingroom.protocol import LogEntry, Snapshot, StateHash, ViewChange, Wire

WEB: Final = Path(__file__).resolve().parents[2] / "web"


def bundled(into: Path) -> Path:
    """The program, made from the page's sources. RuntimeError if it cannot be made."""
    node, _ = node_files()
    program = into / "replica.mjs"
    command = [str(node), str(WEB / "node_modules" / "rolldown" / "bin" / "cli.mjs"), "scripts/replica.ts"]
    command += ["--platform", "node", "--format", "esm", "--file", str(program)]
    done = subprocess.run(command, cwd=WEB, env=node_environment(os.environ), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the replica could not be made:\n{done.stdout}{done.stderr}")
    return program


class Replica:
    """One room as a page has it, from the `program` that `bundled` made.

    Whatever a page would not take ends it: the next question raises ReplicaEnded with the reason.
    """

    def __init__(self, program: Path) -> None:
        node, _ = node_files()
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by stop
        self._node = subprocess.Popen(
            [str(node), str(program)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def begin(self, found: Snapshot) -> None:
        """Forget what was, and go on from a snapshot, told with its nulls as over HTTP."""
        self._tell(snapshot=found.model_dump(mode="json"))

    def apply(self, entries: Sequence[LogEntry]) -> None:
        """Event `entries`."""
        self._tell(entries=[_plain(entry) for entry in entries])

    def move(self, change: ViewChange) -> None:
        """Event `view`."""
        self._tell(view=_plain(change))

    def snapshot(self) -> Snapshot:
        """The whole room as the page has it."""
        answer = self._ask("state")
        return Snapshot.model_validate_json(json.dumps({**answer["document"], **answer["view"]}))

    def hashes(self) -> StateHash:
        """What the page would compare with event `state`."""
        return StateHash.model_validate(self._ask("hashes")["hashes"])

    def stop(self) -> None:
        """End the program, however it is."""
        self._node.kill()
        self._node.communicate()
        self._said.close()

    def _tell(self, **order: Any) -> None:
        assert self._node.stdin is not None
        try:
            self._node.stdin.write(json.dumps(order) + "\n")
        except BrokenPipeError:
            raise self._ended() from None

    def _ask(self, what: str) -> dict[str, Any]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        try:
            self._tell(ask=what)
            self._node.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        line = self._node.stdout.readline()
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> ReplicaEnded:
        self._node.wait()
        self._said.seek(0)
        return ReplicaEnded(self._said.read())


class ReplicaEnded(Exception):
    """The page's reducers refused something: what Node said."""


def _plain(message: Wire) -> Any:
    """As the fan-out tells it."""
    return message.model_dump(mode="json", exclude_none=True)
