"""What a decode process answered, or that it did not: believed only where it makes sense, in our values.

A codec that was taken over can answer anything. The worst it may reach is the refusal of its file.
"""

from __future__ import annotations

import signal
from typing import Any

from readingroom import errors
from readingroom.errors import DecodeFailed, DecodeLimit, FileRefused
from readingroom.imaging.decode_process import WorkerDied, WorkerHung
from readingroom.imaging.headers import FileHeader
from readingroom.imaging.plain import NotPlain, from_plain
from readingroom.imaging.text import clean

NO_SENSE = "the decoder gave no sensible answer"


def header(answer: dict[str, Any]) -> FileHeader | FileRefused:
    """The header, or why there is none."""
    if "ok" not in answer:
        return refusal(answer)
    try:
        return from_plain(FileHeader, answer["ok"])
    except NotPlain:
        return DecodeFailed(reason="its header makes no sense")


def frame_results(answer: dict[str, Any], count: int) -> list[FileRefused | None]:
    """For each of `count` frames None, or why it could not be decoded. Raises the refusal of them all."""
    if "ok" not in answer:
        raise refusal(answer)
    frames = answer["ok"]
    if not isinstance(frames, list) or len(frames) != count:
        raise DecodeFailed(reason=NO_SENSE)
    return [None if isinstance(frame, dict) and "ok" in frame else refusal(frame) for frame in frames]


def refusal(answer: object) -> FileRefused:
    """The refusal an answer names."""
    if not isinstance(answer, dict):
        return DecodeFailed(reason=NO_SENSE)
    kind, details = getattr(errors, str(answer.get("refused")), None), answer.get("details")
    if isinstance(kind, type) and issubclass(kind, FileRefused) and isinstance(details, dict):
        try:
            return kind(**{str(key): clean(str(value)) for key, value in details.items()})
        except (KeyError, TypeError):  # not what its sentence asks for
            pass
    return DecodeFailed(reason=NO_SENSE)


def lost_refusal(lost: WorkerDied | WorkerHung, wall_seconds: float) -> FileRefused:
    """The refusal of the file over which a process was lost."""
    if isinstance(lost, WorkerHung):
        return DecodeLimit(reason=f"it took longer than {wall_seconds:g} s")
    if lost.returncode == -signal.SIGXCPU:
        return DecodeLimit(reason="it took too much computing time")
    number = -(lost.returncode or 0)
    by = f" ({signal.Signals(number).name})" if number in {*signal.Signals} else ""
    return DecodeFailed(reason=f"the decoder was brought down by it{by}")
