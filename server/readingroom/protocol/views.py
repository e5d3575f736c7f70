"""The shared view: what the lead sends, and what everybody hears."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from readingroom.protocol.base import Counter, Id, Wire
from readingroom.protocol.places import PaneView


class ViewCommand(Wire):
    """Event `view`: the holder of the lead moves the shared view. Absent fields stay as they are."""

    fence: Counter
    pane: Annotated[int, Field(strict=True, ge=0, le=3)] = 0
    change: PaneView


class ViewAccepted(Wire):
    ok: Literal[True] = True
    view_revision: Counter


class ViewChange(Wire):
    """Event `view`: what changed, in order of (fence, view_revision)."""

    fence: Counter
    view_revision: Counter
    by: Id
    pane: int
    change: PaneView
