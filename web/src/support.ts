// What tests and support may ask of a page, at `window.readingroom`. It holds no secrets and changes nothing.
import type { Desk } from "./panels/desk.ts";
import type { PaneView } from "./protocol.ts";
import type { PaneStats, Pixels, Quality } from "./stage/index.ts";
import { documentHash, viewHash } from "./state/state-hash.ts";

export type Support = {
  stats(pane?: number): PaneStats | null;
  pixels(pane?: number): Pixels | null;
  quality(): Quality;
  /** The panes on this screen, in reading order. */
  panes(): readonly number[];
  /** The frame of the stack on screen, from 0. */
  frame(): number | null;
  view(pane?: number): PaneView | null;
  shared(pane?: number): PaneView;
  layout(): string;
  /** `fence.view revision` of the shared view as this page knows it. */
  tag(): string;
  revision(): number;
  process(): string | null;
  connection(): string;
  following(): boolean;
  leads(): boolean;
  unsaved(): number;
  /** How often this page differed from the server at the same revision. */
  divergences(): number;
  /** Hashes of the document and of the view, as the server tells them. */
  hashes(): Promise<{ document: string; view: string } | null>;
  /** The server's time in ms, as this page reckons it. */
  serverNow(): number | null;
};

declare global {
  interface Window {
    readingroom?: Support;
  }
}

/** Puts it there until what it returns is called. */
export function expose(desk: Desk): () => void {
  const { room } = desk;
  const paneOf = (pane = desk.arrangement.active.value) => desk.panes[pane]?.pane;
  window.readingroom = {
    stats: (pane) => paneOf(pane)?.stats() ?? null,
    pixels: (pane) => paneOf(pane)?.pixels() ?? null,
    panes: () => desk.arrangement.visible.value,
    quality: () => desk.quality.value,
    frame: () => desk.frame.value,
    view: (pane) => paneOf(pane)?.view() ?? null,
    shared: (pane = 0) => room.shared.value.panes[String(pane)]?.view ?? {},
    layout: () => desk.arrangement.layout.value,
    tag: () => `${room.shared.value.latest.fence}.${room.shared.value.latest.viewRevision}`,
    revision: () => room.document.value?.revision ?? 0,
    process: () => room.welcome.value?.process ?? null,
    connection: () => room.connection.value,
    following: () => room.following.value,
    leads: () => room.leads.value,
    serverNow: () => desk.session.serverNow(),
    divergences: () => room.divergences.value,
    hashes: async () => {
      const document = room.document.value;
      if (document === null) return null;
      const [mine, view] = await Promise.all([documentHash(document), viewHash(room.shared.value)]);
      return { document: mine, view };
    },
    unsaved: () => room.outbox.value.filter(({ savedAt }) => savedAt === null).length,
  };
  return () => {
    delete window.readingroom;
  };
}
