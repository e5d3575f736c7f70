import { expect, test } from "vitest";
import { plainOrientation, type ScreenDirections, turned } from "./plain-orientation.ts";

const axial: ScreenDirections = { right: [1, 0, 0], down: [0, 1, 0] };
const coronal: ScreenDirections = { right: [1, 0, 0], down: [0, 0, -1] };
const sagittal: ScreenDirections = { right: [0, 1, 0], down: [0, 0, -1] };

test("an axial slice is looked at from the feet, with the body's right on the left", () => {
  expect(plainOrientation(axial)).toEqual({ from: "feet", landmark: { part: "right", on: "left" } });
});

test("a coronal slice is looked at from the front, a sagittal one from the left", () => {
  expect(plainOrientation(coronal)).toEqual({ from: "front", landmark: { part: "right", on: "left" } });
  expect(plainOrientation(sagittal)).toEqual({ from: "left", landmark: { part: "front", on: "left" } });
});

test("a mirrored axial slice is what is seen from the head, with the right on the right", () => {
  const mirrored = turned(axial, { quarter_turns: 0, mirrored: true });
  expect(plainOrientation(mirrored)).toEqual({ from: "head", landmark: { part: "right", on: "right" } });
});

test("turned clockwise, what was on the left is at the top", () => {
  const quarter = turned(axial, { quarter_turns: 1, mirrored: false });
  expect(plainOrientation(quarter)).toEqual({ from: "feet", landmark: { part: "right", on: "top" } });
  const half = turned(axial, { quarter_turns: 2, mirrored: false });
  expect(plainOrientation(half).landmark).toEqual({ part: "right", on: "right" });
});

test("it is mirrored before it is turned", () => {
  const both = turned(axial, { quarter_turns: 1, mirrored: true });
  expect(plainOrientation(both)).toEqual({ from: "head", landmark: { part: "right", on: "bottom" } });
});

test("what lies at a slant is said to, and promises no side", () => {
  const half = Math.SQRT1_2;
  const slanted: ScreenDirections = { right: [1, 0, 0], down: [0, half, -half] };
  expect(plainOrientation(slanted)).toEqual({ from: "slanted", landmark: null });
});

test("a gantry tilted by 20 degrees is still looked at from the feet", () => {
  const tilt = (20 * Math.PI) / 180;
  const tilted: ScreenDirections = { right: [1, 0, 0], down: [0, Math.cos(tilt), -Math.sin(tilt)] };
  expect(plainOrientation(tilted).from).toBe("feet");
});
