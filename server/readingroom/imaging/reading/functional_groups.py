"""The functional groups of an enhanced object, frame by frame, and the file's own elements behind them.

Decode process only.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from readingroom.errors import BadHeader
from readingroom.imaging.reading.elements import has, items

EMPTY = Dataset()


@dataclass(frozen=True, slots=True)
class FunctionalGroups:
    """What is said of one frame: its own groups, those all frames share, the file. Source: PS3.3 C.7.6.16."""

    file: Dataset
    own: Dataset
    shared: Dataset

    def group(self, sequence: str) -> Dataset:
        """The first item of a functional group, the frame's own before the shared one; EMPTY without."""
        for holder in (self.own, self.shared):
            found = items(holder, sequence) if holder is not EMPTY else ()
            if found:
                return found[0]
        return EMPTY

    def either(self, sequence: str, keyword: str) -> Dataset:
        """The functional group when it says `keyword`, else the file itself."""
        group = self.group(sequence)
        return group if has(group, keyword) else self.file


def functional_groups(file: Dataset, count: int) -> tuple[list[FunctionalGroups], bool]:
    """One for each of `count` frames, and whether the file has any functional groups at all.

    Raises BadHeader when it describes fewer frames than it promises.
    """
    shared = (items(file, "SharedFunctionalGroupsSequence") or [EMPTY])[0]
    own = items(file, "PerFrameFunctionalGroupsSequence")
    if own and len(own) < count:
        raise BadHeader(reason=f"it describes {len(own)} frames and promises {count}")
    frames = [FunctionalGroups(file, own[index] if own else EMPTY, shared) for index in range(count)]
    return frames, bool(own) or len(shared) > 0
