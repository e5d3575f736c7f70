// The picture alone on a large screen: everything else of the page steps aside until somebody wants it back.
import { signal } from "@preact/signals";

export class LargeScreen {
  readonly on = signal(false);
  #ends: (() => void) | null = null;

  readonly toggle = (): void => {
    if (this.on.value) this.leave();
    else this.#enter();
  };

  readonly leave = (): void => {
    this.#ends?.();
    this.#ends = null;
    if (!this.on.value) return;
    this.on.value = false;
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  };

  /** A browser that gives no full screen, or is asked not to, shows the same within its window. */
  #enter(): void {
    this.on.value = true;
    const listening = new AbortController();
    const { signal } = listening;
    this.#ends = () => listening.abort();
    let full = false;
    // The browser's own Esc ends its full screen without a key that we would hear of.
    const changed = () => {
      if (document.fullscreenElement) full = true;
      else if (full) this.leave();
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopPropagation();
      this.leave();
    };
    document.addEventListener("fullscreenchange", changed, { signal });
    addEventListener("keydown", pressed, { signal, capture: true });
    void document.documentElement.requestFullscreen?.().catch(() => undefined);
  }
}
