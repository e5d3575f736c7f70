// How somebody goes through the frames: in which direction, and whether this one is only passed.
import type { Layout } from "./layout.ts";
import { type AddressOf, FULL_AHEAD, type Plan, planAhead, type Stock } from "./plan.ts";

/** A frame passed more quickly than this is only worth its preview. */
export const DWELL_MS = 100;
/** The same in the middle of a sweep, which stumbles where a device or a line does. */
const SWEPT_DWELL_MS = 250;
/** So many changes of the frame within so long are a sweep. */
const SWEEP_STEPS = 4;
const SWEEP_MS = 500;
/** Frames are fetched so far ahead of those who go on as they came. */
const AHEAD_MS = 1000;

export class Travel {
  #direction: 1 | -1 = 1;
  #frame = -1;
  #since = 0;
  #passing = false;
  /** How long the frame before was looked at. */
  #gap = Infinity;
  /** When the latest frames came. */
  #came: number[] = [];

  /** The frame that is looked at now. */
  note(frame: number, now: number): void {
    if (frame === this.#frame) return;
    if (this.#frame >= 0) this.#direction = frame > this.#frame ? 1 : -1;
    this.#gap = this.#frame >= 0 ? now - this.#since : Infinity;
    this.#came = [...this.#came.slice(1 - SWEEP_STEPS), now];
    this.#passing = this.#frame >= 0 && now - this.#since < this.#dwell;
    this.#frame = frame;
    this.#since = now;
  }

  forget(): void {
    this.#frame = -1;
    this.#came = [];
  }

  /** How long this frame has been looked at. */
  held(now: number): number {
    return now - this.#since;
  }

  /** Milliseconds until this frame is worth more than its preview; 0: it is. */
  passing(now: number): number {
    return this.#passing ? Math.max(0, this.#dwell - this.held(now)) : 0;
  }

  /** How many frames are worth fetching before they are looked at. A sweep that has come to rest goes on from here. */
  get reach(): number {
    return this.#sweeping ? 1 : Math.min(FULL_AHEAD, Math.max(1, Math.ceil(AHEAD_MS / this.#gap)));
  }

  get #sweeping(): boolean {
    const [first = 0, last = 0] = [this.#came[0], this.#came.at(-1)];
    return this.#came.length === SWEEP_STEPS && last - first < SWEEP_MS;
  }

  get #dwell(): number {
    return this.#sweeping ? SWEPT_DWELL_MS : DWELL_MS;
  }

  /**
   * The addresses to ask for: this frame first, its neighbors once nothing of it is missing. While slices are still
   * being read, neighbors would only be refused.
   */
  wishes(
    plan: Plan,
    stock: Stock,
    layout: Layout,
    addressOf: AddressOf,
    { mostWhole, complete, now }: { mostWhole: number; complete: boolean; now: number },
  ): string[] {
    if (plan.full) {
      // Of frames that are swept over none is looked at next.
      const next = complete && this.passing(now) === 0;
      const ahead = next ? planAhead(stock, layout, this.#direction, mostWhole, addressOf, this.reach) : [];
      return [...plan.needed, ...ahead];
    }
    return this.passing(now) > 0 ? plan.needed.slice(0, plan.previews) : plan.needed;
  }
}
