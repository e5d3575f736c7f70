// What the page is told of each drawing: how good it is, which shared view it shows, and where a film has come to.
import type { Drawn } from "./drawn.ts";
import type { PaneEvents, Quality } from "./types.ts";
import type { Look } from "./view-state.ts";

/** What was asked for. `tag`: the shared view that it is; null: it is nobody's. */
export type Wanted = { look: Look | null; tag: string | null; playing: boolean };

export class Tidings {
  #data: DOMStringMap;
  #events: Pick<PaneEvents, "onQuality" | "onFilm" | "onDrawn">;
  #quality: Quality = "none";
  #film: number | null = null;

  /** `data` tells the tag of the shared view that is drawn as well as it can be, and when (ms since 1970). */
  constructor(data: DOMStringMap, events: Pick<PaneEvents, "onQuality" | "onFilm" | "onDrawn">) {
    this.#data = data;
    this.#events = events;
  }

  drew(drawn: Drawn | null, { look, tag, playing }: Wanted): void {
    const quality = drawn?.quality ?? "none";
    this.#data.drawnQuality = quality;
    if (quality !== this.#quality) {
      this.#quality = quality;
      this.#events.onQuality(quality);
    }
    const done = drawn && drawn.look === look && (drawn.final || (playing && quality !== "none"));
    if (done && tag !== null && this.#data.drawn !== tag) {
      this.#data.drawn = tag;
      this.#data.drawnAt = String(performance.timeOrigin + performance.now());
      this.#events.onDrawn(tag);
    }
    const film = playing ? (drawn?.layout.center.frame ?? 0) : null;
    if (film === this.#film) return;
    this.#film = film;
    this.#events.onFilm(film);
  }

  /** The user has moved: what is drawn is no shared view any more. */
  moved(): void {
    if (this.#data.drawn === undefined) return;
    delete this.#data.drawn;
    delete this.#data.drawnAt;
    this.#events.onDrawn(null);
  }
}
