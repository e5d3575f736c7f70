"""Logs: one line an event, fields by allow-list. Names and UIDs of patients have no field to stand in."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Final

FIELDS: Final = (
    "room",
    "connection",
    "role",
    "process",
    "route",
    "asked",
    "revision",
    "pid",
    "socket",
    "code",
    "worker",
    "host",
    "port",
    "study",
    "mib",
    "series",
    "stack",
    "index",
    "seconds",
    "count",
    "tasks",
    "sockets",
    "rooms",
    "reason",
)
"""What a log line may hold beside its event."""


class LineFormatter(logging.Formatter):
    """JSON lines: time, level, event, and the fields above where given."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name.startswith("readingroom") else record.name,
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record)
        return json.dumps(line, default=str)


def set_up(level: str) -> None:
    """Send every log to standard error in our form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("numba", "asyncio", "aiohttp.access", "engineio", "socketio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _places(record: logging.LogRecord) -> list[str]:
    """Where an error came from: files and lines, no values."""
    assert record.exc_info is not None
    frames = traceback.extract_tb(record.exc_info[2])
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-6:]]
