// The preview of the whole stack: a coarse tile of every frame, fetched in one stream once nothing else is missing.
import type { StackInfo } from "../protocol.ts";
import { runsOf, runsText } from "./frame-runs.ts";
import type { StackSpace } from "./space.ts";
import { readTileStream, StreamRefused, wholeFrame } from "./tile-stream.ts";
import { parseValuesTile, type ValuesTile } from "./values-tile.ts";

/** What is looked at is waited for so long before the stream gives way to it: on a fast line it is here by then. */
const GRACE_MS = 250;
const MOST_RUNS = 64;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export type Previewed = { prefix: string; space: StackSpace; info: StackInfo };

type Options = {
  /** Something arrived. */
  onChange(): void;
  fetch?: typeof fetch;
};

export class StackPreview {
  requests = 0;
  receivedBytes = 0;
  keptBytes = 0;
  #options: Options;
  #budgetBytes = 0;
  #stack: Previewed | null = null;
  #level = 0;
  #tiles = new Map<number, ValuesTile>();
  /** Frames that are not here and may come. */
  #waiting = new Set<number>();
  /** Nothing more comes before the server has read more. */
  #exhausted = false;
  #failures = 0;
  #notBefore = 0;
  #headers: Record<string, string> = {};
  #running: AbortController | null = null;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** How many frames are here. */
  get frames(): number {
    return this.#tiles.size;
  }

  /** Whether more of it comes as soon as nothing else is missing. */
  get comes(): boolean {
    const more = this.#waiting.size > 0 && !this.#exhausted && Date.now() >= this.#notBefore;
    return more || this.#running !== null;
  }

  /** The grant that every further request carries. */
  authorize(grant: string): void {
    this.#headers = { "X-ReadingRoom-Grant": grant };
  }

  /** The stack that is shown, as the server describes it now. Another one drops what is here. */
  follow(stack: Previewed | null): void {
    const before = this.#stack;
    this.#stack = stack;
    if (stack?.prefix !== before?.prefix) {
      this.clear();
      const { space, info } = stack ?? {};
      // A single picture is here before its preview would be; other values are drawn by the server.
      if (space && info?.values && space.frames > 1) this.#waiting = new Set(Array(space.frames).keys());
    } else if (stack?.info.ready !== before?.info.ready) this.#exhausted = false;
  }

  /** Of less than is kept the frames that came last are dropped: those farthest from where it began. */
  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    for (const [frame, tile] of [...this.#tiles].reverse()) {
      if (this.keptBytes <= bytes) break;
      this.#tiles.delete(frame);
      this.keptBytes -= tile.values.byteLength;
    }
  }

  covers(frame: number): boolean {
    return this.#tiles.has(frame);
  }

  has(url: string): boolean {
    return this.get(url) !== undefined;
  }

  /** By the address that the same tile has among the values tiles. */
  get(url: string): ValuesTile | undefined {
    const prefix = `${this.#stack?.prefix}/values/`;
    const suffix = `/${this.#level}/0/0`;
    if (this.#tiles.size === 0 || !url.startsWith(prefix) || !url.endsWith(suffix)) return undefined;
    return this.#tiles.get(Number(url.slice(prefix.length, -suffix.length)));
  }

  /** Everything of this frame is here: the stream may run, from it outwards. */
  run(frame: number): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    if (this.#running || this.#exhausted || this.#waiting.size === 0 || Date.now() < this.#notBefore) return;
    void this.#read(frame);
  }

  /** Something that is looked at is missing: it goes first. What is still to come is asked for afterwards. */
  rest(): void {
    if (this.#running && this.#grace === undefined) {
      this.#grace = setTimeout(() => this.#stop(), GRACE_MS);
    }
  }

  clear(): void {
    this.#stop();
    this.#tiles.clear();
    this.#waiting.clear();
    this.keptBytes = 0;
    this.#exhausted = false;
    this.#failures = 0;
    this.#notBefore = 0;
  }

  close(): void {
    this.follow(null);
  }

  #stop(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#running?.abort();
    this.#running = null;
  }

  async #read(frame: number): Promise<void> {
    const stack = this.#stack;
    if (!stack) return;
    const running = new AbortController();
    this.#running = running;
    this.requests += 1;
    const part = this.#waiting.size < stack.space.frames;
    const of = part ? `&of=${runsText(runsOf(this.#waiting, MOST_RUNS))}` : "";
    try {
      const missing = await readTileStream(`${stack.prefix}/preview?from=${frame}${of}`, {
        headers: this.#headers,
        signal: running.signal,
        onTiles: (bodies, level) => this.#keep(bodies, level, stack.space),
        onBytes: (count) => {
          this.receivedBytes += count;
        },
        ...(this.#options.fetch && { fetch: this.#options.fetch }),
      });
      this.#failures = 0;
      this.#waiting = new Set(missing);
      // While it was read the server may have got on.
      this.#exhausted = this.#stack?.info.ready === stack.info.ready || this.#stack?.info.complete === true;
    } catch (error) {
      if (!running.signal.aborted) this.#fail(error);
    }
    if (this.#running === running) {
      this.#stop();
      this.#options.onChange();
    }
  }

  #keep(bodies: readonly ArrayBuffer[], level: number, space: StackSpace): void {
    this.#level = level;
    for (const body of bodies) {
      const tile = wholeFrame(parseValuesTile(body), space, level);
      this.#waiting.delete(tile.frame);
      const bytes = tile.values.byteLength;
      if (this.#tiles.has(tile.frame) || this.keptBytes + bytes > this.#budgetBytes) continue;
      this.#tiles.set(tile.frame, tile);
      this.keptBytes += bytes;
    }
    this.#options.onChange();
  }

  #fail(error: unknown): void {
    if (error instanceof StreamRefused && error.lasting) this.#waiting.clear();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#notBefore = Date.now() + pause;
    setTimeout(() => this.#options.onChange(), pause);
  }
}
