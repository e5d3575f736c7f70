// One stay in one room: what the socket says becomes state, what people do becomes messages.
import { batch } from "@preact/signals";
import {
  type Command,
  type Farewell,
  type Hello,
  type PaneView,
  PROTOCOL_VERSION,
  type Snapshot,
  type ViewChange,
} from "../protocol.ts";
import type { RoomDocument } from "../state/document.ts";
import { withFrame } from "../state/presence.ts";
import type { Room } from "../state/room.ts";
import {
  NOTHING_SHARED,
  rounded,
  type SharedView,
  type Stamp,
  withChange,
  withWhole,
} from "../state/view.ts";
import { words } from "../words.ts";
import { type About, Announcing } from "./announcing.ts";
import { CatchingUp } from "./catching-up.ts";
import { type Clock, ServerClock } from "./clock.ts";
import { Posting } from "./posting.ts";
import type { Connect, Link } from "./socket.ts";
import { Steering } from "./steering.ts";
import { received } from "./wire.ts";

export type SessionParts = {
  room: Room;
  clock: Clock;
  connect: Connect;
  snapshot(): Promise<Snapshot>;
};

export class Session {
  readonly #room: Room;
  readonly #link: Link;
  readonly #steering: Steering;
  readonly #posting: Posting;
  readonly #announcing: Announcing;
  readonly #catching: CatchingUp;
  readonly #serverClock: ServerClock;
  /** The view to show everyone as soon as the lead is ours. */
  #offered: PaneView | null = null;
  #led = false;

