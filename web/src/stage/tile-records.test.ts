import { expect, test } from "vitest";
import { end, head, joined, plainTile, record } from "./streamed.testing.ts";
import { TileRecords } from "./tile-records.ts";
import { BadTile, parseValuesTile } from "./values-tile.ts";

const BODY = joined([
  head(3, 9, 2),
  record(plainTile(4, 3, 8, 50)),
  record(plainTile(5, 3, 8, 60)),
  end(1, 2),
]);

test.each([1, 7, 64, 1000])("a body comes apart into its tiles, in pieces of %i bytes", (size) => {
  const records = new TileRecords();
  const tiles: ArrayBuffer[] = [];
  for (let at = 0; at < BODY.length; at += size) tiles.push(...records.take(BODY.subarray(at, at + size)));
  expect(records.level).toBe(3);
  expect(records.missing).toEqual([1, 2]);
  expect(tiles.map((tile) => parseValuesTile(tile)).map(({ frame, values }) => [frame, values[9]])).toEqual([
    [4, 50],
    [5, 60],
  ]);
});

test("a body larger than what is held at once comes apart", () => {
  const tile = plainTile(0, 0, 400, 7);
  const records = new TileRecords();
  const found = [
    ...records.take(head(0, 3, 3)),
    ...records.take(joined([record(tile), record(tile).subarray(0, 100_000)])),
    ...records.take(joined([record(tile).subarray(100_000), record(tile), end()])),
  ];
  expect(
    found.map((one) => new Uint8Array(one)).every((one) => one.every((byte, i) => byte === tile[i])),
  ).toBe(true);
  expect(found.length).toBe(3);
  expect(records.missing).toEqual([]);
});

test("a body that is cut short has no end", () => {
  const records = new TileRecords();
  records.take(BODY.subarray(0, -1));
  expect(records.missing).toBeNull();
});

test.each([
  ["another magic", new Uint8Array(16)],
  ["a length beyond any tile", joined([head(0, 1, 1), new Uint8Array([255, 255, 255, 255])])],
  ["bytes behind the end", joined([BODY, new Uint8Array(1)])],
  [
    "more missing frames than a stack has",
    joined([head(0, 1, 1), new Uint8Array([0, 0, 0, 0, 255, 255, 255, 255])]),
  ],
])("%s is refused", (_, bytes) => {
  expect(() => new TileRecords().take(bytes)).toThrow(BadTile);
});
