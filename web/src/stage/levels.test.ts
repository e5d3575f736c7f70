import { expect, test } from "vitest";
import { axialStack, imageStack } from "./info.testing.ts";
import { type Layout, layoutOf, wholeField } from "./layout.ts";
import { levelFor, levelSize, visibleTiles } from "./levels.ts";
import { spaceOf } from "./space.ts";

const space = spaceOf(imageStack({ rows: 3000, columns: 2500, frames: 1, level_count: 7 }));

function around(u: number, v: number, columns: number): Layout {
  const field = { width: columns * 1000, height: columns * 1000 };
  return layoutOf(space, { frame: 0, u, v }, field, { width: 600, height: 600 });
}

test("the level is the coarsest with a pixel of its own for every device pixel", () => {
  expect(levelFor(around(0, 0, 300), 7)).toBe(0);
  expect(levelFor(around(0, 0, 600), 7)).toBe(0);
  expect(levelFor(around(0, 0, 1199), 7)).toBe(0);
  expect(levelFor(around(0, 0, 1200), 7)).toBe(1);
  expect(levelFor(around(0, 0, 2400), 7)).toBe(2);
  expect(levelFor(around(0, 0, 999_000), 7)).toBe(6);
});

test("a level is halved and rounded up", () => {
  expect(levelSize(space, 0)).toEqual({ width: 2500, height: 3000 });
  expect(levelSize(space, 3)).toEqual({ width: 313, height: 375 });
});

test("the tiles on the canvas are found, the middle first", () => {
  expect(visibleTiles(space, around(256, 256, 400), 0)).toEqual([{ column: 0, row: 0 }]);
  const four = visibleTiles(space, around(520, 500, 400), 0);
  expect(four).toHaveLength(4);
  expect(four[0]).toEqual({ column: 1, row: 0 });
  const all = layoutOf(space, { frame: 0, u: 1250, v: 1500 }, wholeField(space), { width: 600, height: 600 });
  expect(visibleTiles(space, all, 0)).toHaveLength(5 * 6);
  expect(visibleTiles(space, all, 2)).toHaveLength(2 * 2);
});

test("a neighbor tile is there when its first texels are read at the edge of the canvas", () => {
  // The canvas ends exactly at column 512: bilinear sampling reads column 512 of the next tile.
  expect(visibleTiles(space, around(312, 256, 400), 0)).toHaveLength(2);
});

test("off the picture there are no tiles", () => {
  expect(visibleTiles(space, around(-5000, 0, 400), 0)).toEqual([]);
});

test("one tile holds a 512 × 512 slice at every level", () => {
  const ct = spaceOf(axialStack());
  const fit = layoutOf(ct, { frame: 3, u: 256, v: 256 }, wholeField(ct), { width: 700, height: 700 });
  for (const level of [0, 1, 2, 3]) expect(visibleTiles(ct, fit, level)).toEqual([{ column: 0, row: 0 }]);
});
