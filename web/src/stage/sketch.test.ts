import { expect, test } from "vitest";
import type { Shape } from "../protocol.ts";
import { shapeOf } from "./figures.ts";
import { axialStack } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { figureOf, fromFigure, type Lie, labelOf } from "./sketch.ts";
import { centerOf, placeOf, spaceOf } from "./space.ts";
import type { PaneMark } from "./types.ts";

// A 512 x 512 picture on a canvas of as many CSS pixels, two device pixels each.
const space = spaceOf(axialStack());
const canvas = { width: 1024, height: 1024 };
const center = { frame: 5, u: 256, v: 256 };
const lie: Lie = { space, layout: layoutOf(space, center, wholeField(space), canvas), ratio: 2 };
const at = (u: number, v: number) => placeOf(space, { frame: 5, u, v });

function figure(shape: Shape | null) {
  const drawn = shape && figureOf(lie, shape);
  if (!drawn) throw new Error("nothing drawn");
  return drawn;
}

test("an ellipse goes through the middles of the rectangle it lies in", () => {
  const drawn = figure(shapeOf(space, "ellipse", [at(100, 100), at(300, 200)]));
  for (const [x, y] of [
    [300, 150],
    [100, 150],
    [200, 100],
    [200, 200],
  ] as const)
    expect(fromFigure(drawn, { x, y })).toBeLessThan(0.5);
  expect(fromFigure(drawn, { x: 200, y: 150 })).toBeGreaterThan(45);
});

test("a rectangle has the four corners along rows and columns", () => {
  const [line] = figure(shapeOf(space, "rectangle", [at(100, 50), at(300, 250)])).lines;
  expect(line?.closed).toBe(true);
  expect(line?.points.map(({ x, y }) => [Math.round(x), Math.round(y)])).toEqual([
    [100, 50],
    [300, 50],
    [300, 250],
    [100, 250],
  ]);
});

test("what lies in another frame of reference is not drawn", () => {
  const elsewhere = { kind: "patient", frame_of_reference: "F2", point_um: [0, 0, 0] } as const;
  const start = centerOf(space, 5);
  const end = { ...elsewhere, point_um: [0, 0, 0] as [number, number, number] };
  expect(figureOf(lie, { kind: "length", start, end })).toBeNull();
});

test("a label has the server's values, an estimate before them, and why there are none", () => {
  const shape: Shape = { kind: "length", start: at(0, 0), end: at(100, 0) };
  const mark: PaneMark = {
    id: "m",
    name: "Dr. Weber",
    color: "#fff",
    own: true,
    removable: true,
    pending: true,
    shape,
    measured: null,
    unmeasurable: null,
  };
  const texts = (changes: Partial<PaneMark>, inPatient = true) =>
    labelOf({ ...mark, ...changes }, inPatient).map(({ text }) => text);
  expect(texts({})).toEqual(["≈ 70.0 mm", "Dr. Weber"]);
  expect(texts({}, false)).toEqual(["Dr. Weber"]);
  const quantities = [{ name: "length", value: 70.1, unit: "mm" } as const];
  const measured = { kind: "length", quantities, calibration: "patient", meaning: "", notes: [] } as const;
  expect(texts({ measured: { ...measured, quantities, notes: [] } })).toEqual(["70.1 mm", "Dr. Weber"]);
  expect(texts({ unmeasurable: "It has no scale." })).toEqual(["It has no scale.", "Dr. Weber"]);
});