  constructor(hello: Hello, parts: SessionParts) {
    this.#room = parts.room;
    this.#serverClock = new ServerClock(parts.clock);
    this.#link = parts.connect(hello, {
      message: (event, data) => this.#hear(event, data),
      cut: () => this.#cut(),
      ended: (why) => this.#ended(why),
    });
    this.#steering = new Steering(
      (command) => this.#link.ask("view", command),
      () => this.#online(),
      {
        accepted: (change, fence, viewRevision) => this.#steered(change, fence, viewRevision),
        refused: (code, message) => this.#snapBack(code, message),
      },
      parts.clock,
    );
    this.#posting = new Posting(
      parts.room,
      (op) => this.#link.ask("op", op),
      () => this.#online(),
      (command, why) => this.#refused(command, why),
      parts.clock,
    );
    this.#catching = new CatchingUp({
      room: parts.room,
      clock: parts.clock,
      connected: () => this.#link.connected(),
      ask: (request) => this.#link.ask("sync", request),
      snapshot: parts.snapshot,
      adopt: (document) => this.#adopt(document),
      live: (take, panes, stamp) => this.#live(take, panes, stamp),
    });
    this.#announcing = new Announcing((update) => this.#link.tell("presence", update), parts.clock);
  }

  // --- what people do -----------------------------------------------------------------------------------
  /** A change of the document: sent until the server has answered. False: too many wait already. */
  do(command: Command): boolean {
    return this.#posting.add(command);
  }

  /** The leader moved the shared view. */
  steer(change: PaneView): void {
    this.#steering.push(rounded(change));
  }

  /** The server's time in ms since 1970; null before it was heard. */
  serverNow(): number | null {
    return this.#serverClock.now();
  }

  /** Whether the server has heard and answered all steering. */
  settled(): boolean {
    return !this.#steering.busy();
  }

  /** Show everyone `view`: at once as the leader, else with the lead, which is taken (host) or asked for. */
  show(view: PaneView): void {
    const { leads, leader, role } = this.#room;
    if (leads.value) {
      this.steer(view);
      return;
    }
    this.#offered = view;
    const free = role.value === "host" || leader.value === null;
    this.do(free ? { kind: "lead.take" } : { kind: "lead.ask", asking: true });
  }

  /** What was to be shown with the lead is not wanted any more, and so neither is the lead. */
  withdraw(): void {
    const { document, me } = this.#room;
    const asked = document.value?.lead.asking.includes(me.value ?? "") ?? false;
    if (this.#offered !== null && asked) this.do({ kind: "lead.ask", asking: false });
    this.#offered = null;
  }

  tell(about: Partial<About>): void {
    this.#announcing.about(about);
  }

  /** After STATE_LOST: go on with what the server has. */
  acceptLoss(): void {
    this.#room.shared.value = NOTHING_SHARED;
    this.#catching.startAgain();
  }

  close(): void {
    this.#announcing.stop();
    this.#posting.stop();
    this.#catching.stop();
    this.#link.close();
  }

  // --- what the server says -----------------------------------------------------------------------------
  #hear(event: string, data: unknown): void {
    switch (event) {
      case "welcome": {
        const welcome = received("Welcome", data);
        if (welcome === null || welcome.protocol !== PROTOCOL_VERSION) {
          this.#link.close();
          this.#ended({ code: "OLD_PROTOCOL", message: words.refusals.otherVersion });
          return;
        }
        this.#serverClock.heard(welcome.server_ms);
        this.#room.welcome.value = welcome;
        void this.#catching.ask();
        return;
      }
      case "entries":
        this.#known(received("Entries", data), (entries) => this.#catching.take(entries));
        return;
      case "view":
        this.#known(received("ViewChange", data), (change) => this.#moved(change));
        return;
      case "presence":
        this.#known(received("PresenceFrame", data), (frame) => {
          this.#room.presence.value = withFrame(this.#room.presence.value, frame);
        });
        return;
      case "store":
        this.#known(received("StoreState", data), ({ saving }) => {
          this.#room.saving.value = saving;
          if (saving) this.#posting.again();
        });
        return;
    }
  }

  /** A message that is not of this protocol is a gap: what it said is asked for. */
  #known<M>(message: M | null, take: (message: M) => void): void {
    if (message !== null) take(message);
    else void this.#catching.ask();
  }

  #adopt(document: RoomDocument): void {
    const room = this.#room;
    room.document.value = document;
    this.#posting.reached(document.revision);
    this.#lead();
  }

  #lead(): void {
    const { document, leads, movedByOthers } = this.#room;
    const lead = document.value?.lead;
    const interrupted = this.#steering.busy();
    const led = this.#led;
    this.#led = leads.value;
    this.#steering.hold(leads.value && lead ? lead.fence : null);
    if (leads.value && !led) this.#tookTheLead();
    else if (led && !leads.value && interrupted) movedByOthers.value += 1;
  }

  /** Whoever leads follows nobody: what was offered is shown to everyone, else the shared view is taken over. */
  #tookTheLead(): void {
    const { following, movedByOthers } = this.#room;
    const offered = this.#offered;
    this.#offered = null;
    if (offered !== null) this.steer(offered);
    batch(() => {
      if (offered === null && !following.value) movedByOthers.value += 1;
      following.value = true;
    });
    this.#announcing.about({ following: true });
  }

  #moved(change: ViewChange): void {
    const room = this.#room;
    if (room.connection.value === "state lost") return;
    const own = change.by === room.me.value && this.#steering.isOwn(change.fence, change.change);
    this.#share(withChange(room.shared.value, change), !own);
  }

  #share(next: SharedView, byOthers: boolean): void {
    const room = this.#room;
    if (next === room.shared.value) return;
    batch(() => {
      room.shared.value = next;
      if (byOthers) room.movedByOthers.value += 1;
    });
  }

  /** Our own steering, accepted: shared from now on, whether or not the server's word to everyone came yet. */
  #steered(change: PaneView, fence: number, viewRevision: number): void {
    const by = this.#room.me.value ?? "";
    const told = { fence, view_revision: viewRevision, by, pane: 0, change };
    this.#share(withChange(this.#room.shared.value, told), false);
  }

  #snapBack(code: string, message: string): void {
    if (code !== "STALE") this.#room.notify(message);
    this.#room.movedByOthers.value += 1;
  }

  /** In one step, so that no screen sees the document without its view. */
  #live(take: () => void, panes: Record<string, PaneView>, stamp: Stamp): void {
    const room = this.#room;
    batch(() => {
      take();
      room.connection.value = "live";
      this.#share(withWhole(room.shared.value, panes, stamp), !this.#steering.busy());
    });
    this.#announcing.start();
    this.#steering.resume();
    this.#posting.again();
  }

  // --- the pipe -----------------------------------------------------------------------------------------
  #cut(): void {
    const room = this.#room;
    this.#announcing.stop();
    if (room.connection.value === "live") room.connection.value = "reconnecting";
    this.#posting.cut();
  }

  #online(): boolean {
    return this.#link.connected() && this.#room.connection.value === "live";
  }

  #refused(command: Command, why: string): void {
    if (command.kind.startsWith("lead.")) this.#offered = null;
    this.#room.notify(why);
  }

  #ended(why: Farewell): void {
    this.#announcing.stop();
    this.#room.farewell.value = why;
    this.#room.connection.value = "ended";
  }
}
