// One stay in one room: what the socket says becomes state, what people do becomes messages.
import { batch } from "@preact/signals";
import {
  type Command,
  type Farewell,
  type Hello,
  type Layout,
  type PaneView,
  PROTOCOL_VERSION,
  type Refused,
  type Snapshot,
  type ViewChange,
} from "../protocol.ts";
import { difference } from "../state/difference.ts";
import { fromSnapshot, type RoomDocument } from "../state/document.ts";
import { withFrame } from "../state/presence.ts";
import type { Room } from "../state/room.ts";
import { NOTHING_SHARED, rounded, type SharedView, withChange, withWhole } from "../state/view.ts";
import { words } from "../words.ts";
import { type About, Announcing } from "./announcing.ts";
import { CatchingUp, type WholeView } from "./catching-up.ts";
import { Checking } from "./checking.ts";
import { type Clock, freshId, ServerClock } from "./clock.ts";
import { Posting } from "./posting.ts";
import { Silence } from "./silence.ts";
import type { Connect, Link } from "./socket.ts";
import { type Move, Steering } from "./steering.ts";
import { received } from "./wire.ts";

/** What a screen shows: how its panes lie, and what is in each of them. */
export type ShownPanes = { layout: Layout; panes: ReadonlyMap<number, PaneView> };

export type SessionParts = {
  room: Room;
  clock: Clock;
  connect: Connect;
  snapshot(): Promise<Snapshot>;
};

export class Session {
  readonly #room: Room;
  readonly #link: Link;
  /** One hand for each pane. */
  readonly #hands: readonly Steering[];
  readonly #checking: Checking;
  readonly #silence: Silence;
  readonly #snapshot: () => Promise<Snapshot>;
  readonly #posting: Posting;
  readonly #announcing: Announcing;
  readonly #catching: CatchingUp;
  readonly #serverClock: ServerClock;
  readonly #clock: Clock;
  /** Gives the view to show everyone as soon as the lead is ours: what is on this screen then. */
  #offered: (() => ShownPanes) | null = null;
  #led = false;
  /** How many view commands this page has sent: one that comes late, on a line it has left, is known by it. */
  #commands = 0;
  /** The view revision up to which the server has told the view to everyone. */
  #viewTold = 0;
  /** The view revision this page knew when it asked what it lacks: no store that kept all is behind it. */
  #viewAsked = 0;

