// The tables of a stack as they come from the server: its VOI LUTs, and the colors of its supplemental palette.
import { BadTile } from "./values-tile.ts";
import type { VoiLut } from "./window-lut.ts";

/** Stored values from `first` on are drawn in color, the last one held. `colors`: red, green, blue of each in turn. */
export type Palette = { first: number; colors: Uint8Array<ArrayBuffer> };

const LUT_MAGIC = 0x314c5252; // "RRL1", little-endian
const PALETTE_MAGIC = 0x31505252; // "RRP1"
const HEADER_BYTES = 12;
const LONGEST = 65536;

/** Throws BadTile. */
export function parseVoiLut(body: ArrayBuffer): VoiLut {
  const { first, count } = header(body, LUT_MAGIC, 1);
  return { first, levels: new Uint8Array(body.slice(HEADER_BYTES, HEADER_BYTES + count)) };
}

/** Throws BadTile. */
export function parsePalette(body: ArrayBuffer): Palette {
  const { first, count } = header(body, PALETTE_MAGIC, 3);
  const planes = new Uint8Array(body, HEADER_BYTES);
  const colors = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++)
      colors[3 * i + channel] = planes[channel * count + i] as number;
  }
  return { first, colors };
}

function header(body: ArrayBuffer, magic: number, perEntry: number): { first: number; count: number } {
  if (body.byteLength < HEADER_BYTES) throw new BadTile("shorter than its header");
  const head = new DataView(body);
  if (head.getUint32(0, true) !== magic) throw new BadTile("another table than was asked for");
  const count = head.getUint32(8, true);
  const right = count > 0 && count <= LONGEST && body.byteLength === HEADER_BYTES + count * perEntry;
  if (!right) throw new BadTile("of the wrong length");
  return { first: head.getInt32(4, true), count };
}
