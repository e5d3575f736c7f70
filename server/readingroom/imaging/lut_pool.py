"""VOI LUTs that many frames name, each kept once and bounded: they travel as JSON. Pure."""

from __future__ import annotations

from readingroom.imaging.index import NamedLut

LUTS_LIMIT = 64
ENTRIES_LIMIT = 1 << 20
"""Tables that are kept, and their entries together."""


class LutPool:
    """Tables in the order in which they were first named."""

    def __init__(self) -> None:
        self._places: dict[NamedLut, int] = {}
        self._entries = 0

    @property
    def luts(self) -> tuple[NamedLut, ...]:
        """Every table that is kept."""
        return tuple(self._places)

    def place(self, lut: NamedLut) -> int | None:
        """The place of a table, which is kept now if it was not; None when there is no room for it."""
        if lut not in self._places:
            size = len(lut.table.values)
            if len(self._places) >= LUTS_LIMIT or self._entries + size > ENTRIES_LIMIT:
                return None
            self._entries += size
            self._places[lut] = len(self._places)
        return self._places[lut]
