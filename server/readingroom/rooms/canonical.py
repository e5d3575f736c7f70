"""One value, one spelling: RFC 8785 bytes, the only form in which Redis sees a command."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from readingroom.errors import BadRequest, TooLarge
from readingroom.protocol import Wire

COMMAND_BYTES_LIMIT = 16 * 1024


def dumps(value: Wire, *, sparse: bool = False, as_said: bool = False) -> bytes:
    """RFC 8785 bytes; `sparse` leaves nulls out, `as_said` what the text it was read from did not say.

    BadRequest for a lone surrogate.
    """
    return spelled(value.model_dump(mode="json", exclude_none=sparse, exclude_unset=as_said))


def spelled(plain: Any) -> bytes:
    """RFC 8785 bytes of a JSON value whose names are plain ASCII. BadRequest for a lone surrogate."""
    try:
        # Python's own writer spells all but some floats as RFC 8785 does, and ten times as fast.
        text = json.dumps(_shortened(plain), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except _SpelledOtherwise:
        return _by_the_book(plain)
    except UnicodeEncodeError as error:
        raise BadRequest(reason="it holds text or a number that cannot be written down") from error


def command(value: Wire, *, sparse: bool = False) -> bytes:
    """The bytes of a command as the log keeps them. TooLarge past 16 KiB (R14)."""
    data = dumps(value, sparse=sparse)
    if len(data) > COMMAND_BYTES_LIMIT:
        raise TooLarge(what="The change", limit=f"{COMMAND_BYTES_LIMIT} bytes")
    return data


def payload_hash(payload: bytes) -> str:
    """What ties an op_id to its contents (R2)."""
    return hashlib.sha256(payload).hexdigest()


class _SpelledOtherwise(Exception):
    """A float that Python writes in another way than ECMAScript."""


def _by_the_book(plain: Any) -> bytes:
    try:
        return rfc8785.dumps(plain)
    except rfc8785.CanonicalizationError as error:
        raise BadRequest(reason="it holds text or a number that cannot be written down") from error


def _shortened(plain: Any) -> Any:
    """The same value with whole floats as ints. Both write what is left alike between 1e-4 and 1e16."""
    if isinstance(plain, dict):
        return {name: _shortened(value) for name, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_shortened(value) for value in plain]
    if not isinstance(plain, float):
        return plain
    if 1e-4 <= abs(plain) < 1e15:
        return int(plain) if plain.is_integer() else plain
    if plain == 0:
        return 0
    raise _SpelledOtherwise
