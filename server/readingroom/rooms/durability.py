"""Does the store keep what it acknowledges? Read from its own settings before anything is promised (R70)."""

from __future__ import annotations

from collections.abc import Mapping

from readingroom.errors import WeakDurability

REQUIRED: Mapping[str, str] = {
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "maxmemory-policy": "noeviction",
}


def check(settings: Mapping[str, str]) -> None:
    """WeakDurability naming the first setting that promises less, or that could not be read."""
    for name, wanted in REQUIRED.items():
        found = settings.get(name)
        if found is None:
            raise WeakDurability(reason=f"its setting '{name}' cannot be read")
        if found != wanted:
            raise WeakDurability(reason=f"'{name}' is '{found}', not '{wanted}'")
