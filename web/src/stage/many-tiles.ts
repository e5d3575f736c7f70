// Tiles that come many at once, for a picture of values. A part of its own: nobody waits for it to see the first picture.
import { RangePrefetch } from "./range-prefetch.ts";
import { type Previewed, StackPreview } from "./stack-preview.ts";
import type { ValuesTile } from "./values-tile.ts";

export type ManyTilesOptions = {
  decode(body: ArrayBuffer): Promise<ValuesTile>;
  /** Keeps a tile under its address. */
  give(url: string, tile: ValuesTile): void;
  has(url: string): boolean;
  onChange(): void;
};

export class ManyTiles {
  readonly preview: StackPreview;
  readonly ranges: RangePrefetch;

  constructor({ decode, give, has, onChange }: ManyTilesOptions) {
    this.preview = new StackPreview({ onChange });
    this.ranges = new RangePrefetch({ decode, give, has, onEnd: onChange });
  }

  follow(stack: Previewed | null, grant: string): void {
    for (const each of [this.preview, this.ranges]) {
      each.authorize(grant);
      each.follow(stack);
    }
  }
}
