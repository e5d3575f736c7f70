import { expect, test } from "vitest";
import type { Camera, PaneView } from "../protocol.ts";
import { Gaze } from "./gaze.ts";
import { axialStack } from "./info.testing.ts";
import { spaceOf } from "./space.ts";
import type { ShownPicture } from "./types.ts";
import { defaultLook, onFrame } from "./view-state.ts";

const info = axialStack();
const space = spaceOf(info);
const canvas = { width: 900, height: 600 };
const look = defaultLook(space, { info, modality: "CT", mode: "stack" });
const first: ShownPicture = {
  room: "r",
  grant: "g",
  series: "s1",
  stack: 0,
  info,
  mode: "stack",
  plane: null,
  camera: null,
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

const head: Camera = { right: [1_000_000, 0, 0], down: [0, 0, -1_000_000] };
const turned: Camera = { right: [800_000, 600_000, 0], down: [0, 0, -1_000_000] };
const oblique: ShownPicture = { ...first, mode: "oblique", camera: head };

test("planes through a stack are another picture than the stack, and say so", () => {
  const gaze = gazeAt(first);
  gaze.take({ ...viewOf(first, 3), shown: { series: "s1", stack: 0, mode: "coronal" } }, "7.1");
  expect([gaze.look, gaze.tag]).toEqual([look, null]);
  expect(gaze.show({ ...first, mode: "coronal" }, space)).toBe(true);
  expect(gaze.tag).toBe("7.1");
  const slab = { thickness_um: 20_000, projection: "mip" } as const;
  gaze.take({ slab }, "7.2");
  expect(gaze.view()).toMatchObject({ shown: { series: "s1", stack: 0, mode: "coronal" }, slab });
  expect(gaze.shows({ shown: { series: "s1", stack: 0, mode: "stack" } })).toBe(false);
});

test("a view of planes that lie otherwise waits until they do", () => {
  const gaze = gazeAt(oblique);
  const shown = { series: "s1", stack: 0, mode: "oblique" } as const;
  gaze.take({ ...viewOf(first, 3), shown, camera: head }, "7.1");
  expect([gaze.tag, gaze.view().camera]).toEqual(["7.1", head]);
  gaze.take({ ...viewOf(first, 5), shown, camera: turned }, "7.2");
  expect([gaze.tag, gaze.view().camera]).toEqual(["7.1", head]);
  expect(gaze.show({ ...oblique, camera: turned }, space)).toBe(false);
  expect([gaze.tag, gaze.view().camera]).toEqual(["7.2", turned]);
  expect(gaze.look?.place).toEqual(viewOf(first, 5).place);
});

test("planes that are turned by the own hand are no shared view, and the look goes on", () => {
  const gaze = gazeAt(oblique);
  gaze.take({ ...viewOf(first, 3), shown: { series: "s1", stack: 0, mode: "oblique" }, camera: head }, "7.1");
  const before = gaze.look;
  gaze.show({ ...oblique, camera: turned }, space);
  expect([gaze.look, gaze.tag]).toEqual([before, null]);
});

test("a slab is told, and so is that there is none any more; a stack has none", () => {
  const gaze = gazeAt({ ...first, mode: "axial" });
  const slab = { thickness_um: 20_000, projection: "mean" } as const;
  const start = gaze.look;
  if (start) gaze.moveTo({ ...start, slab });
  expect(gaze.untold()).toEqual({ slab });
  if (start) gaze.moveTo({ ...start, slab: null });
  expect(gaze.untold()).toEqual({ slab: { thickness_um: 0, projection: "mip" } });
  const plain = gazeAt(first);
  plain.take({ slab }, null);
  expect(plain.look?.slab).toBeNull();
});
