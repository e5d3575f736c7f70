"""The shared view: what the lead sends, and what everybody hears."""

from __future__ import annotations

from typing import Literal

from readingroom.protocol.base import Counter, Id, Wire
from readingroom.protocol.places import Layout, PaneNumber, PaneView


class ViewCommand(Wire):
    """Event `view`: the holder of the lead moves the shared view. Absent fields stay as they are.

    `page` names the page that steers and `n` counts its commands: one that arrives after a newer one of its
    page, perhaps on a connection that was left behind, is STALE. Without a page the order of arrival holds.
    """

    fence: Counter
    pane: PaneNumber = 0
    change: PaneView
    layout: Layout | None = None
    page: Id | None = None
    n: Counter | None = None

    def is_late(self, newest: ViewCommand) -> bool:
        """Whether this one came after a newer one of its own page."""
        return self.page is not None and self.page == newest.page and (self.n or 0) <= (newest.n or 0)


class ViewAccepted(Wire):
    """The change is kept, alone or as part of a newer one; `view_revision` is the one that holds it."""

    ok: Literal[True] = True
    view_revision: Counter


class ViewChange(Wire):
    """Event `view`: what changed, in order of (fence, view_revision)."""

    fence: Counter
    view_revision: Counter
    by: Id
    pane: int
    change: PaneView
    layout: Layout | None = None


class StateHash(Wire):
    """Event `state`, every 5 s: what a page in step with the server has at these revisions.

    Both are SHA-256 in hex over the sorted lines `id:hash` of the document's and of the view's parts, each
    part hashed as RFC 8785 bytes without its nulls (SPEC.md R56).
    """

    revision: Counter
    view_revision: Counter
    document: str
    view: str
