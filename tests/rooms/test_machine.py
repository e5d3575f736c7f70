"""The script on a real Valkey does what the model and the reducer say, whatever the sequence of commands."""

from __future__ import annotations

import pytest

from readingroom.rooms.embedded import Valkey
from tests.rooms.machine import Machine, run

MUST_HAPPEN = (
    "annotation.undo done",
    "annotation.undo CONFLICT",
    "annotation.redo done",
    "annotation.hide done",
    "annotation.update NOT_OWNER",
    "question.answer done",
    "lead.give FORBIDDEN",
    "person.remove done",
    "person.role done",
    "room.go_on done",
    "view done",
    "view STALE",
)


@pytest.mark.timeout(300)
def test_script_model_and_reducer_agree_on_10_000_steps(valkey: Valkey):  # I2 I4 I5 I6 I7 I8
    kinds = run(valkey.url, examples=80, steps=200, pinned=True)
    assert Machine.steps >= 10_000
    assert [kind for kind in MUST_HAPPEN if not kinds[kind]] == []
