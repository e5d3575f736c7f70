// What comes before it is looked at: the preview of the stack and its ranges, once the part that fetches them is here.
import type { ManyTiles, ManyTilesOptions } from "./many-tiles.ts";
import type { Previewed } from "./stack-preview.ts";
import type { ValuesTile } from "./values-tile.ts";

const PAUSE_MS = 4000;

export class Ahead {
  #options: ManyTilesOptions;
  #part: ManyTiles | null = null;
  #asked = false;
  #failed = false;
  #stack: Previewed | null = null;
  #grant = "";
  #previewBytes = 0;

  constructor(options: ManyTilesOptions) {
    this.#options = options;
  }

  setBudget(previewBytes: number): void {
    this.#previewBytes = previewBytes;
    this.#part?.preview.setBudget(previewBytes);
  }

  authorize(grant: string): void {
    this.#grant = grant;
  }

  /** The stack that is shown, as the server describes it now. */
  follow(stack: Previewed | null): void {
    this.#stack = stack;
    this.#part?.follow(stack, this.#grant);
  }

  /** All of this frame is here, and others may come; null: not all of it. `drawn`: something of it is on the screen. */
  run(frame: number | null, drawn: boolean): void {
    if (!this.#part && !this.#asked && drawn) void this.#fetch();
    else if (frame === null) this.#part?.preview.rest();
    else this.#part?.preview.run(frame);
  }

  /**
   * What is to be asked for tile by tile, of what is wished for, the shown frame first. While the preview comes, that
   * frame alone: its neighbors are in the preview, and a slow line carries one thing at a time.
   */
  take(urls: readonly string[]): readonly string[] {
    const shown = /^.*\/values\/\d+\//.exec(urls[0] ?? "")?.[0];
    const first = shown && this.#comes ? urls.filter((url) => url.startsWith(shown)) : urls;
    return this.#part?.ranges.take(first) ?? first;
  }

  get #comes(): boolean {
    return this.#part ? this.#part.preview.comes : this.#stack?.info.values === true && !this.#failed;
  }

  get(url: string): ValuesTile | undefined {
    return this.#part?.preview.get(url);
  }

  covers(frame: number): boolean {
    return this.#part?.preview.covers(frame) ?? false;
  }

  stats(): { requests: number; receivedBytes: number; keptBytes: number; previewed: number } {
    const { preview, ranges } = this.#part ?? {};
    return {
      requests: (preview?.requests ?? 0) + (ranges?.requests ?? 0),
      receivedBytes: (preview?.receivedBytes ?? 0) + (ranges?.receivedBytes ?? 0),
      keptBytes: preview?.keptBytes ?? 0,
      previewed: preview?.frames ?? 0,
    };
  }

  /** A line that fails leaves single tiles; the part is asked for again later. */
  async #fetch(): Promise<void> {
    this.#asked = true;
    // The picture is on the screen first.
    await new Promise((next) => setTimeout(next));
    try {
      const { ManyTiles: Part } = await import("./many-tiles.ts");
      this.#part = new Part(this.#options);
      this.#part.preview.setBudget(this.#previewBytes);
      this.#part.follow(this.#stack, this.#grant);
      this.#options.onChange();
    } catch {
      this.#failed = true;
      setTimeout(() => {
        this.#asked = false;
      }, PAUSE_MS);
    }
  }
}
