// The shared view: layout, and per pane and field the newest writing, ordered by (fence, view revision).
import type { Layout, PaneView, ViewChange } from "../protocol.ts";

export type Stamp = { fence: number; viewRevision: number };
type Field = keyof PaneView;
const FIELDS: readonly Field[] = ["shown", "place", "field", "window", "cine", "slab", "turn", "camera"];

export type SharedPane = { view: PaneView; stamps: Partial<Record<Field, Stamp>> };
export type SharedLayout = { layout: Layout; stamp: Stamp };
export type SharedView = { layout: SharedLayout; panes: Record<string, SharedPane>; latest: Stamp };

const NEVER: Stamp = { fence: 0, viewRevision: 0 };
export const NOTHING_SHARED: SharedView = {
  layout: { layout: "1x1", stamp: NEVER },
  panes: {},
  latest: NEVER,
};

export function isNewer(a: Stamp, b: Stamp): boolean {
  return a.fence > b.fence || (a.fence === b.fence && a.viewRevision > b.viewRevision);
}

/** One change, each field of it only where it is newer than what is known; the same object if none is. */
export function withChange(shared: SharedView, change: ViewChange): SharedView {
  const stamp = { fence: change.fence, viewRevision: change.view_revision };
  const fields = withFields(shared, String(change.pane), change.change, stamp, false);
  return change.layout == null ? fields : withLayout(fields, change.layout, stamp, false);
}

/** The whole view as the server told it at `stamp`: fills whatever is not known newer. */
export function withWhole(
  shared: SharedView,
  layout: Layout,
  panes: Record<string, PaneView>,
  stamp: Stamp,
): SharedView {
  let all = withLayout(shared, layout, stamp, true);
  for (const [pane, view] of Object.entries(panes)) all = withFields(all, pane, view, stamp, true);
  return { ...all, latest: later(stamp, all.latest) };
}

function withLayout(shared: SharedView, layout: Layout, stamp: Stamp, alsoEqual: boolean): SharedView {
  if (!replaces(stamp, shared.layout.stamp, alsoEqual)) return shared;
  return { ...shared, layout: { layout, stamp }, latest: later(stamp, shared.latest) };
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
    if (change[field] == null || (before !== undefined && !replaces(stamp, before, alsoEqual))) continue;
    applied = true;
    Object.assign(view, { [field]: change[field] });
    stamps[field] = stamp;
  }
  if (!applied) return shared;
  const panes = { ...shared.panes, [pane]: { view, stamps } };
  return { ...shared, panes, latest: later(stamp, shared.latest) };
}

function replaces(stamp: Stamp, before: Stamp, alsoEqual: boolean): boolean {
  return isNewer(stamp, before) || (alsoEqual && !isNewer(before, stamp));
}

function later(a: Stamp, b: Stamp): Stamp {
  return isNewer(a, b) ? a : b;
}

/** The views of all panes, as a snapshot has them. */
export function panesOf(shared: SharedView): Record<string, PaneView> {
  return Object.fromEntries(Object.entries(shared.panes).map(([pane, { view }]) => [pane, view]));
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
