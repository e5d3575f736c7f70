import { expect, test } from "vitest";
import type { Place, Shape } from "../protocol.ts";
import { isSeen, movedShape, placesOf, shapeOf } from "./figures.ts";
import { axialStack, imageStack, sagittalStack } from "./info.testing.ts";
import { imagePoint, liesOn, placeOf, type StackSpace, spaceOf } from "./space.ts";

const space = spaceOf(axialStack());
const at = (u: number, v: number) => placeOf(space, { frame: 5, u, v });
const arrow: Shape = { kind: "arrow", tail: at(10, 20), head: at(30, 40), label: "nodule" };

function points(shape: Shape, inSpace: StackSpace = space): number[][] {
  const of = (place: Place) => {
    const point = imagePoint(inSpace, place);
    return [point?.u, point?.v].map((value) => Math.round((value ?? Number.NaN) * 100) / 100);
  };
  return placesOf(shape).map(of);
}

test("an arrow is moved whole, or by one end; its label stays", () => {
  const by = { u: 5, v: -5 };
  expect(points(movedShape(space, arrow, "whole", by))).toEqual([
    [35, 35],
    [15, 15],
  ]);
  expect(points(movedShape(space, arrow, 0, by))).toEqual([
    [35, 35],
    [10, 20],
  ]);
  expect(points(movedShape(space, arrow, 1, by))).toEqual([
    [30, 40],
    [15, 15],
  ]);
  expect(movedShape(space, arrow, 0, by)).toMatchObject({ kind: "arrow", label: "nodule" });
});

test("a moved text stays on its slice and keeps its words", () => {
  const text: Shape = { kind: "text", at: at(100, 100), text: "What is this?" };
  const moved = movedShape(space, text, "whole", { u: 1, v: 2 });
  expect(moved).toMatchObject({ kind: "text", text: "What is this?" });
  expect(moved.kind === "text" && imagePoint(space, moved.at)?.frame).toBe(5);
});

test("a figure is made of as many points as it needs, and of no fewer", () => {
  const put = [at(0, 0), at(10, 0), at(10, 10), at(0, 20)];
  expect(shapeOf(space, "length", put.slice(0, 1))).toBeNull();
  expect(shapeOf(space, "length", put.slice(0, 2))).toEqual({ kind: "length", start: put[0], end: put[1] });
  expect(shapeOf(space, "angle", put.slice(0, 2))).toBeNull();
  expect(shapeOf(space, "angle", put.slice(0, 3))).toMatchObject({ kind: "angle", vertex: put[1] });
  expect(shapeOf(space, "cobb", put.slice(0, 3))).toBeNull();
  expect(shapeOf(space, "cobb", put)).toMatchObject({ second: { start: put[2], end: put[3] } });
  expect(shapeOf(space, "probe", put.slice(0, 1))).toEqual({ kind: "probe", at: put[0] });
  expect(shapeOf(space, "polygon", put.slice(0, 2))).toBeNull();
});

test("an ellipse lies in the rectangle between two corners", () => {
  const ellipse = shapeOf(space, "ellipse", [at(10, 20), at(30, 60)]);
  expect(ellipse && points(ellipse)).toEqual([
    [20, 40],
    [30, 40],
    [20, 60],
  ]);
});

test("a half axis of an ellipse takes the other along at a right angle, in the patient's millimeters", () => {
  // Pixels of 0.5 mm across and 2 mm down: 40 columns are as long as 10 rows.
  const sagittal = spaceOf(sagittalStack());
  const on = (u: number, v: number) => placeOf(sagittal, { frame: 1, u, v });
  const shape: Shape = {
    kind: "ellipse",
    center: on(100, 50),
    first_end: on(140, 50),
    second_end: on(100, 52),
  };
  // From 20 mm to the right to 20 mm down: the other, 4 mm long, comes to lie to the left.
  const turned = movedShape(sagittal, shape, 1, { u: -40, v: 10 });
  expect(points(turned, sagittal)).toEqual([
    [100, 50],
    [100, 60],
    [92, 50],
  ]);
});

test("an outline keeps its kind of place, and is moved by a corner or whole", () => {
  const corners = [at(0, 0), at(10, 0), at(10, 10)];
  const polygon = shapeOf(space, "polygon", corners);
  expect(polygon).toMatchObject({ outline: { kind: "patient", frame_of_reference: "F1" } });
  expect(polygon && points(movedShape(space, polygon, 2, { u: 5, v: 0 }))).toEqual([
    [0, 0],
    [10, 0],
    [15, 10],
  ]);
  const plain = spaceOf(imageStack());
  const places = [0, 1, 2].map((n) => placeOf(plain, { frame: 3, u: n, v: n * n }));
  expect(shapeOf(plain, "freehand", places)).toEqual({
    kind: "freehand",
    outline: {
      kind: "image",
      frame: 3,
      points_milli: [
        [0, 0],
        [1000, 1000],
        [2000, 4000],
      ],
    },
  });
});

test("a line from picture to picture is seen on both, a region only where all of it lies, an arrow at its head", () => {
  const above = placeOf(space, { frame: 6, u: 50, v: 50 });
  const seenOn = (shape: Shape) =>
    [5, 6, 7].filter((frame) => isSeen(shape, (place) => liesOn(space, place, frame)));
  expect(seenOn({ kind: "length", start: at(10, 10), end: above })).toEqual([5, 6]);
  expect(seenOn({ kind: "rectangle", corner: at(10, 10), opposite: above })).toEqual([]);
  expect(seenOn({ kind: "rectangle", corner: at(10, 10), opposite: at(20, 20) })).toEqual([5]);
  expect(seenOn({ kind: "arrow", tail: at(10, 10), head: above, label: "" })).toEqual([6]);
});
