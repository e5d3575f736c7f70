"""JSON in bytes, for the files and processes of imaging: what is no number is null, reading is strict."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json


def dumps(value: Any) -> bytes:
    """Compact JSON of plain values; NaN and infinity become null."""
    return to_json(value, inf_nan_mode="null")


def loads(data: bytes) -> Any:
    """Raises ValueError for what is not JSON, NaN and infinity included."""
    return from_json(data, allow_inf_nan=False)
