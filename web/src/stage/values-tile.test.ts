import { expect, test } from "vitest";
import { BadTile, HEADER_BYTES, parseValuesTile, type TileType } from "./values-tile.ts";

type Fixture = {
  dtype: TileType;
  width: number;
  height: number;
  slope: number;
  intercept: number;
  padding: [number, number] | null;
  inverted: boolean;
  level: number;
  column: number;
  row: number;
  frame: number;
  /** Null: not a number. */
  values: (number | null)[];
  body: string;
};

const fixtures = import.meta.glob<Fixture>("../../../tests/wire/values_tiles/*.json", {
  eager: true,
  import: "default",
});

function bytes(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

test("there are fixtures of every type", () => {
  const types = new Set(Object.values(fixtures).map((fixture) => fixture.dtype));
  expect([...types].sort()).toEqual(["float32", "int16", "rgb8", "uint16", "uint8"]);
});

for (const [path, fixture] of Object.entries(fixtures)) {
  const { dtype, values, body, ...header } = fixture;

  test(`a tile comes out bit for bit: ${path.split("/").at(-1)}`, () => {
    const tile = parseValuesTile(bytes(body));
    expect(tile).toMatchObject({ type: dtype, ...header });
    expect([...tile.values]).toEqual(values.map((value) => value ?? Number.NaN));
  });

  test(`a tile cut short or too long is refused: ${path.split("/").at(-1)}`, () => {
    const whole = bytes(body);
    for (const length of [0, 3, HEADER_BYTES - 1, HEADER_BYTES, whole.byteLength - 1]) {
      expect(() => parseValuesTile(whole.slice(0, length))).toThrow(BadTile);
    }
    const longer = new Uint8Array(whole.byteLength + 1);
    longer.set(new Uint8Array(whole));
    expect(() => parseValuesTile(longer.buffer)).toThrow(BadTile);
  });
}

test("bytes that are something else are refused", () => {
  expect(() => parseValuesTile(new ArrayBuffer(200))).toThrow(BadTile);
  const first = Object.values(fixtures)[0];
  const wrongType = new Uint8Array(bytes(first?.body ?? ""));
  wrongType[4] = 5;
  expect(() => parseValuesTile(wrongType.buffer)).toThrow(BadTile);
});

test("every difference of two 16-bit values survives", () => {
  // The reference: the encoding of the design, one row, written out by hand.
  const values = Int16Array.from([0, 32767, -32768, -1, 1, -32768, 32767, 255, -256]);
  const body = new Uint8Array(HEADER_BYTES + 2 * values.length);
  const head = new DataView(body.buffer);
  head.setUint32(0, 0x31565252, true);
  head.setUint8(4, 2);
  head.setUint32(8, values.length, true);
  head.setUint32(12, 1, true);
  let left = 0;
  values.forEach((value, i) => {
    const residual = ((value - left) << 16) >> 16;
    const z = ((residual << 1) ^ (residual >> 15)) & 0xffff;
    body[HEADER_BYTES + i] = z >> 8;
    body[HEADER_BYTES + values.length + i] = z & 0xff;
    left = value;
  });
  expect([...parseValuesTile(body.buffer).values]).toEqual([...values]);
});
