// The room's document, kept whole: entries in their order, what is missing asked for, a lost history said.
import type {
  Entries,
  Layout,
  LogEntry,
  PaneView,
  Snapshot,
  SyncLost,
  SyncRequest,
  SyncTail,
} from "../protocol.ts";
import { fromSnapshot, type RoomDocument, withEntries } from "../state/document.ts";
import type { Room } from "../state/room.ts";
import type { Stamp } from "../state/view.ts";
import type { Clock } from "./clock.ts";
import { received } from "./wire.ts";

const AGAIN_MS = 500;

/** The whole view, as it was at `stamp`. */
export type WholeView = { layout: Layout; panes: Record<string, PaneView>; stamp: Stamp };

export type CatchingUpParts = {
  room: Room;
  clock: Clock;
  connected(): boolean;
  ask(request: SyncRequest): Promise<unknown>;
  snapshot(): Promise<Snapshot>;
  /** The document is this from now on. */
  adopt(document: RoomDocument): void;
  /** The page has all that the server had, adopted by `take`, with its view. */
  live(take: () => void, view: WholeView): void;
  /** The server's past is not this page's. */
  lost(frozen: boolean): void;
};

export class CatchingUp {
  /** The server tells entries before it answers `sync`: these wait for the snapshot they follow. */
  #early: LogEntry[] = [];
  /** What this page knew counts no more: the server's whole is wanted. */
  #forgotten = false;
  /** What this page has is shown on, but not believed. */
  #mistrusted = false;
  #asking = false;
  #again = false;
  /** How often the socket went: what was asked before that makes no page live. */
  #cuts = 0;
  #cancel: (() => void) | null = null;

  constructor(private readonly parts: CatchingUpParts) {}

  /** Asks for what is missing, until there is an answer; once more if something was missed meanwhile. */
  async ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    const { room, clock, connected } = this.parts;
    this.#asking = true;
    this.#again = false;
    this.#cancel?.();
    const cuts = this.#cuts;
    const done = await this.#catchUp().catch(() => false);
    if (cuts !== this.#cuts) return;
    this.#asking = false;
    if (room.connection.value === "ended" || !connected()) return;
    if (!done) this.#cancel = clock.later(AGAIN_MS, () => void this.ask());
    else if (this.#again) void this.ask();
  }

  /** The socket went: the next one asks for itself, whatever still hangs. */
  cut(): void {
    this.#cuts += 1;
    this.#asking = false;
    this.#cancel?.();
  }

  /** What the server tells everyone. */
  take({ entries }: Entries): void {
    const document = this.#known;
    if (document === null) this.#early.push(...entries);
    if (this.parts.room.connection.value === "state lost") {
      // A host went on: what there is now can be had.
      if (entries.some(({ command }) => command.kind === "room.continued")) void this.ask();
      return;
    }
    if (document === null) return;
    const taken = withEntries(document, entries);
    this.parts.adopt(taken.document);
    if (taken.gap) void this.ask();
  }

  /** Forgets the document and asks for the server's. */
  startAgain(): void {
    this.#forgotten = true;
    this.#early = [];
    void this.ask();
  }

  /** What this page has is not what the server has at the same revision: the server's whole is taken. */
  replace(): void {
    this.#mistrusted = true;
    void this.ask();
  }

  stop(): void {
    this.#cancel?.();
  }

  get #known(): RoomDocument | null {
    return this.#forgotten ? null : this.parts.room.document.value;
  }

  /** Whether the page has now all that the server has. */
  async #catchUp(): Promise<boolean> {
    // Without a document of its own also while it is not believed: a socket that has not asked hears nothing.
    const document = this.#mistrusted ? null : this.#known;
    const answer = await this.parts.ask({
      epoch: document?.epoch ?? null,
      revision: document?.revision ?? 0,
      head: document?.head ?? "",
    });
    const tail = received("SyncTail", answer);
    if (tail !== null && document !== null) return this.#tail(tail);
    if (received("SyncSnapshot", answer) !== null) return this.#fetch();
    const lost: SyncLost | null = received("SyncLost", answer);
    if (lost !== null) return this.#lost(lost.frozen);
    return received("Refused", answer)?.code === "STATE_LOST" ? this.#lost(true) : false;
  }

  async #fetch(): Promise<boolean> {
    const cuts = this.#cuts;
    const snapshot = await this.parts.snapshot();
    return cuts === this.#cuts && this.#whole(snapshot);
  }

  #lost(frozen: boolean): boolean {
    this.parts.lost(frozen);
    return true;
  }

  #tail(tail: SyncTail): boolean {
    const document = this.#known;
    if (document === null) return false;
    const taken = withEntries(document, tail.entries);
    const stamp = { fence: tail.fence, viewRevision: tail.view_revision };
    const { layout, panes } = tail;
    this.parts.live(() => this.parts.adopt(taken.document), { layout, panes, stamp });
    return !taken.gap;
  }

  #whole(snapshot: Snapshot): boolean {
    const { adopt, live } = this.parts;
    const known = this.#known;
    const stamp = { fence: snapshot.lead.fence, viewRevision: snapshot.view_revision };
    const { layout, panes } = snapshot;
    if (known !== null && known.epoch === snapshot.epoch && known.revision > snapshot.revision) {
      // Entries overtook the snapshot: what we have is newer; if it is not believed, the next one is asked for.
      live(() => undefined, { layout, panes, stamp });
      return !this.#mistrusted;
    }
    const taken = withEntries(fromSnapshot(snapshot), this.#early);
    this.#early = [];
    this.#forgotten = false;
    this.#mistrusted = false;
    live(() => adopt(taken.document), { layout, panes, stamp });
    return !taken.gap;
  }
}
