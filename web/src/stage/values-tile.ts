// Values tiles: 64 bytes of header, then byte planes; out come the values, bit for bit.
import type { StoredType } from "./window-lut.ts";

/** `float32`: modality values, NaN where there is no picture. `rgb8`: red, green, blue of each pixel in turn. */
export type TileType = StoredType | "float32" | "rgb8";

export type ValuesTile = {
  type: TileType;
  inverted: boolean;
  padding: readonly [number, number] | null;
  level: number;
  width: number;
  height: number;
  slope: number;
  intercept: number;
  column: number;
  row: number;
  frame: number;
  values:
    | Uint8Array<ArrayBuffer>
    | Uint16Array<ArrayBuffer>
    | Int16Array<ArrayBuffer>
    | Float32Array<ArrayBuffer>;
};

export class BadTile extends Error {}

export const HEADER_BYTES = 64;
const MAGIC = 0x31565252; // "RRV1", little-endian
/** By their code, with the bytes of a pixel. */
const TYPES: readonly (readonly [TileType, number])[] = [
  ["uint8", 1],
  ["uint16", 2],
  ["int16", 2],
  ["float32", 4],
  ["rgb8", 3],
];

/** Reads one tile. Throws BadTile when the bytes are not exactly one. */
export function parseValuesTile(body: ArrayBuffer): ValuesTile {
  if (body.byteLength < HEADER_BYTES) throw new BadTile("shorter than its header");
  const head = new DataView(body);
  if (head.getUint32(0, true) !== MAGIC) throw new BadTile("not a values tile");
  const [type, perPixel] = TYPES[head.getUint8(4)] ?? [];
  if (!type || !perPixel) throw new BadTile("unknown type of values");
  const flags = head.getUint8(5);
  const width = head.getUint32(8, true);
  const height = head.getUint32(12, true);
  const count = width * height;
  if (count === 0 || body.byteLength !== HEADER_BYTES + count * perPixel)
    throw new BadTile("of the wrong length");
  const planes = new Uint8Array(body, HEADER_BYTES);
  return {
    type,
    inverted: (flags & 2) !== 0,
    padding: (flags & 1) !== 0 ? [head.getInt32(32, true), head.getInt32(36, true)] : null,
    level: head.getUint16(6, true),
    width,
    height,
    slope: head.getFloat64(16, true),
    intercept: head.getFloat64(24, true),
    column: head.getUint32(40, true),
    row: head.getUint32(44, true),
    frame: head.getUint32(48, true),
    values: valuesOf(type, planes, width, height),
  };
}

function valuesOf(type: TileType, planes: Uint8Array, width: number, height: number): ValuesTile["values"] {
  switch (type) {
    case "uint8": {
      const values = new Uint8Array(width * height);
      undo8(planes, width, values, 0, 1);
      return values;
    }
    case "uint16":
      return undo16(planes, width, height);
    case "int16":
      return new Int16Array(undo16(planes, width, height).buffer);
    case "float32":
      return floats(planes, width * height);
    case "rgb8": {
      const count = width * height;
      const values = new Uint8Array(3 * count);
      for (let channel = 0; channel < 3; channel++) {
        undo8(planes.subarray(channel * count, (channel + 1) * count), width, values, channel, 3);
      }
      return values;
    }
  }
}

/** The bits of each number lie in four planes, the most significant byte first. */
function floats(planes: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    bits[i] =
      ((planes[i] as number) << 24) |
      ((planes[count + i] as number) << 16) |
      ((planes[2 * count + i] as number) << 8) |
      (planes[3 * count + i] as number);
  }
  return new Float32Array(bits.buffer);
}

// value = residual + left + up − upleft: the running sum of the residuals of this row, added to the value above.
// Typed arrays store modulo 2^16 (2^8), which is the arithmetic the server uses.

function undo16(planes: Uint8Array, width: number, height: number): Uint16Array<ArrayBuffer> {
  const count = width * height;
  const values = new Uint16Array(count);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    let sum = 0;
    for (let i = start; i < start + width; i++) {
      const z = ((planes[i] as number) << 8) | (planes[count + i] as number);
      sum += (z >>> 1) ^ -(z & 1);
      values[i] = row === 0 ? sum : sum + (values[i - width] as number);
    }
  }
  return values;
}

/** Undoes one plane into every `step`-th value from `first` on. */
function undo8(
  plane: Uint8Array,
  width: number,
  values: Uint8Array<ArrayBuffer>,
  first: number,
  step: number,
): void {
  for (let start = 0; start < plane.length; start += width) {
    let sum = 0;
    for (let i = start; i < start + width; i++) {
      const z = plane[i] as number;
      sum += (z >>> 1) ^ -(z & 1);
      values[first + i * step] = start === 0 ? sum : sum + (values[first + (i - width) * step] as number);
    }
  }
}
