// The user's own pointer, told at most 30 times a second; the last place is always told.
import type { ScreenPoint } from "./layout.ts";

const EVERY_MS = 36;

export class HoverPointer {
  #tell: (at: ScreenPoint | null) => void;
  #at: ScreenPoint | null = null;
  #toldAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (at: ScreenPoint | null) => void) {
    this.#tell = tell;
  }

  /** CSS pixels; null: it has left the picture. */
  move(at: ScreenPoint | null): void {
    if (at === null && this.#at === null) return;
    this.#at = at;
    this.#soon();
  }

  /** The picture under it has changed. */
  again(): void {
    if (this.#at) this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    const wait = EVERY_MS - (performance.now() - this.#toldAt);
    if (wait <= 0) this.#now();
    else this.#timer = setTimeout(() => this.#now(), wait);
  }

  #now(): void {
    this.#timer = undefined;
    this.#toldAt = performance.now();
    this.#tell(this.#at);
  }
}
