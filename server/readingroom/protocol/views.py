"""The shared view: what the lead sends, and what everybody hears."""

from __future__ import annotations

from typing import Literal

from readingroom.protocol.base import Counter, Id, Wire
from readingroom.protocol.places import Layout, PaneNumber, PaneView


class ViewCommand(Wire):
    """Event `view`: the holder of the lead moves the shared view. Absent fields stay as they are."""

    fence: Counter
    pane: PaneNumber = 0
    change: PaneView
    layout: Layout | None = None


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
