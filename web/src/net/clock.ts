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

/** A fresh name of 128 random bits for an op or a mark. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
