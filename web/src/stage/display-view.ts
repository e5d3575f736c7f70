// The picture from display tiles on a 2-D canvas: the first of all, running films, and every one without WebGL2.
import { type Layout, uprightPoint } from "./layout.ts";
import { TILE_EDGE, type TilePlace } from "./levels.ts";
import { matrixOf } from "./turn.ts";
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
  draw(layout: Layout, layers: readonly DisplayLayer[], how: { smoothed: boolean; inverted: boolean }): void {
    const context = this.#context;
    if (!context) return;
    this.clear();
    context.imageSmoothingEnabled = how.smoothed;
    turnCanvas(context, layout);
    context.beginPath();
    for (const { level, tiles } of layers) {
      const edge = 2 ** level;
      for (const { place, bitmap } of tiles) {
        const left = place.column * TILE_EDGE;
        const top = place.row * TILE_EDGE;
        const from = uprightPoint(layout, left * edge, top * edge);
        const to = uprightPoint(layout, (left + bitmap.width) * edge, (top + bitmap.height) * edge);
        const box = [from.x, from.y, to.x - from.x, to.y - from.y] as const;
        context.drawImage(bitmap, ...box);
        context.rect(...box);
      }
    }
    if (how.inverted) {
      // The difference to white, once wherever there is a tile; the black around the picture stays.
      context.globalCompositeOperation = "difference";
      context.fillStyle = "white";
      context.fill();
      context.globalCompositeOperation = "source-over";
    }
    context.resetTransform();
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

/** From now on what is drawn where it would lie upright is turned as the layout says, around the middle. */
export function turnCanvas(context: CanvasRenderingContext2D, { canvas, turn }: Layout): void {
  const { rightX, rightY, downX, downY } = matrixOf(turn);
  const [x, y] = [canvas.width / 2, canvas.height / 2];
  context.setTransform(rightX, rightY, downX, downY, x - rightX * x - downX * y, y - rightY * x - downY * y);
}

/** Decodes one JPEG without ever making an address for it. */
export function decodeDisplayTile(body: ArrayBuffer): Promise<ImageBitmap> {
  return createImageBitmap(new Blob([body], { type: "image/jpeg" }));
}
