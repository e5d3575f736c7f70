"""JSON as we take it: no NaN, no infinity, no duplicate keys, no `__proto__`, bounded numbers and depth."""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

LONGEST_INTEGER: Final = 20


def loads(text: str | bytes, **_: Any) -> Any:
    """Parsed JSON. Raises ValueError for everything a strict reader may refuse."""
    try:
        return _decoder.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Any, **_: Any) -> str:
    """Compact JSON. Raises TypeError for what JSON has no word for."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    if "__proto__" in result:
        raise ValueError("forbidden key")
    return result


def _constant(_name: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        raise ValueError("integer too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
)
