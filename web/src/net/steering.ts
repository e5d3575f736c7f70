// The leader's hands on the shared view: newest wins, at most 30 commands a second, a few on their way.
import type { PaneView, ViewCommand } from "../protocol.ts";
import { lookedAt, merged } from "../state/view.ts";
import type { Clock } from "./clock.ts";
import { received } from "./wire.ts";

const SPACING_MS = 34;
const ON_THEIR_WAY = 8;
const REFUSED_FOR_NOW = new Set(["TOO_FAST", "NOT_SAVED", "STORE_UNREACHABLE", "INTERNAL"]);
const AGAIN_MS = 300;

export type SteeringEvents = {
  accepted(change: PaneView, fence: number, viewRevision: number): void;
  /** Somebody else leads, or the change is not allowed: the screen goes back to the shared view. */
  refused(code: string, message: string): void;
};

export class Steering {
  #queued: PaneView | null = null;
  #sent: { change: PaneView; fence: number }[] = [];
  #notBefore = 0;
  #fence: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(
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

  push(change: PaneView): void {
    if (this.#fence === null) return;
    this.#queued = this.#queued === null ? change : merged(this.#queued, change);
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

  /** Whether a change that the server tells everyone is one of ours on its way. */
  isOwn(fence: number, change: PaneView): boolean {
    const told = fingerprint(change);
    return this.#sent.some((sent) => sent.fence === fence && fingerprint(sent.change) === told);
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
    const sent = { change: this.#queued, fence: this.#fence };
    this.#queued = null;
    this.#sent.push(sent);
    this.#notBefore = this.clock.now() + SPACING_MS;
    this.send({ fence: sent.fence, pane: 0, change: sent.change }).then(
      (answer) => this.#answered(sent, answer),
      () => this.#unanswered(sent, 0),
    );
  }

  #answered(sent: { change: PaneView; fence: number }, answer: unknown): void {
    const accepted = received("ViewAccepted", answer);
    const refused = received("Refused", answer);
    if (refused !== null && REFUSED_FOR_NOW.has(refused.code)) {
      this.#unanswered(sent, AGAIN_MS);
      return;
    }
    if (!this.#settle(sent)) return;
    if (accepted !== null) this.events.accepted(sent.change, sent.fence, accepted.view_revision);
    else {
      this.#queued = null;
      this.events.refused(refused?.code ?? "INTERNAL", refused?.message ?? "");
    }
    this.#flush();
  }

  /** It may have been done or not: it is told again beneath what is newer. */
  #unanswered(sent: { change: PaneView; fence: number }, waitMs: number): void {
    if (!this.#settle(sent) || this.#fence !== sent.fence) return;
    const newer = [...this.#sent.map(({ change }) => change), this.#queued ?? {}].reduce(merged, {});
    this.#queued = merged(sent.change, newer);
    this.#notBefore = this.clock.now() + waitMs;
    this.#flush();
  }

  #settle(sent: { change: PaneView; fence: number }): boolean {
    const place = this.#sent.indexOf(sent);
    if (place >= 0) this.#sent.splice(place, 1);
    return place >= 0;
  }
}

function fingerprint(view: PaneView): string {
  return JSON.stringify([view.shown?.series, view.shown?.stack, lookedAt(view)]);
}
