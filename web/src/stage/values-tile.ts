// Values tiles: 64 bytes of header, then the residual planes; out come the stored values, bit for bit.
import type { StoredType } from "./window-lut.ts";

export type ValuesTile = {
  type: StoredType;
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
  values: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int16Array<ArrayBuffer>;
};

export class BadTile extends Error {}

export const HEADER_BYTES = 64;
const MAGIC = 0x31565252; // "RRV1", little-endian
const TYPES: readonly StoredType[] = ["uint8", "uint16", "int16"];

/** Reads one tile. Throws BadTile when the bytes are not exactly one. */
export function parseValuesTile(body: ArrayBuffer): ValuesTile {
  if (body.byteLength < HEADER_BYTES) throw new BadTile("shorter than its header");
  const head = new DataView(body);
  if (head.getUint32(0, true) !== MAGIC) throw new BadTile("not a values tile");
  const type = TYPES[head.getUint8(4)];
  if (!type) throw new BadTile("unknown type of values");
  const flags = head.getUint8(5);
  const width = head.getUint32(8, true);
  const height = head.getUint32(12, true);
  const count = width * height;
  const bytes = type === "uint8" ? count : 2 * count;
  if (count === 0 || body.byteLength !== HEADER_BYTES + bytes) throw new BadTile("of the wrong length");
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
    values: storedValues(type, planes, width, height),
  };
}

function storedValues(type: StoredType, planes: Uint8Array, width: number, height: number) {
  if (type === "uint8") return undo8(planes, width, height);
  const values = undo16(planes, width, height);
  return type === "int16" ? new Int16Array(values.buffer) : values;
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

function undo8(plane: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    let sum = 0;
    for (let i = start; i < start + width; i++) {
      const z = plane[i] as number;
      sum += (z >>> 1) ^ -(z & 1);
      values[i] = row === 0 ? sum : sum + (values[i - width] as number);
    }
  }
  return values;
}
