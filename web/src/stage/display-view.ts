// The picture from display tiles on a 2-D canvas: the first of all, running films, and every one without WebGL2.
import { type Layout, screenPoint } from "./layout.ts";
import { TILE_EDGE, type TilePlace } from "./levels.ts";
import type { Pixels } from "./types.ts";

export type DisplayLayer = { level: number; tiles: readonly { place: TilePlace; bitmap: ImageBitmap }[] };

export class DisplayView {
  #canvas: HTMLCanvasElement;
  #context: CanvasRenderingContext2D | null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  /** Draws the layers over black, the later over the earlier. */
  draw(layout: Layout, layers: readonly DisplayLayer[], smoothed: boolean): void {
    const context = this.#context;
    if (!context) return;
    this.clear();
    context.imageSmoothingEnabled = smoothed;
    for (const { level, tiles } of layers) {
      const edge = 2 ** level;
      for (const { place, bitmap } of tiles) {
        const left = place.column * TILE_EDGE;
        const top = place.row * TILE_EDGE;
        const from = screenPoint(layout, left * edge, top * edge);
        const to = screenPoint(layout, (left + bitmap.width) * edge, (top + bitmap.height) * edge);
        context.drawImage(bitmap, from.x, from.y, to.x - from.x, to.y - from.y);
      }
    }
  }

  clear(): void {
    const context = this.#context;
    if (!context) return;
    context.fillStyle = "black";
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  pixels(): Pixels {
    const { width, height } = this.#canvas;
    const data = this.#context?.getImageData(0, 0, width, height).data;
    return { width, height, data: new Uint8Array(data?.buffer ?? new ArrayBuffer(0)) };
  }
}

/** Decodes one JPEG without ever making an address for it. */
export function decodeDisplayTile(body: ArrayBuffer): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([body], { type: "image/jpeg" }));
}
