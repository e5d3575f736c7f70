// Whether something that a hand is changing has come to rest: each step on the way is not worth asking the server for.
import { DWELL_MS } from "./travel.ts";

export class Resting {
  #what: string | null = null;
  #since = 0;

  /** Milliseconds until it has rested long enough; the first thing of all is wanted at once. */
  turning(what: string, now: number): number {
    if (this.#what !== what) {
      this.#since = this.#what === null ? -Infinity : now;
      this.#what = what;
    }
    return Math.max(0, DWELL_MS - (now - this.#since));
  }

  /** How long it has been what it is. */
  held(now: number): number {
    return now - this.#since;
  }

  forget(): void {
    this.#what = null;
  }
}
