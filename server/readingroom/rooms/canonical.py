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
        if _has_floats(plain):
            return rfc8785.dumps(plain)
        # Python's own writer spells all but floats as RFC 8785 does, and ten times as fast.
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
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


def _has_floats(plain: object) -> bool:
    if isinstance(plain, dict):
        return any(map(_has_floats, plain.values()))
    if isinstance(plain, list):
        return any(map(_has_floats, plain))
    return isinstance(plain, float)
