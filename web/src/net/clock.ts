// Time and chance, handed in so that tests turn them by hand.
export type Clock = {
  /** Milliseconds, growing steadily. */
  now(): number;
  /** Calls once after `ms`; what it returns takes that back. */
  later(ms: number, call: () => void): () => void;
  /** 0 to 1. */
  chance(): number;
};

export const CLOCK: Clock = {
  now: () => performance.now(),
  later(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  chance: () => Math.random(),
};

/** The server's time as this page knows it: heard with every welcome, counted on by our own clock. */
export class ServerClock {
  #ahead: number | null = null;

  constructor(private readonly clock: Clock) {}

  /** `serverMs` has just arrived; its way here is not known and taken as none. */
  heard(serverMs: number): void {
    this.#ahead = serverMs - this.clock.now();
  }

  /** Milliseconds since 1970; null before anything was heard. */
  now(): number | null {
    return this.#ahead === null ? null : this.#ahead + this.clock.now();
  }
}

/** A fresh name of 128 random bits for an op or a mark. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
