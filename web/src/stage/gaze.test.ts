import { expect, test } from "vitest";
import type { PaneView } from "../protocol.ts";
import { Gaze } from "./gaze.ts";
import { axialStack } from "./info.testing.ts";
import { spaceOf } from "./space.ts";
import type { ShownPicture } from "./types.ts";
import { defaultLook, onFrame } from "./view-state.ts";

const info = axialStack();
const space = spaceOf(info);
const canvas = { width: 900, height: 600 };
const look = defaultLook(space, { info, modality: "CT" });
const first: ShownPicture = {
  room: "r",
  grant: "g",
  series: "s1",
  stack: 0,
  info,
  title: "",
  modality: "CT",
};
const second: ShownPicture = { ...first, series: "s2" };

function viewOf({ series, stack }: ShownPicture, frame: number): PaneView {
  return { shown: { series, stack, mode: "stack" }, ...onFrame(space, look, canvas, frame) };
}

function gazeAt(shown: ShownPicture): Gaze {
  const gaze = new Gaze();
  gaze.show(shown, space);
  return gaze;
}

test("a view of a stack that is not shown yet waits for it, with its tag", () => {
  const gaze = gazeAt(first);
  gaze.take(viewOf(second, 3), "7.1");
  expect([gaze.look, gaze.tag]).toEqual([look, null]);
  expect(gaze.show(second, space)).toBe(true);
  expect([gaze.view(), gaze.tag]).toEqual([viewOf(second, 3), "7.1"]);
});

test("a view that waited is not shown on another stack, nor later", () => {
  const gaze = gazeAt(first);
  gaze.take(viewOf(second, 3), "7.1");
  gaze.show({ ...first, series: "s3" }, space);
  expect([gaze.look, gaze.tag]).toEqual([look, null]);
  gaze.show(second, space);
  expect([gaze.look, gaze.tag]).toEqual([look, null]);
});

test("more of the same stack leaves the look and its tag as they are", () => {
  const gaze = gazeAt(first);
  gaze.take(viewOf(first, 3), "7.1");
  const before = gaze.look;
  expect(gaze.show({ ...first, info: axialStack({ ready: 12 }) }, space)).toBe(false);
  expect(gaze.look).toBe(before);
  expect(gaze.tag).toBe("7.1");
});

test("an equal view is the same look under its new tag: what is drawn of it stays drawn", () => {
  const gaze = gazeAt(first);
  const before = gaze.look;
  gaze.take({ ...viewOf(first, 3), ...look }, "7.2");
  expect(gaze.look).toBe(before);
  expect(gaze.tag).toBe("7.2");
});

test("an own movement is nobody's shared view, and is told once; what others moved is not told", () => {
  const gaze = gazeAt(first);
  gaze.take(viewOf(first, 3), "7.1");
  expect(gaze.untold()).toBeNull();
  const there = onFrame(space, look, canvas, 4);
  expect(gaze.moveTo(there)).toBe(true);
  expect(gaze.tag).toBeNull();
  expect(gaze.untold()).toEqual({ place: there.place });
  expect(gaze.untold()).toBeNull();
});

test("a movement to where one is already moves nothing", () => {
  const gaze = gazeAt(first);
  expect(gaze.moveTo(onFrame(space, look, canvas, 4))).toBe(true);
  expect(gaze.moveTo(onFrame(space, look, canvas, 4))).toBe(false);
});

test("where nothing is shown there is nothing to see, to move or to tell", () => {
  const gaze = gazeAt(first);
  gaze.show(null, null);
  expect([gaze.look, gaze.view(), gaze.untold(), gaze.moveTo(look)]).toEqual([null, {}, null, false]);
  expect(gaze.shows(viewOf(first, 3))).toBe(false);
});