  constructor(hello: Hello, parts: SessionParts) {
    this.#room = parts.room;
    this.#serverClock = new ServerClock(parts.clock);
    this.#link = parts.connect(hello, {
      message: (event, data) => this.#hear(event, data),
      cut: () => this.#cut(),
      ended: (why) => this.#ended(why),
    });
    this.#snapshot = parts.snapshot;
    const page = freshId();
    this.#hands = [0, 1, 2, 3].map(
      (pane) =>
        new Steering(
          pane,
          (command) => this.#timed(this.#link.ask("view", { ...command, page, n: ++this.#commands })),
          () => this.#online(),
          {
            accepted: (move, fence, viewRevision) => this.#steered(pane, move, fence, viewRevision),
            refused: (code, message) => this.#snapBack(code, message),
          },
          parts.clock,
        ),
    );
    this.#checking = new Checking(
      parts.room,
      () => this.#catching.replace(),
      () => void this.#catching.ask(),
    );
    this.#silence = new Silence(parts.clock, () => this.#link.renew());
    this.#posting = new Posting(
      parts.room,
      (op) => this.#timed(this.#link.ask("op", op)),
      () => this.#online(),
      (command, why) => this.#refused(command, why),
      parts.clock,
    );
    this.#catching = new CatchingUp({
      room: parts.room,
      clock: parts.clock,
      connected: () => this.#link.connected(),
      ask: async (request) => {
        this.#viewAsked = parts.room.shared.value.latest.viewRevision;
        const answer = await this.#link.ask("sync", request);
        this.#silence.broken();
        return answer;
      },
      snapshot: parts.snapshot,
      adopt: (document) => this.#adopt(document),
      live: (take, view) => this.#live(take, view),
      lost: (frozen) => this.#lost(frozen),
    });
    this.#clock = parts.clock;
    this.#announcing = new Announcing((update) => this.#link.tell("presence", update), parts.clock);
  }

  // --- what people do -----------------------------------------------------------------------------------
  /** A change of the document: sent until the server has answered. False: too many wait already. */
  do(command: Command): boolean {
    if (command.kind === "lead.ask" && !command.asking) this.#offered = null;
    return this.#posting.add(command);
  }

  /** The leader moved the shared view of a pane, and with it perhaps how many panes there are. */
  steer(change: PaneView, pane = 0, layout: Layout | null = null): void {
    this.#hands[pane]?.push({ change: rounded(change), layout });
  }

  /** The server's time in ms since 1970; null before it was heard. */
  serverNow(): number | null {
    return this.#serverClock.now();
  }

  /** Whether the server has heard and answered all steering. */
  settled(): boolean {
    return !this.#busy();
  }

  /** Show everyone what `shown` gives: at once as the leader, else once this page leads. */
  show(shown: () => ShownPanes): void {
    const { leads, mayTakeLead } = this.#room;
    if (leads.value) {
      this.#steerAll(shown());
      return;
    }
    this.#offered = shown;
    this.do(mayTakeLead.value ? { kind: "lead.take" } : { kind: "lead.ask", asking: true });
  }

  #steerAll({ layout, panes }: ShownPanes): void {
    for (const [pane, view] of panes) this.steer(view, pane, layout);
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

  /** After STATE_LOST: this page goes on with what the server has. */
  acceptLoss(): void {
    this.#room.lost.value = null;
    this.#forgetView();
    this.#catching.startAgain();
  }

  /** After STATE_LOST, for hosts: the room goes on with what the server has, for everyone. False: it does not. */
  async goOn(): Promise<boolean> {
    const op = { op_id: freshId(), command: { kind: "room.go_on" } as const };
    const answer = await this.#link.ask("op", op).catch(() => null);
    const refused = received("Refused", answer);
    if (received("OpAccepted", answer) === null && refused?.code !== "NOT_LOST") {
      if (refused !== null) this.#room.notify(refused.message);
      return false;
    }
    this.acceptLoss();
    return true;
  }

  close(): void {
    this.#silence.stop();
    this.#announcing.stop();
    this.#posting.stop();
    this.#catching.stop();
    this.#link.close();
  }

  // --- what the server says -----------------------------------------------------------------------------
  #hear(event: string, data: unknown): void {
    this.#silence.broken();
    this.#room.tick(this.#clock.now());
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
        this.#silence.watch(); // a line may die between the first word and the first answer
        void this.#catching.ask();
        return;
      }
      case "entries":
        this.#known(received("Entries", data), (entries) => this.#catching.take(entries));
        return;
      case "view":
        this.#known(received("ViewChange", data), (change) => this.#moved(change));
        return;
      case "state":
        this.#known(received("StateHash", data), (told) => void this.#checking.check(told));
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
    const before = room.document.value;
    room.document.value = document;
    this.#posting.reached(document.revision);
    this.#lead();
    if (before !== null && document.gathered > before.gathered) this.#broughtHere();
  }

  /** Somebody has brought everyone to the shared view (SPEC.md R45). */
  #broughtHere(): void {
    const { following, leads, movedByOthers } = this.#room;
    if (following.value || leads.value) return;
    batch(() => {
      movedByOthers.value += 1;
      following.value = true;
    });
    this.#announcing.about({ following: true });
    this.#room.notify(words.alone.broughtHere);
  }

  #lead(): void {
    const { document, leads, movedByOthers } = this.#room;
    const lead = document.value?.lead;
    const interrupted = this.#busy();
    const led = this.#led;
    this.#led = leads.value;
    for (const hand of this.#hands) hand.hold(leads.value && lead ? lead.fence : null);
    if (leads.value && !led) this.#tookTheLead();
    else if (led && !leads.value && interrupted) movedByOthers.value += 1;
  }

  /** Whoever leads follows nobody: what was offered is shown to everyone, else the shared view is taken over. */
  #tookTheLead(): void {
    const { following, movedByOthers } = this.#room;
    const offered = this.#offered;
    this.#offered = null;
    if (offered !== null) this.#steerAll(offered());
    batch(() => {
      if (offered === null && !following.value) movedByOthers.value += 1;
      following.value = true;
    });
    this.#announcing.about({ following: true });
  }

  #moved(change: ViewChange): void {
    const room = this.#room;
    if (room.connection.value === "state lost") return;
    this.#viewTold = Math.max(this.#viewTold, change.view_revision);
    const hand = this.#hands[change.pane];
    const own = change.by === room.me.value && hand?.isOwn(change.fence, change.change) === true;
    this.#share(withChange(room.shared.value, change), !own);
  }

  #share(next: SharedView, byOthers: boolean): void {
    const room = this.#room;
    if (next === room.shared.value) return;
    batch(() => {
      room.shared.value = next;
      room.learn(next.latest.viewRevision, this.#clock.now());
      if (byOthers) room.movedByOthers.value += 1;
    });
  }

  /** Our own steering, accepted: shared from now on, whether or not the server's word to everyone came yet. */
  #steered(pane: number, { change, layout }: Move, fence: number, viewRevision: number): void {
    if (viewRevision <= this.#viewTold) return;
    const by = this.#room.me.value ?? "";
    const told = { fence, view_revision: viewRevision, by, pane, change, layout };
    this.#share(withChange(this.#room.shared.value, told), false);
  }

  /** What was known of the view is not the server's: its next word holds, however old. */
  #forgetView(): void {
    this.#room.shared.value = NOTHING_SHARED;
    this.#room.learned.length = 0;
    this.#viewTold = 0;
    this.#viewAsked = 0;
  }

  #snapBack(code: string, message: string): void {
    if (code !== "STALE") this.#room.notify(message);
    this.#room.movedByOthers.value += 1;
  }

  /** In one step, so that no screen sees the document without its view. */
  #live(take: () => void, { layout, panes, stamp }: WholeView): void {
    const room = this.#room;
    batch(() => {
      take();
      room.connection.value = "live";
      room.lost.value = null;
      if (stamp.viewRevision < this.#viewAsked) this.#forgetView(); // the store lost what it had told
      this.#viewTold = Math.max(this.#viewTold, stamp.viewRevision);
      this.#share(withWhole(room.shared.value, layout, panes, stamp), !this.#busy());
    });
    this.#silence.watch();
    this.#announcing.start();
    for (const hand of this.#hands) hand.resume();
    this.#posting.again();
  }

  /** What this page knows is not the server's past; what is gone is shown beside what there is. */
  #lost(frozen: boolean): void {
    const room = this.#room;
    const known = room.document.value;
    this.#silence.stop();
    batch(() => {
      room.connection.value = "state lost";
      room.lost.value = { frozen, gone: [] };
    });
    if (known === null) return;
    this.#snapshot().then(
      (snapshot) => {
        if (room.connection.value !== "state lost") return;
        room.lost.value = { frozen, gone: difference(known, fromSnapshot(snapshot)) };
      },
      () => undefined,
    );
  }

  // --- the pipe -----------------------------------------------------------------------------------------
  #cut(): void {
    const room = this.#room;
    this.#silence.stop();
    this.#announcing.stop();
    if (room.connection.value === "live") room.connection.value = "reconnecting";
    this.#catching.cut();
    this.#posting.cut();
  }

  #busy(): boolean {
    return this.#hands.some((hand) => hand.busy());
  }

  async #timed(answer: Promise<unknown>): Promise<unknown> {
    const asked = this.#clock.now();
    const told = await answer;
    this.#announcing.answeredWithin(this.#clock.now() - asked);
    return told;
  }

  #online(): boolean {
    return this.#link.connected() && this.#room.connection.value === "live";
  }

  #refused(command: Command, why: Refused): void {
    if (command.kind.startsWith("lead.")) this.#offered = null;
    if (command.kind === "series.open" && why.code === "OTHER_PATIENT")
      this.#room.otherPatient.value = command;
    else this.#room.notify(why.message);
  }

  #ended(why: Farewell): void {
    this.#silence.stop();
    this.#announcing.stop();
    this.#room.farewell.value = why;
    this.#room.connection.value = "ended";
  }
}
