import { expect, test } from "vitest";
import type { Place } from "../protocol.ts";
import { FigureDraft, type Touched } from "./figure-draft.ts";
import type { FigureTool } from "./tools.ts";

// A screen on which a CSS pixel is a thousandth of a pixel of the picture.
const hand = (x: number, y: number): Touched => ({
  at: { x, y },
  place: { kind: "image", frame: 0, point_milli: [x, y] },
});
const screen = (place: Place) =>
  place.kind === "image" ? { x: place.point_milli[0], y: place.point_milli[1] } : null;
const put = (draft: FigureDraft) => draft.put.map((place) => screen(place));

function clicked(draft: FigureDraft, ...points: [number, number][]): void {
  for (const [x, y] of points) {
    draft.press(hand(x, y));
    draft.release(hand(x, y), screen);
  }
}

function dragged(draft: FigureDraft, ...way: [number, number][]): void {
  const [first = [0, 0], ...more] = way;
  draft.press(hand(...first));
  for (const [x, y] of more) draft.drag(hand(x, y));
  draft.release(hand(...(way.at(-1) ?? first)), screen);
}

test("a length is one drag or two clicks", () => {
  const byDrag = new FigureDraft("length");
  dragged(byDrag, [0, 0], [20, 0], [50, 10]);
  const byClicks = new FigureDraft("length");
  clicked(byClicks, [0, 0], [50, 10]);
  for (const draft of [byDrag, byClicks]) {
    expect(draft.whole).toBe(true);
    expect(put(draft)).toEqual([
      { x: 0, y: 0 },
      { x: 50, y: 10 },
    ]);
  }
});

test("a second click on the same point is a slip, and makes no line without length", () => {
  const draft = new FigureDraft("length");
  clicked(draft, [10, 10], [12, 11]);
  expect(draft.whole).toBe(false);
  expect(draft.count).toBe(1);
});

test.each(["cobb", "bidirectional"] satisfies FigureTool[])(
  "%s is two drags, or a drag and clicks",
  (tool) => {
    const byDrags = new FigureDraft(tool);
    dragged(byDrags, [0, 0], [50, 0]);
    expect(byDrags.whole).toBe(false);
    dragged(byDrags, [0, 40], [50, 60]);
    const mixed = new FigureDraft(tool);
    dragged(mixed, [0, 0], [50, 0]);
    clicked(mixed, [0, 40], [50, 60]);
    expect(byDrags.whole).toBe(true);
    expect(put(mixed)).toEqual(put(byDrags));
  },
);

test("an angle is an arm and one more point, which a drag leads", () => {
  const draft = new FigureDraft("angle");
  dragged(draft, [0, 0], [50, 0]);
  dragged(draft, [60, 60], [80, 90]);
  expect(draft.whole).toBe(true);
  expect(put(draft).at(-1)).toEqual({ x: 80, y: 90 });
});

test("a polygon is closed by a click on its first point, by a second one on its last, and by Enter", () => {
  const corners: [number, number][] = [
    [0, 0],
    [50, 0],
    [50, 50],
  ];
  const onFirst = new FigureDraft("polygon");
  clicked(onFirst, ...corners, [2, 1]);
  const onLast = new FigureDraft("polygon");
  clicked(onLast, ...corners, [50, 50]);
  const byEnter = new FigureDraft("polygon");
  clicked(byEnter, ...corners.slice(0, 2));
  expect(byEnter.close()).toBe(false);
  clicked(byEnter, [50, 50]);
  expect(byEnter.close()).toBe(true);
  for (const draft of [onFirst, onLast, byEnter]) {
    expect(draft.whole).toBe(true);
    expect(draft.count).toBe(3);
  }
});

test("a line drawn by hand keeps the points that make it, at most 500", () => {
  const draft = new FigureDraft("freehand");
  const square: [number, number][] = [
    ...Array.from({ length: 20 }, (_, i): [number, number] => [i * 5, 0]),
    ...Array.from({ length: 20 }, (_, i): [number, number] => [100, i * 5]),
  ];
  dragged(draft, [0, 0], ...square, [0, 100]);
  expect(draft.whole).toBe(true);
  expect(draft.count).toBeLessThanOrEqual(6);
  const wild = new FigureDraft("freehand");
  dragged(wild, ...Array.from({ length: 3000 }, (_, i): [number, number] => [i * 3, (i % 2) * 200]));
  expect(wild.whole).toBe(true);
  expect(wild.count).toBeLessThanOrEqual(500);
});

test("Backspace takes the last point back, and a second finger only what was not put yet", () => {
  const draft = new FigureDraft("polygon");
  clicked(draft, [0, 0], [50, 0]);
  expect(draft.back()).toBe(true);
  expect(draft.count).toBe(1);
  draft.press(hand(70, 70));
  draft.letGo();
  draft.release(hand(90, 90), screen);
  expect(draft.count).toBe(1);
});

test("what is shown meanwhile ends where the hand is", () => {
  const draft = new FigureDraft("length");
  clicked(draft, [0, 0]);
  draft.hover(hand(30, 40));
  expect(draft.places.map(screen)).toEqual([
    { x: 0, y: 0 },
    { x: 30, y: 40 },
  ]);
});
