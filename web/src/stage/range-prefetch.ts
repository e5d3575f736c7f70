// Prefetch by ranges: wishes for neighboring frames become one request, which gives way when nobody waits for it.
import { levelSize, TILE_EDGE } from "./levels.ts";
import type { StackSpace } from "./space.ts";
import { readTileStream, wholeFrame } from "./tile-stream.ts";
import type { ValuesTile } from "./values-tile.ts";

/** MOST_OF_A_RANGE in tile_streams.py. */
const MOST_FRAMES = 32;
const PAUSE_MS = 2000;

type Options = {
  decode(body: ArrayBuffer): Promise<ValuesTile>;
  /** Keeps a tile under its address. */
  give(url: string, tile: ValuesTile): void;
  has(url: string): boolean;
  /** A range has ended. */
  onEnd(): void;
  fetch?: typeof fetch;
};

type Span = { level: number; frames: number[] };
type Running = Span & { request: AbortController };

export class RangePrefetch {
  requests = 0;
  receivedBytes = 0;
  #options: Options;
  #prefix = "";
  #space: StackSpace | null = null;
  #headers: Record<string, string> = {};
  #running: Running | null = null;
  /** Left out of a range that was read to its end: asked for alone, where a refusal is understood. */
  #leftOut = new Set<string>();
  #notBefore = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  authorize(grant: string): void {
    this.#headers = { "X-ReadingRoom-Grant": grant };
  }

  follow(stack: { prefix: string; space: StackSpace } | null): void {
    this.#space = stack?.space ?? null;
    const prefix = stack?.prefix ?? "";
    if (prefix === this.#prefix) return;
    this.#prefix = prefix;
    this.#leftOut.clear();
    this.#stop();
  }

  /**
   * Takes what is wished for, the shown frame first, and gives back what is to be asked for tile by tile. A range
   * that nobody waits for any more is cancelled, and so is one that would keep the shown frame waiting.
   */
  take(urls: readonly string[]): string[] {
    const shown = this.#placeOf(urls[0]);
    const missing = urls.filter((url) => !this.#options.has(url));
    const wished = missing.map((url) => this.#placeOf(url));
    const running = this.#running;
    const comes = (place: Place | null) =>
      running !== null && place?.level === running.level && running.frames.includes(place.frame);
    const shownWaits = wished.some((place) => place && place.frame === shown?.frame);
    const next = running && { level: running.level, frame: running.frames[0] ?? -1 };
    const wanted = shownWaits ? next?.frame === shown?.frame && wished.some(comes) : wished.some(comes);
    if (!wanted) this.#stop();
    const rest = missing.filter((_, index) => !(wanted && comes(wished[index] ?? null)));
    if (!shown || shownWaits || Date.now() < this.#notBefore) return rest;
    const spans = this.#spans(rest, shown.frame);
    if (!this.#running && spans[0]) void this.#read(spans[0]);
    const together = new Set(
      spans.flatMap((span) => span.frames.map((frame) => this.#urlOf(frame, span.level))),
    );
    return rest.filter((url) => !together.has(url));
  }

  close(): void {
    this.follow(null);
  }

  /** Runs of two or more frames on one side of the shown one, from near to far. */
  #spans(urls: readonly string[], shown: number): Span[] {
    const spans: Span[] = [];
    for (const url of urls) {
      const place = this.#placeOf(url);
      if (!place || place.frame === shown || this.#leftOut.has(url)) continue;
      const { frame, level } = place;
      const step = Math.sign(frame - shown);
      const span = spans.find((one) => one.level === level && one.frames.at(-1) === frame - step);
      if (!span) spans.push({ level, frames: [frame] });
      else if (span.frames.length < MOST_FRAMES) span.frames.push(frame);
    }
    return spans.filter(({ frames }) => frames.length > 1);
  }

  async #read({ level, frames }: Span): Promise<void> {
    const space = this.#space;
    if (!space) return;
    const request = new AbortController();
    const running: Running = { level, frames: [...frames], request };
    this.#running = running;
    this.requests += 1;
    const decoding: Promise<void>[] = [];
    const keep = async (body: ArrayBuffer) => {
      const tile = wholeFrame(await this.#options.decode(body), space, level);
      if (request.signal.aborted) return;
      running.frames = running.frames.filter((frame) => frame !== tile.frame);
      this.#options.give(this.#urlOf(tile.frame, level), tile);
    };
    try {
      await readTileStream(`${this.#prefix}/values-range/${level}?frames=${frames[0]}-${frames.at(-1)}`, {
        headers: this.#headers,
        signal: request.signal,
        onTiles: (bodies) => decoding.push(...bodies.map(keep)),
        onBytes: (count) => {
          this.receivedBytes += count;
        },
        ...(this.#options.fetch && { fetch: this.#options.fetch }),
      });
      await Promise.all(decoding);
      for (const frame of running.frames) this.#leftOut.add(this.#urlOf(frame, level));
    } catch {
      await Promise.allSettled(decoding);
      if (!request.signal.aborted) this.#notBefore = Date.now() + PAUSE_MS;
    }
    if (this.#running !== running) return;
    this.#stop();
    this.#options.onEnd();
  }

  #stop(): void {
    this.#running?.request.abort();
    this.#running = null;
  }

  #urlOf(frame: number, level: number): string {
    return `${this.#prefix}/values/${frame}/${level}/0/0`;
  }

  /** Of a tile that is a whole frame of the shown stack; null: another one. */
  #placeOf(url: string | undefined): Place | null {
    const start = `${this.#prefix}/values/`;
    const space = this.#space;
    if (!url?.startsWith(start) || !space) return null;
    const [, frame, level] = /^(\d+)\/(\d+)\/0\/0$/.exec(url.slice(start.length)) ?? [];
    if (frame === undefined || level === undefined) return null;
    const size = levelSize(space, Number(level));
    if (Math.max(size.width, size.height) > TILE_EDGE) return null;
    return { frame: Number(frame), level: Number(level) };
  }
}

type Place = { frame: number; level: number };
