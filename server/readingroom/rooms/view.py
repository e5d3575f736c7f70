"""The shared view as a value: the layout and what each pane shows, the last writer's by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from readingroom.protocol import Layout, PaneView, ViewChange

FIRST_LAYOUT: Layout = "1x1"


@dataclass(frozen=True, slots=True)
class View:
    """What everybody is shown, at one view revision. Panes that a layout does not show are kept (R46)."""

    revision: int = 0
    layout: Layout = FIRST_LAYOUT
    panes: Mapping[str, PaneView] = field(default_factory=dict)


def apply(view: View, change: ViewChange) -> View:
    """The view after one change: the fields it carries, and the others as they were (R40)."""
    panes = view.panes
    carried = carries(change.change)
    if carried:
        pane = str(change.pane)
        before = panes.get(pane, PaneView())
        panes = {**panes, pane: before.model_copy(update=carried)}
    return View(change.view_revision, change.layout or view.layout, panes)


def merged(before: PaneView, after: PaneView) -> PaneView:
    """Two changes as one; the later one's fields win (R44)."""
    return before.model_copy(update=carries(after))


def carries(change: PaneView) -> dict[str, object]:
    """The fields a change says something about."""
    return {name: value for name in PaneView.model_fields if (value := getattr(change, name)) is not None}
