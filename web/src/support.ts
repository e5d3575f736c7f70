// What tests and support may ask of a page, at `window.readingroom`. It holds no secrets and changes nothing.
import type { Desk } from "./panels/desk.ts";
import type { PaneView } from "./protocol.ts";
import type { PaneStats, Pixels, Quality } from "./stage/index.ts";
import { documentHash, viewHash } from "./state/state-hash.ts";

export type Support = {
  stats(): PaneStats | null;
  pixels(): Pixels | null;
  quality(): Quality;
  /** The frame of the stack on screen, from 0. */
  frame(): number | null;
  view(): PaneView | null;
  shared(): PaneView;
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
  window.readingroom = {
    stats: () => desk.pane?.stats() ?? null,
    pixels: () => desk.pane?.pixels() ?? null,
    quality: () => desk.quality.value,
    frame: () => desk.frame.value,
    view: () => desk.pane?.view() ?? null,
    shared: () => room.sharedPane.value,
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
