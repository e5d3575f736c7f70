// What this page tells about itself: pointer, following, picture quality. Newest wins; at least every 1.5 s.
import type { Place, PresenceUpdate } from "../protocol.ts";
import type { Clock } from "./clock.ts";

const SPACING_MS = 34;
const HEARTBEAT_MS = 1500;

export type About = { pointer: Place | null; following: boolean; quality: PresenceUpdate["quality"] };

export class Announcing {
  #about: About = { pointer: null, following: true, quality: "none" };
  #n = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #on = false;

  constructor(
    private readonly tell: (update: PresenceUpdate) => void,
    private readonly clock: Clock,
  ) {}

  about(change: Partial<About>): void {
    this.#about = { ...this.#about, ...change };
    if (this.#on) this.#plan(SPACING_MS);
  }

  start(): void {
    this.#on = true;
    this.#plan(0);
  }

  stop(): void {
    this.#on = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  #plan(spacing: number): void {
    this.#cancel?.();
    const wait = Math.max(0, this.#sentAt + spacing - this.clock.now());
    if (wait > 0) this.#cancel = this.clock.later(wait, () => this.#send());
    else this.#send();
  }

  #send(): void {
    const { pointer, following, quality } = this.#about;
    this.#n += 1;
    this.#sentAt = this.clock.now();
    this.tell({
      n: this.#n,
      pointer: pointer === null ? null : { pane: 0, place: pointer },
      following,
      quality,
    });
    this.#plan(HEARTBEAT_MS);
  }
}
