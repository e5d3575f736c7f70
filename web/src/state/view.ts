// The shared view: per pane and field the newest writing, ordered by (fence, view revision).
import type { PaneView, ViewChange } from "../protocol.ts";

export type Stamp = { fence: number; viewRevision: number };
type Field = keyof PaneView;
const FIELDS: readonly Field[] = ["shown", "place", "field", "window", "cine"];

export type SharedPane = { view: PaneView; stamps: Partial<Record<Field, Stamp>> };
export type SharedView = { panes: Record<string, SharedPane>; latest: Stamp };

export const NOTHING_SHARED: SharedView = { panes: {}, latest: { fence: 0, viewRevision: 0 } };

export function isNewer(a: Stamp, b: Stamp): boolean {
  return a.fence > b.fence || (a.fence === b.fence && a.viewRevision > b.viewRevision);
}

/** One change, each field of it only where it is newer than what is known; the same object if none is. */
export function withChange(shared: SharedView, change: ViewChange): SharedView {
  const stamp = { fence: change.fence, viewRevision: change.view_revision };
  return withFields(shared, String(change.pane), change.change, stamp, false);
}

/** The whole view as the server told it at `stamp`: fills whatever is not known newer. */
export function withWhole(shared: SharedView, panes: Record<string, PaneView>, stamp: Stamp): SharedView {
  let all = shared;
  for (const [pane, view] of Object.entries(panes)) all = withFields(all, pane, view, stamp, true);
  return { ...all, latest: isNewer(stamp, all.latest) ? stamp : all.latest };
}

function withFields(
  shared: SharedView,
  pane: string,
  change: PaneView,
  stamp: Stamp,
  alsoEqual: boolean,
): SharedView {
  const known = shared.panes[pane] ?? { view: {}, stamps: {} };
  const view: PaneView = { ...known.view };
  const stamps = { ...known.stamps };
  let applied = false;
  for (const field of FIELDS) {
    const before = stamps[field];
    const newest = before === undefined || isNewer(stamp, before) || (alsoEqual && !isNewer(before, stamp));
    if (change[field] == null || !newest) continue;
    applied = true;
    Object.assign(view, { [field]: change[field] });
    stamps[field] = stamp;
  }
  if (!applied) return shared;
  return {
    panes: { ...shared.panes, [pane]: { view, stamps } },
    latest: isNewer(stamp, shared.latest) ? stamp : shared.latest,
  };
}

/** Two changes as one; the later one wins in each field. */
export function merged(before: PaneView, after: PaneView): PaneView {
  const both: PaneView = { ...before };
  for (const field of FIELDS) if (after[field] != null) Object.assign(both, { [field]: after[field] });
  return both;
}

/** Windows travel with 7 significant digits: what is sent is what comes back. */
export function rounded(view: PaneView): PaneView {
  if (view.window == null) return view;
  const { center, width } = view.window;
  const round = (value: number) => Number(value.toPrecision(7));
  return { ...view, window: { ...view.window, center: round(center), width: round(width) } };
}

/** What a view looks at, as a text to compare: place, field, window and film, but not the stack it shows. */
export function lookedAt({ place, field, window, cine }: PaneView): string {
  return JSON.stringify([
    place?.kind === "patient"
      ? [place.frame_of_reference, place.point_um]
      : [place?.frame, place?.point_milli],
    [field?.width, field?.height],
    [window?.center, window?.width, window?.function, window?.lut ?? null],
    cine == null ? null : [cine.playing, cine.rate, cine.first_frame, cine.started_at],
  ]);
}
