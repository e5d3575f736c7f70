// The leader's hand on one pane of the shared view: newest wins, at most 30 commands a second, a few on their way.
import type { Layout, PaneView, ViewCommand } from "../protocol.ts";
import { fieldsOf, merged, sameField } from "../state/view.ts";
import type { Clock } from "./clock.ts";
import { received } from "./wire.ts";

const SPACING_MS = 34;
const ON_THEIR_WAY = 8;
const REFUSED_FOR_NOW = new Set(["TOO_FAST", "NOT_SAVED", "STORE_UNREACHABLE", "INTERNAL", "STATE_LOST"]);
const AGAIN_MS = 300;

/** What is steered at once: fields of one pane, and perhaps how many panes there are. */
export type Move = { change: PaneView; layout: Layout | null };

export type SteeringEvents = {
  accepted(move: Move, fence: number, viewRevision: number): void;
  /** Somebody else leads, or the change is not allowed: the screen goes back to the shared view. */
  refused(code: string, message: string): void;
};

type Sent = { move: Move; fence: number };
const NOTHING: Move = { change: {}, layout: null };

export class Steering {
  #queued: Move | null = null;
  #sent: Sent[] = [];
  /** What was accepted last; several commands may have become one change. */
  #accepted: Sent & { viewRevision: number } = { move: NOTHING, fence: 0, viewRevision: 0 };
  #notBefore = 0;
  #fence: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(
    readonly pane: number,
    private readonly send: (command: ViewCommand) => Promise<unknown>,
    private readonly connected: () => boolean,
    private readonly events: SteeringEvents,
    private readonly clock: Clock,
  ) {}

  /** The fence of the lead this page holds now; null: it leads nothing, and what waits is dropped. */
  hold(fence: number | null): void {
    if (fence === this.#fence) return;
    this.#fence = fence;
    this.#sent = [];
    if (fence === null) this.#queued = null;
    this.#flush();
  }

  push(move: Move): void {
    if (this.#fence === null) return;
    this.#queued = this.#queued === null ? move : together(this.#queued, move);
    this.#flush();
  }

  /** After a reconnect: what was unanswered and what waits goes out. */
  resume(): void {
    this.#notBefore = 0;
    this.#flush();
  }

  /** Whether anything is still to be told or answered. */
  busy(): boolean {
    return this.#queued !== null || this.#sent.length > 0;
  }

  /** Whether a change that the server tells everyone holds only what we sent: one command, or several in one. */
  isOwn(fence: number, change: PaneView): boolean {
    const ours = [...this.#sent, this.#accepted].filter((sent) => sent.fence === fence);
    return fieldsOf(change).every((field) => ours.some(({ move }) => sameField(field, move.change, change)));
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#queued === null || this.#fence === null || !this.connected()) return;
    if (this.#sent.length >= ON_THEIR_WAY) return;
    const wait = this.#notBefore - this.clock.now();
    if (wait > 0) {
      this.#cancel = this.clock.later(wait, () => this.#flush());
      return;
    }
    const sent = { move: this.#queued, fence: this.#fence };
    this.#queued = null;
    this.#sent.push(sent);
    this.#notBefore = this.clock.now() + SPACING_MS;
    this.send({ fence: sent.fence, pane: this.pane, ...sent.move }).then(
      (answer) => this.#answered(sent, answer),
      () => this.#unanswered(sent, 0),
    );
  }

  #answered(sent: Sent, answer: unknown): void {
    const accepted = received("ViewAccepted", answer);
    const refused = received("Refused", answer);
    if (refused !== null && REFUSED_FOR_NOW.has(refused.code)) {
      this.#unanswered(sent, AGAIN_MS);
      return;
    }
    if (!this.#settle(sent)) return;
    if (accepted !== null) {
      this.#accept(sent, accepted.view_revision);
      this.events.accepted(sent.move, sent.fence, accepted.view_revision);
    } else {
      this.#queued = null;
      this.events.refused(refused?.code ?? "INTERNAL", refused?.message ?? "");
    }
    this.#flush();
  }

  #accept(sent: Sent, viewRevision: number): void {
    const before = this.#accepted;
    const one = before.fence === sent.fence && before.viewRevision === viewRevision;
    this.#accepted = { ...sent, move: one ? together(before.move, sent.move) : sent.move, viewRevision };
  }

  /** It may have been done or not: it is told again beneath what is newer. */
  #unanswered(sent: Sent, waitMs: number): void {
    if (!this.#settle(sent) || this.#fence !== sent.fence) return;
    const newer = this.#sent.map(({ move }) => move);
    if (this.#queued !== null) newer.push(this.#queued);
    this.#queued = newer.reduce(together, sent.move);
    this.#notBefore = this.clock.now() + waitMs;
    this.#flush();
  }

  #settle(sent: Sent): boolean {
    const place = this.#sent.indexOf(sent);
    if (place >= 0) this.#sent.splice(place, 1);
    return place >= 0;
  }
}

function together(before: Move, after: Move): Move {
  return { change: merged(before.change, after.change), layout: after.layout ?? before.layout };
}
