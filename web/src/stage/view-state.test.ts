import { expect, test } from "vitest";
import { commanded, toFrame } from "./commands.ts";
import { axialStack, imageStack } from "./info.testing.ts";
import { pointAt } from "./layout.ts";
import { spaceOf } from "./space.ts";
import {
  defaultLook,
  difference,
  draggedWindow,
  layoutFor,
  lookOf,
  onFrame,
  panned,
  pointOf,
  type Subject,
  steppedWindow,
  zoomed,
} from "./view-state.ts";

const info = axialStack();
const space = spaceOf(info);
const canvas = { width: 900, height: 600 };
const ct: Subject = { info, modality: "CT", mode: "stack" };
const start = defaultLook(space, ct);

test("a stack opens in its middle frame, whole, in its first window", () => {
  expect(pointOf(space, start)).toMatchObject({ frame: 20 });
  expect(start.field).toEqual({ width: 358_400, height: 358_400 });
  expect(start.window).toEqual({ center: 40, width: 400, function: "LINEAR" });
});

test("what a view leaves open is filled in; a place from elsewhere is not followed", () => {
  expect(lookOf(space, ct, {})).toEqual(start);
  const window = { center: 1, width: 2, function: "LINEAR" } as const;
  expect(lookOf(space, ct, { window, place: null })).toEqual({ ...start, window });
  const elsewhere = lookOf(space, ct, {
    place: { kind: "patient", frame_of_reference: "F9", point_um: [1, 2, 3] },
    field: { width: 5, height: 5 },
  });
  expect(elsewhere).toEqual(start);
});

test("scrolling a fitted view tells a place and nothing else", () => {
  const change = difference(start, onFrame(space, start, canvas, 21));
  expect(Object.keys(change ?? {})).toEqual(["place"]);
});

test("panning keeps the slice, the scale and the point under the hand", () => {
  const near = zoomed(space, start, canvas, 4, { x: 450, y: 300 });
  const before = layoutFor(space, near, canvas);
  const held = pointAt(before, { x: 200, y: 100 });
  const after = layoutFor(space, panned(space, near, canvas, { dx: 33, dy: -20 }), canvas);
  const there = pointAt(after, { x: 233, y: 80 });
  expect(there.frame).toBe(held.frame);
  expect(there.u).toBeCloseTo(held.u, 2);
  expect(there.v).toBeCloseTo(held.v, 2);
  expect(after.scale / before.scale).toBeCloseTo(1, 5);
});

test("a hundred small drags there and back end where they began", () => {
  let look = zoomed(space, start, canvas, 3, { x: 100, y: 100 });
  const before = layoutFor(space, look, canvas);
  for (let i = 0; i < 100; i++) look = panned(space, look, canvas, { dx: 0.37, dy: 0.73 });
  for (let i = 0; i < 100; i++) look = panned(space, look, canvas, { dx: -0.37, dy: -0.73 });
  const after = layoutFor(space, look, canvas);
  expect(after.center.u).toBeCloseTo(before.center.u, 1);
  expect(after.scale / before.scale).toBeCloseTo(1, 4);
});

test("panning cannot lose the picture", () => {
  const lost = panned(space, start, canvas, { dx: 1e6, dy: -1e6 });
  expect(pointOf(space, lost)).toMatchObject({ u: expect.closeTo(0, 2), v: expect.closeTo(512, 2) });
});

test("zooming keeps the slice", () => {
  const near = zoomed(space, start, canvas, 7, { x: 10, y: 590 });
  expect(pointOf(space, near).frame).toBe(20);
});

test("dragging right widens the window, dragging down darkens it", () => {
  const window = { center: 40, width: 400, function: "LINEAR" } as const;
  expect(draggedWindow(window, { dx: 50, dy: 0 }, false)).toEqual({ ...window, width: 480 });
  expect(draggedWindow(window, { dx: 0, dy: 50 }, false)).toEqual({ ...window, center: 120 });
  expect(draggedWindow(window, { dx: 0, dy: 50 }, true)).toEqual({ ...window, center: -40 });
  expect(draggedWindow(window, { dx: -9999, dy: 0 }, false).width).toBe(1);
});

test("a drag and a step go on from a VOI LUT as from its window", () => {
  const lut = { center: 40, width: 400, function: "LINEAR", lut: 2 } as const;
  expect(draggedWindow(lut, { dx: 50, dy: 0 }, false)).toEqual({
    center: 40,
    width: 480,
    function: "LINEAR",
  });
  expect(steppedWindow(lut, "brighter", false).lut).toBeUndefined();
  expect(steppedWindow(lut, "moreContrast", false).lut).toBeUndefined();
});

test("choosing a VOI LUT with the same numbers is a change", () => {
  const window = { ...start.window, lut: 0 };
  expect(difference(start, { ...start, window })).toEqual({ window });
});

test("only a film plays, and from a frame it has", () => {
  const cine = { playing: true, rate: 1, first_frame: 3, started_at: 5 };
  const film = imageStack({ frames: 4, frame_times_ms: [40, 40, 40, 40] });
  expect(lookOf(spaceOf(film), { info: film, modality: "US", mode: "stack" }, { cine }).cine).toEqual(cine);
  expect(lookOf(space, ct, { cine }).cine).toBeNull();
  expect(
    lookOf(
      spaceOf(film),
      { info: film, modality: "US", mode: "stack" },
      { cine: { ...cine, first_frame: 4 } },
    ).cine,
  ).toBeNull();
});

test("brighter is brighter, in inverted pictures too", () => {
  const window = { center: 40, width: 400, function: "LINEAR" } as const;
  expect(steppedWindow(window, "brighter", false).center).toBe(0);
  expect(steppedWindow(window, "brighter", true).center).toBe(80);
  expect(steppedWindow(window, "moreContrast", false).width).toBe(320);
  expect(steppedWindow(window, "lessContrast", false).width).toBe(500);
});

test("commands go to frames that exist", () => {
  const go = (command: Parameters<typeof commanded>[0]) =>
    pointOf(space, commanded(command, space, ct, start, canvas)).frame;
  expect(go("next")).toBe(21);
  expect(go("previous")).toBe(19);
  expect(go("first")).toBe(0);
  expect(go("last")).toBe(39);
  expect(go("pageDown")).toBe(30);
  expect(go("pageUp")).toBe(10);
  expect(toFrame(space, start, canvas, 20)).toBe(start);
  expect(pointOf(space, toFrame(space, start, canvas, 400)).frame).toBe(39);
});

test("reset goes back to the whole slice in its first window, and keeps the slice", () => {
  const moved = { ...zoomed(space, onFrame(space, start, canvas, 3), canvas, 3, { x: 0, y: 0 }) };
  const far = commanded("brighter", space, ct, moved, canvas);
  const back = commanded("reset", space, ct, far, canvas);
  expect(back).toEqual({ ...start, place: onFrame(space, start, canvas, 3).place });
});

test("a stack without geometry is scrolled by frames", () => {
  const flat = imageStack({ frames: 5 });
  const plane = spaceOf(flat);
  const look = onFrame(plane, defaultLook(plane, { info: flat, modality: "OT", mode: "stack" }), canvas, 4);
  expect(look.place).toEqual({ kind: "image", frame: 4, point_milli: [256_000, 256_000] });
});
