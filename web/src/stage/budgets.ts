// How many bytes of pictures one pane may keep: a whole page's share, less on phones, divided among its panes. Pure.

export type Budgets = {
  /** Decoded values tiles. */
  values: number;
  /** Decoded display tiles. */
  display: number;
  /** Textures on the graphics card. */
  textures: number;
  /** VOI LUTs, and palettes; as much each. */
  tables: number;
  overlays: number;
  /** The preview of the stack; the server sends no more of one (MOST_BYTES in preview_level.py). */
  preview: number;
};

const MB = 1 << 20;
/** Of the whole page: 260 MB. */
const DESK: Budgets = {
  values: 84 * MB,
  display: 64 * MB,
  textures: 64 * MB,
  tables: 8 * MB,
  overlays: 8 * MB,
  preview: 24 * MB,
};
/** The same on a phone: 138 MB, so that with what is being drawn it stays below 150. */
const PHONE: Budgets = {
  values: 40 * MB,
  display: 24 * MB,
  textures: 40 * MB,
  tables: 3 * MB,
  overlays: 4 * MB,
  preview: 24 * MB,
};

/** What each of so many panes may keep. */
export function budgetsOf(panes: number, phone: boolean): Budgets {
  const page = phone ? PHONE : DESK;
  const share = (bytes: number) => Math.floor(bytes / Math.max(1, panes));
  return {
    values: share(page.values),
    display: share(page.display),
    textures: share(page.textures),
    tables: share(page.tables),
    overlays: share(page.overlays),
    preview: share(page.preview),
  };
}

/** Whether this is a device that is held in a hand. */
export function onPhone(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
