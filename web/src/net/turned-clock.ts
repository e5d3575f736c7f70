// A clock that tests turn by hand; chance is fixed.
import type { Clock } from "./clock.ts";

export class TurnedClock implements Clock {
  #now = 0;
  #calls: { at: number; call: () => void }[] = [];
  luck = 1;

  now(): number {
    return this.#now;
  }

  chance(): number {
    return this.luck;
  }

  later(ms: number, call: () => void): () => void {
    const entry = { at: this.#now + ms, call };
    this.#calls.push(entry);
    return () => {
      this.#calls = this.#calls.filter((other) => other !== entry);
    };
  }

  /** Lets `ms` pass, calling what falls due in its order, and lets every promise settle in between. */
  async turn(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const next = this.#calls.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#calls = this.#calls.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
      await settled();
    }
    this.#now = end;
  }
}

/** Every promise that can settle has settled. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
