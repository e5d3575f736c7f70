// How the panes of this screen lie: everyone's layout or one's own, which of them fit here, and which one is worked in.
import { computed, effect, signal } from "@preact/signals";
import type { Layout } from "../protocol.ts";
import type { Room } from "../state/room.ts";
import { lastSteered, paneCount } from "../state/view.ts";

/** Narrower than this there is room for one pane only. */
const ONE_PANE_PX = 640;

export class Arrangement {
  /** The layout of this screen while somebody looks on his own, and for a leader until everyone has it. */
  readonly own = signal<Layout | null>(null);
  /** The pane that fills this screen, if one does. */
  readonly maximized = signal<number | null>(null);
  /** Whether this screen has room for one pane only. */
  readonly narrow = signal(false);
  readonly #chosen = signal<number | null>(null);
  #movedByOthers = 0;

  readonly layout = computed((): Layout => {
    const { following, leads, layout } = this.room;
    return following.value && !leads.value ? layout.value : (this.own.value ?? layout.value);
  });
  /** The pane that keys, tools and series are for: the one somebody chose here, else what was steered last. */
  readonly active = computed((): number => {
    const count = paneCount(this.layout.value);
    const chosen = this.#chosen.value;
    if (count === 1) return 0;
    return chosen !== null && chosen < count
      ? chosen
      : Math.min(lastSteered(this.room.shared.value), count - 1);
  });
  /** The panes that are on this screen, in reading order. */
  readonly visible = computed((): readonly number[] => {
    const count = paneCount(this.layout.value);
    const maximized = this.maximized.value;
    if (maximized !== null && maximized < count) return [maximized];
    if (this.narrow.value) return [this.active.value];
    return [0, 1, 2, 3].slice(0, count);
  });

  constructor(private readonly room: Room) {}

  /** Watches the room and how wide the window is until what it returns is called. */
  watch(): () => void {
    const stops = [effect(() => this.#settle()), this.#watchWidth()];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** A layout of one's own lasts while one looks alone, and for a leader until the room has it or has moved on. */
  #settle(): void {
    const { following, leads, layout, movedByOthers } = this.room;
    const moved = movedByOthers.value;
    const byOthers = moved !== this.#movedByOthers;
    this.#movedByOthers = moved;
    if (following.value && (!leads.value || byOthers || layout.value === this.own.peek()))
      this.own.value = null;
  }

  #watchWidth(): () => void {
    const query = matchMedia(`(max-width: ${ONE_PANE_PX}px)`);
    const look = () => {
      this.narrow.value = query.matches;
    };
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }

  choose(pane: number): void {
    this.#chosen.value = pane;
    if (this.maximized.value !== null) this.maximized.value = pane;
  }

  /** One pane over the whole stage, or all of them again. */
  toggleMaximized(pane: number): void {
    const several = paneCount(this.layout.value) > 1;
    this.maximized.value = several && this.maximized.value === null ? pane : null;
    this.#chosen.value = pane;
  }
}
