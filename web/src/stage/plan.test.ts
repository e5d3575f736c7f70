import { expect, test } from "vitest";
import { axialStack, imageStack } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { type AddressOf, planAhead, planFrame, planLoop, previewLevel, type Stock } from "./plan.ts";
import { spaceOf } from "./space.ts";

const ct = spaceOf(axialStack());
const name: AddressOf = (frame, level, { column, row }) => `${frame}/${level}/${column}/${row}`;

function stock(here: string[], changes: Partial<Stock> = {}): Stock {
  return {
    space: ct,
    levelCount: 4,
    finest: 0,
    damaged: new Set(),
    has: (url) => here.includes(url),
    ...changes,
  };
}

function whole(frame: number, edge = 700) {
  return layoutOf(ct, { frame, u: 256, v: 256 }, wholeField(ct), { width: edge, height: edge });
}

test("with nothing here the preview is asked for before the full tile, and nothing is drawn", () => {
  expect(planFrame(stock([]), whole(20), name)).toEqual({
    layers: [],
    full: false,
    needed: ["20/2/0/0", "20/0/0/0"],
    previews: 1,
  });
});

test("a preview is drawn until the full tile is here, and is not asked for twice", () => {
  const plan = planFrame(stock(["20/2/0/0"]), whole(20), name);
  expect(plan.layers).toEqual([{ level: 2, tiles: [{ column: 0, row: 0 }], whole: true }]);
  expect(plan).toMatchObject({ full: false, needed: ["20/0/0/0"], previews: 0 });
});

test("with the full tile nothing else is drawn", () => {
  const plan = planFrame(stock(["20/2/0/0", "20/0/0/0"]), whole(20), name);
  expect(plan).toMatchObject({ full: true, previews: 0 });
  expect(plan.layers).toEqual([{ level: 0, tiles: [{ column: 0, row: 0 }], whole: true }]);
});

test("another frame's tiles never stand in", () => {
  const plan = planFrame(stock(["19/0/0/0", "21/0/0/0", "21/2/0/0"]), whole(20), name);
  expect(plan.layers).toEqual([]);
});

test("after zooming out a finer level stands in, and is not called full", () => {
  const plan = planFrame(stock(["20/0/0/0", "20/2/0/0"]), whole(20, 256), name);
  expect(plan.layers).toEqual([{ level: 0, tiles: [{ column: 0, row: 0 }], whole: true }]);
  expect(plan).toMatchObject({ full: false, needed: ["20/1/0/0"] });
});

test("of a large picture the tiles that are here lie over a coarser level", () => {
  const large = spaceOf(imageStack({ rows: 1024, columns: 1024, frames: 1, level_count: 5 }));
  const layout = layoutOf(large, { frame: 0, u: 512, v: 512 }, wholeField(large), {
    width: 1024,
    height: 1024,
  });
  const here = ["0/3/0/0", "0/0/1/1"];
  const plan = planFrame(stock(here, { space: large, levelCount: 5 }), layout, name);
  expect(plan.layers).toEqual([
    { level: 3, tiles: [{ column: 0, row: 0 }], whole: true },
    { level: 0, tiles: [{ column: 1, row: 1 }], whole: false },
  ]);
  expect(plan.needed).toHaveLength(4);
});

test("a device that cannot hold the finest level gets the next one", () => {
  expect(planFrame(stock([], { finest: 1 }), whole(3), name).needed).toEqual(["3/2/0/0", "3/1/0/0"]);
});

test("a preview is about 128 pixels", () => {
  expect(previewLevel(ct, 4)).toBe(2);
  expect(previewLevel(ct, 1)).toBe(0);
});

test("neighbors are fetched in the direction of travel, then previews all around", () => {
  const ahead = planAhead(stock([]), whole(20), 1, 100, name);
  expect(ahead.slice(0, 4)).toEqual(["21/0/0/0", "22/0/0/0", "23/0/0/0", "19/0/0/0"]);
  expect(ahead.slice(4, 7)).toEqual(["21/2/0/0", "19/2/0/0", "22/2/0/0"]);
  const back = planAhead(stock([]), whole(20), -1, 100, name);
  expect(back.slice(0, 4)).toEqual(["19/0/0/0", "18/0/0/0", "17/0/0/0", "21/0/0/0"]);
});

test("where the preview of the stack is here only as many are fetched as will soon be looked at", () => {
  const previewed = stock([], { previewed: () => true });
  expect(planAhead(previewed, whole(20), 1, 100, name, 1)).toEqual(["21/0/0/0"]);
  expect(planAhead(previewed, whole(20), -1, 100, name, 2)).toEqual(["19/0/0/0", "18/0/0/0"]);
});

test("no neighbor is asked for beyond the ends, when it is damaged, or when tiles are too many", () => {
  expect(planAhead(stock([]), whole(39), 1, 100, name)[0]).toBe("38/0/0/0");
  expect(planAhead(stock([], { damaged: new Set([21]) }), whole(20), 1, 100, name)[0]).toBe("22/0/0/0");
  expect(planAhead(stock([]), whole(20), 1, 0, name)[0]).toBe("21/2/0/0");
});

const MEGABYTE = 2 ** 20;

test("of a film the frames that are due next come first, and after the last one the first", () => {
  const ahead = planLoop(stock([]), whole(38), name, 64 * MEGABYTE);
  expect(ahead.slice(0, 4)).toEqual(["38/0/0/0", "39/0/0/0", "0/0/0/0", "1/0/0/0"]);
  expect(new Set(ahead).size).toBe(40);
});

test("a film that does not fit is fetched a part ahead; frames just passed are not given up at once", () => {
  const ahead = planLoop(stock([]), whole(10), name, 20 * MEGABYTE);
  expect(ahead.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, n) => `${10 + n}/0/0/0`));
  expect(ahead.slice(20)).toContain("9/0/0/0");
  expect(ahead).not.toContain("30/0/0/0");
});

test("the damaged frames of a film are left out", () => {
  const damaged = new Set([11]);
  const ahead = planLoop(stock([], { damaged }), whole(10), name, 64 * MEGABYTE);
  expect(ahead.slice(0, 2)).toEqual(["10/0/0/0", "12/0/0/0"]);
});
