import { expect, test } from "vitest";
import { parsePalette, parseVoiLut } from "./lookup-tables.ts";
import { overlayPixels, parseOverlay } from "./overlay-bits.ts";
import { BadTile } from "./values-tile.ts";

function message(magic: string, first: number, second: number, rest: number[]): ArrayBuffer {
  const body = new Uint8Array(12 + rest.length);
  body.set([...magic].map((letter) => letter.charCodeAt(0)));
  const head = new DataView(body.buffer);
  head.setInt32(4, first, true);
  head.setUint32(8, second, true);
  body.set(rest, 12);
  return body.buffer;
}

test("a VOI LUT is its first value and a level for each", () => {
  const { first, levels } = parseVoiLut(message("RRL1", -1024, 3, [0, 7, 255]));
  expect([first, ...levels]).toEqual([-1024, 0, 7, 255]);
});

test("a palette's three planes become colors", () => {
  const { first, colors } = parsePalette(message("RRP1", 4096, 2, [1, 2, 3, 4, 5, 6]));
  expect([first, ...colors]).toEqual([4096, 1, 3, 5, 2, 4, 6]);
});

test("an overlay's leftmost pixel is the highest bit, and every row begins with a byte", () => {
  const overlay = parseOverlay(message("RRO1", 2, 9, [0b10000001, 0b10000000, 0, 0b01111111]));
  const lit = [...overlayPixels(overlay)].filter((_, i) => i % 4 === 3).map((alpha) => alpha / 255);
  expect(lit).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

const WRONG: [string, () => unknown][] = [
  ["an empty answer", () => parseVoiLut(new ArrayBuffer(0))],
  ["a palette in place of a LUT", () => parseVoiLut(message("RRP1", 0, 1, [1]))],
  ["a LUT without entries", () => parseVoiLut(message("RRL1", 0, 0, []))],
  ["a LUT cut short", () => parseVoiLut(message("RRL1", 0, 3, [1, 2]))],
  ["a LUT of more entries than values", () => parseVoiLut(message("RRL1", 0, 2 ** 32 - 1, [1]))],
  ["a palette of two planes", () => parsePalette(message("RRP1", 0, 2, [1, 2, 3, 4]))],
  ["an overlay without rows", () => parseOverlay(message("RRO1", 0, 8, []))],
  ["an overlay cut short", () => parseOverlay(message("RRO1", 2, 9, [1, 2, 3]))],
  ["an overlay of bits without rows of bytes", () => parseOverlay(message("RRO1", 2, 4, [1]))],
];

test.each(WRONG)("%s is refused", (_, parse) => {
  expect(parse).toThrow(BadTile);
});
