// A connection that says nothing may be dead on one side only: after a while another one is opened.
import type { Clock } from "./clock.ts";

/** The server says something every 5 s at the least (the state hash). */
export const SILENCE_MS = 7000;
const LOOK_MS = 500;

export class Silence {
  #heardAt = 0;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly dead: () => void,
  ) {}

  /** From now on something is expected. */
  watch(): void {
    this.stop();
    this.#heardAt = this.clock.now();
    this.#look();
  }

  /** Something was heard. */
  broken(): void {
    this.#heardAt = this.clock.now();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #look(): void {
    this.#cancel = this.clock.later(LOOK_MS, () => {
      if (this.clock.now() - this.#heardAt < SILENCE_MS) this.#look();
      else this.dead();
    });
  }
}
