// The list of series of the room, asked for again as long as somebody waits for more of it.
import type { SeriesInfo } from "../protocol.ts";
import { Refusal } from "./http.ts";

const AGAIN_MS = 500;

export type SeriesListEvents = {
  /** Only what differs from the last. */
  list(series: SeriesInfo[]): void;
  /** Null: no trouble any more. */
  trouble(told: string | null): void;
  /** Whether more is waited for: pictures being read, or no list yet. */
  wanted(): boolean;
};

export class SeriesList {
  #asking = false;
  #closed = false;
  #last = "";

  constructor(
    private readonly fetchList: () => Promise<{ series: SeriesInfo[] }>,
    private readonly events: SeriesListEvents,
  ) {}

  /** Asks now, unless it is being asked or was a moment ago. */
  async ask(): Promise<void> {
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    try {
      const { series } = await this.fetchList();
      const text = JSON.stringify(series);
      if (text !== this.#last) this.events.list(series);
      this.#last = text;
      this.events.trouble(null);
    } catch (error) {
      this.events.trouble(error instanceof Refusal ? error.message : String(error));
    }
    setTimeout(() => {
      this.#asking = false;
      if (this.events.wanted()) void this.ask();
    }, AGAIN_MS);
  }

  close(): void {
    this.#closed = true;
  }
}
