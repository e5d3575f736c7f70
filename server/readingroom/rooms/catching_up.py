"""What a page lacks: the tail of the log, a snapshot, or the news that its past is not ours. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readingroom.protocol import LogEntry, SyncLost, SyncRequest, SyncSnapshot, SyncTail
from readingroom.rooms.room import GENESIS
from readingroom.rooms.rows import Standing
from readingroom.rooms.view import View

TAIL_LIMIT = 500
"""Further behind, a snapshot is smaller."""


def answer(
    request: SyncRequest, at: Standing, entries: Sequence[LogEntry], view: View
) -> SyncTail | SyncSnapshot | SyncLost:
    """The answer to a page, given where the room stands, its view, and the log from the page's own entry on.

    `entries` starts at revision `request.revision` itself (its head is compared, R53), or at 1 for a page of
    revision 0, and holds at most TAIL_LIMIT more; where it ends before `at`, it had become too large.
    """
    if at.frozen:
        return SyncLost(revision=at.revision, frozen=True)
    if request.epoch is None:
        return SyncSnapshot(revision=at.revision)
    if request.revision > at.revision:
        return SyncLost(revision=at.revision)
    own = [entry for entry in entries[:1] if entry.revision == request.revision]
    same_past = request.head == own[0].head if own else request.epoch == at.epoch and request.head == GENESIS
    if not same_past:
        return SyncLost(revision=at.revision)
    if at.revision - request.revision > TAIL_LIMIT or (entries and entries[-1].revision < at.revision):
        return SyncSnapshot(revision=at.revision)
    return SyncTail(
        entries=list(entries[len(own) :]),
        fence=at.fence,
        view_revision=view.revision,
        layout=view.layout,
        panes=dict(view.panes),
    )
