// What this page tells about itself: pointer, following, what it has drawn. Newest wins; at least every 1.5 s.
import type { Drawn, Pointer, PresenceUpdate } from "../protocol.ts";
import type { Clock } from "./clock.ts";

const SPACING_MS = 34;
const HEARTBEAT_MS = 1500;

/** What is drawn goes with whatever else is told, and by itself at most so often. */
const DRAWN_SPACING_MS = 250;

export type About = {
  pointer: Pointer | null;
  following: boolean;
  quality: PresenceUpdate["quality"];
  typing: boolean;
  drawn: Drawn | null;
};

export class Announcing {
  #about: About = { pointer: null, following: true, quality: "none", typing: false, drawn: null };
  #roundTripMs: number | null = null;
  #n = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #on = false;

  constructor(
    private readonly tell: (update: PresenceUpdate) => void,
    private readonly clock: Clock,
  ) {}

  about(change: Partial<About>): void {
    this.#about = { ...this.#about, ...change };
    const hurried = Object.keys(change).some((what) => what !== "drawn");
    if (this.#on) this.#plan(hurried ? SPACING_MS : DRAWN_SPACING_MS);
  }

  /** How long an answer took, as far as this page can tell. */
  answeredWithin(ms: number): void {
    this.#roundTripMs = Math.min(60_000, Math.round(ms));
  }

  start(): void {
    this.#on = true;
    this.#plan(0);
  }

  stop(): void {
    this.#on = false;
    this.#unplan();
  }

  /** What is planned for sooner stays: nothing is put off by what can wait. */
  #plan(spacing: number): void {
    const now = this.clock.now();
    const dueAt = Math.max(now, this.#sentAt + spacing);
    if (dueAt >= this.#dueAt) return;
    this.#unplan();
    if (dueAt <= now) {
      this.#send();
      return;
    }
    this.#dueAt = dueAt;
    this.#cancel = this.clock.later(dueAt - now, () => this.#send());
  }

  #unplan(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  #send(): void {
    const { pointer, following, quality, typing, drawn } = this.#about;
    this.#unplan();
    this.#n += 1;
    this.#sentAt = this.clock.now();
    this.tell({
      n: this.#n,
      pointer,
      following,
      quality,
      typing,
      round_trip_ms: this.#roundTripMs,
      drawn,
    });
    this.#plan(HEARTBEAT_MS);
  }
}
