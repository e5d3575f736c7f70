// The overlay of one frame as it comes from the server: one bit a pixel, every row of whole bytes.
import { BadTile } from "./values-tile.ts";

export type OverlayBits = { rows: number; columns: number; bits: Uint8Array };

const MAGIC = 0x314f5252; // "RRO1", little-endian
const HEADER_BYTES = 12;

/** Throws BadTile. */
export function parseOverlay(body: ArrayBuffer): OverlayBits {
  if (body.byteLength < HEADER_BYTES) throw new BadTile("shorter than its header");
  const head = new DataView(body);
  if (head.getUint32(0, true) !== MAGIC) throw new BadTile("not an overlay");
  const rows = head.getUint32(4, true);
  const columns = head.getUint32(8, true);
  if (rows === 0 || columns === 0 || body.byteLength !== HEADER_BYTES + rows * Math.ceil(columns / 8))
    throw new BadTile("of the wrong length");
  return { rows, columns, bits: new Uint8Array(body, HEADER_BYTES) };
}

/** The overlay as white pixels, transparent where there is none. */
export function overlayPixels({ rows, columns, bits }: OverlayBits): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const line = Math.ceil(columns / 8);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      // The most significant bit is the leftmost pixel.
      if ((((bits[row * line + (column >> 3)] ?? 0) << (column & 7)) & 0x80) === 0) continue;
      const at = (row * columns + column) * 4;
      pixels.fill(255, at, at + 4);
    }
  }
  return pixels;
}
