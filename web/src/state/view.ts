// The shared view: layout, and per pane and field the newest writing, ordered by (fence, view revision).
import type { Layout, PaneView, ViewChange } from "../protocol.ts";
import { canonical } from "./canonical.ts";

export type Stamp = { fence: number; viewRevision: number };
type Field = keyof PaneView;
const FIELDS: readonly Field[] = [
  "shown",
  "place",
  "field",
  "window",
  "cine",
  "slab",
  "turn",
  "camera",
  "inverted",
];

export type SharedPane = { view: PaneView; stamps: Partial<Record<Field, Stamp>> };
export type SharedLayout = { layout: Layout; stamp: Stamp };
export type SharedView = { layout: SharedLayout; panes: Record<string, SharedPane>; latest: Stamp };

const NO_PANE: SharedPane = { view: {}, stamps: {} };
const NEVER: Stamp = { fence: 0, viewRevision: 0 };
export const NOTHING_SHARED: SharedView = {
  layout: { layout: "1x1", stamp: NEVER },
  panes: {},
  latest: NEVER,
};

export function isNewer(a: Stamp, b: Stamp): boolean {
  return a.fence > b.fence || (a.fence === b.fence && a.viewRevision > b.viewRevision);
}

/**
 * One change, each field of it only where nothing newer is known; the same object if it says nothing new.
 *
 * Of two tellings of one view revision the later one holds: several commands may have become one change.
 */
export function withChange(shared: SharedView, change: ViewChange): SharedView {
  const stamp = { fence: change.fence, viewRevision: change.view_revision };
  const pane = String(change.pane);
  const before = shared.panes[pane] ?? NO_PANE;
  const after = withFields(before, change.change, stamp);
  const panes = after === before ? shared.panes : { ...shared.panes, [pane]: after };
  return together(shared, withLayout(shared.layout, change.layout ?? null, stamp), panes, stamp);
}

/** The whole view as the server told it at `stamp`: of what is known only the newer stays. */
export function withWhole(
  shared: SharedView,
  layout: Layout,
  panes: Record<string, PaneView>,
  stamp: Stamp,
): SharedView {
  const all: Record<string, SharedPane> = {};
  for (const pane of new Set([...Object.keys(shared.panes), ...Object.keys(panes)])) {
    const told = panes[pane] ?? {};
    const known = onlyNewer(shared.panes[pane] ?? NO_PANE, told, stamp);
    const after = withFields(known, told, stamp);
    if (Object.keys(after.stamps).length > 0) all[pane] = after;
  }
  return together(shared, withLayout(shared.layout, layout, stamp), all, stamp);
}

function together(
  shared: SharedView,
  layout: SharedLayout,
  panes: Record<string, SharedPane>,
  stamp: Stamp,
): SharedView {
  const latest = isNewer(stamp, shared.latest) ? stamp : shared.latest;
  const same = layout === shared.layout && panes === shared.panes && latest === shared.latest;
  return same ? shared : { layout, panes, latest };
}

function withLayout(known: SharedLayout, layout: Layout | null, stamp: Stamp): SharedLayout {
  if (layout === null || isNewer(known.stamp, stamp)) return known;
  return layout === known.layout && !isNewer(stamp, known.stamp) ? known : { layout, stamp };
}

function withFields(known: SharedPane, change: PaneView, stamp: Stamp): SharedPane {
  const view: PaneView = { ...known.view };
  const stamps = { ...known.stamps };
  let applied = false;
  for (const field of fieldsOf(change)) {
    const before = stamps[field];
    if (before !== undefined && isNewer(before, stamp)) continue;
    if (before !== undefined && !isNewer(stamp, before) && sameField(field, view, change)) continue;
    applied = true;
    Object.assign(view, { [field]: change[field] });
    stamps[field] = stamp;
  }
  return applied ? { view, stamps } : known;
}

/** Without the fields that `told`, which is as new as they are, does not have. */
function onlyNewer(known: SharedPane, told: PaneView, stamp: Stamp): SharedPane {
  const gone = fieldsOf(known.view).filter((field) => {
    const at = known.stamps[field];
    return told[field] == null && (at === undefined || !isNewer(at, stamp));
  });
  if (gone.length === 0) return known;
  const without = (parts: object) =>
    Object.fromEntries(Object.entries(parts).filter(([field]) => !gone.includes(field as Field)));
  return { view: without(known.view), stamps: without(known.stamps) };
}

/** The fields a change says something about. */
export function fieldsOf(change: PaneView): Field[] {
  return FIELDS.filter((field) => change[field] != null);
}

/** Whether both say the same of one field. */
export function sameField(field: Field, one: PaneView, other: PaneView): boolean {
  return canonical(one[field] ?? null) === canonical(other[field] ?? null);
}

/** How many panes a layout has. */
export function paneCount(layout: Layout): number {
  return layout === "1x1" ? 1 : layout === "2x2" ? 4 : 2;
}

/** Of the panes that a layout shows the one that was steered last; the first when none was. */
export function lastSteered({ panes, layout }: SharedView): number {
  let last = 0;
  let newest = NEVER;
  for (let pane = 0; pane < paneCount(layout.layout); pane++) {
    for (const stamp of Object.values(panes[String(pane)]?.stamps ?? {})) {
      if (isNewer(stamp, newest)) [last, newest] = [pane, stamp];
    }
  }
  return last;
}

/** The views of all panes, as a snapshot has them. */
export function panesOf(shared: SharedView): Record<string, PaneView> {
  return Object.fromEntries(Object.entries(shared.panes).map(([pane, { view }]) => [pane, view]));
}

/** Two changes as one; the later one wins in each field. */
export function merged(before: PaneView, after: PaneView): PaneView {
  const both: PaneView = { ...before };
  for (const field of fieldsOf(after)) Object.assign(both, { [field]: after[field] });
  return both;
}

/** Windows travel with 7 significant digits: what is sent is what comes back. */
export function rounded(view: PaneView): PaneView {
  if (view.window == null) return view;
  const { center, width } = view.window;
  const round = (value: number) => Number(value.toPrecision(7));
  return { ...view, window: { ...view.window, center: round(center), width: round(width) } };
}
