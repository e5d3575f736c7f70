// The overlay that a file brings for a frame, drawn over the picture: white with a dark edge, pixel on pixel.
import { budgetsOf, onPhone } from "./budgets.ts";
import { turnCanvas } from "./display-view.ts";
import { type Layout, uprightPoint } from "./layout.ts";
import { type OverlayBits, overlayPixels, parseOverlay } from "./overlay-bits.ts";
import { TileSource } from "./tile-source.ts";

/** Where its dark edge lies around the white, in device pixels. */
const EDGES = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

type Drawing = { of: OverlayBits; copy: HTMLCanvasElement };

export class OverlayLayer {
  readonly canvas: HTMLCanvasElement;
  #overlays: TileSource<OverlayBits>;
  #drawing: Drawing | null = null;

  constructor(canvas: HTMLCanvasElement, onChange: () => void) {
    this.canvas = canvas;
    canvas.hidden = true;
    this.#overlays = new TileSource({
      decode: async (body) => parseOverlay(body),
      bytesOf: ({ bits }) => bits.byteLength,
      budgetBytes: budgetsOf(1, onPhone()).overlays,
      onChange,
    });
  }

  get bytes(): number {
    const { copy } = this.#drawing ?? {};
    return this.#overlays.keptBytes + (copy ? copy.width * copy.height * 4 : 0);
  }

  setBudget(bytes: number): void {
    this.#overlays.setBudget(bytes);
  }

  authorize(grant: string): void {
    this.#overlays.authorize(grant);
  }

  clear(): void {
    this.#overlays.clear();
    this.#drawing = null;
  }

  forgive(): void {
    this.#overlays.forgive();
  }

  close(): void {
    this.#overlays.close();
    this.canvas.remove();
  }

  /** Draws the overlay of the frame a layout shows, or nothing; `ahead`: how many frames after it will be shown soon. */
  draw(layout: Layout | null, prefix: string, { ahead, frames }: { ahead: number; frames: number }): void {
    const address = (n: number) => `${prefix}/overlay/${n % frames}`;
    const frame = layout?.center.frame ?? 0;
    this.#overlays.want(layout ? Array.from({ length: 1 + ahead }, (_, n) => address(frame + n)) : []);
    const bits = layout ? this.#overlays.get(address(frame)) : undefined;
    const context = bits && this.canvas.getContext("2d");
    this.canvas.hidden = !context;
    if (!layout || !bits || !context) return;
    const { width, height } = this.canvas;
    const copy = this.#copyOf(bits);
    const from = uprightPoint(layout, 0, 0);
    const to = uprightPoint(layout, bits.columns, bits.rows);
    const paint = (dx: number, dy: number) =>
      context.drawImage(copy, from.x + dx, from.y + dy, to.x - from.x, to.y - from.y);
    context.clearRect(0, 0, width, height);
    // Reduced, thin lines would fall between the pixels.
    context.imageSmoothingEnabled = layout.perColumn < 1;
    turnCanvas(context, layout);
    for (const [dx, dy] of EDGES) paint(dx, dy);
    context.resetTransform();
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = "source-over";
    turnCanvas(context, layout);
    paint(0, 0);
    context.resetTransform();
  }

  #copyOf(bits: OverlayBits): HTMLCanvasElement {
    if (this.#drawing?.of !== bits) this.#drawing = { of: bits, copy: painted(bits) };
    return this.#drawing.copy;
  }
}

/** The overlay in white, as a picture that can be scaled. */
function painted(bits: OverlayBits): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = bits.columns;
  canvas.height = bits.rows;
  const pixels = new ImageData(overlayPixels(bits), bits.columns, bits.rows);
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas;
}
