"""Logs: one JSON line an event, fields by allow-list."""

from __future__ import annotations

import ast
import json
import logging
from pathlib import Path

from readingroom import logs

PACKAGE = Path(logs.__file__).parent


def test_a_line_holds_its_event_and_no_field_that_is_not_listed():
    record = logging.makeLogRecord(
        {
            "name": "readingroom.x",
            "levelname": "INFO",
            "msg": "joined",
            "room": "r1",
            "patient": "PHANTOM^CHEST",
        }
    )
    line = json.loads(logs.LineFormatter().format(record))
    assert (line["event"], line["level"], line["room"]) == ("joined", "info", "r1")
    assert "PHANTOM" not in json.dumps(line)


def test_every_field_that_is_given_may_be_written():
    """One outside the list would be dropped without a word."""
    given: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
                given |= {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
    assert given
    assert given <= set(logs.FIELDS)
