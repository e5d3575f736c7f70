"""A decode process that was taken over can answer anything; what reaches us is at worst a refusal."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from readingroom.errors import BadHeader, DecodeFailed, DecodeLimit, FileRefused
from readingroom.imaging.decode_answers import frame_results, header, lost_refusal, refusal
from readingroom.imaging.decode_process import WorkerDied, WorkerHung

HOSTILE: list[Any] = [
    {},
    {"refused": "BadHeader"},
    {"refused": "BadHeader", "details": []},
    {"refused": "BadHeader", "details": {}},
    {"refused": "BadHeader", "details": {"self": "x", "reason": "y"}},
    {"refused": "ReadingRoomError", "details": {}},
    {"refused": "annotations", "details": {}},
    {"refused": ["x"], "details": {}},
    {"refused": "__builtins__", "details": {}},
]


@pytest.mark.parametrize("answer", [*HOSTILE, [], None, "x", 7])
def test_a_refusal_that_makes_no_sense_is_a_plain_one(answer: Any) -> None:
    found = refusal(answer)
    assert isinstance(found, DecodeFailed)
    assert "no sensible answer" in str(found)


def test_a_refusal_keeps_its_name_and_its_words_are_cleaned() -> None:
    found = refusal({"refused": "BadHeader", "details": {"reason": "it is\x00 \u202ebad" + "x" * 9999}})
    assert isinstance(found, BadHeader)
    assert "\u202e" not in str(found)
    assert len(str(found)) < 400


@pytest.mark.parametrize("answer", [*HOSTILE, {"ok": None}, {"ok": 7}, {"ok": []}, {"ok": {"rows": "many"}}])
def test_a_header_that_makes_no_sense_is_refused(answer: Any) -> None:
    assert isinstance(header(answer), DecodeFailed)


@pytest.mark.parametrize("ok", [None, 7, "ab", {}, [], [{"ok": True}], [{"ok": True}] * 3])
def test_answers_for_another_number_of_frames_are_refused(ok: Any) -> None:
    with pytest.raises(DecodeFailed):
        frame_results({"ok": ok}, 2)


def test_a_frame_is_good_only_when_its_answer_says_so() -> None:
    good, bad, odd = frame_results({"ok": [{"ok": True}, {}, "ok"]}, 3)
    assert good is None
    assert isinstance(bad, FileRefused)
    assert isinstance(odd, FileRefused)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, 50, 200])
def test_a_process_brought_down_by_any_signal_costs_its_file(number: int) -> None:
    assert isinstance(lost_refusal(WorkerDied(-number), 20), DecodeFailed)


def test_time_that_is_up_is_told_as_a_limit() -> None:
    assert isinstance(lost_refusal(WorkerDied(-signal.SIGXCPU), 20), DecodeLimit)
    assert "longer than 20 s" in str(lost_refusal(WorkerHung(), 20))
