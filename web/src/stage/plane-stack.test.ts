import { expect, test } from "vitest";
import type { Camera, PlaneGeometry } from "../protocol.ts";
import { scaleBar, sideLetters } from "./bearings.ts";
import { axialStack, coronalPlanes } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { planAhead, planFrame } from "./plan.ts";
import { asStack, planeQuery, sameCamera } from "./plane-stack.ts";
import { areCostly, sameSlab, slabQuery, slabWords, thickened } from "./slab.ts";
import { imagePoint, placeOf, spaceOf } from "./space.ts";

const info = axialStack();
const coronal = asStack(info, coronalPlanes());

test("planes are a stack of their own size, count and place", () => {
  expect(coronal).toMatchObject({
    frames: 512,
    rows: 40,
    columns: 512,
    spacing_mm: [2, 0.7],
    slice_spacing_mm: 0.7,
  });
  const space = spaceOf(coronal);
  // The first plane lies at the front, its first pixel at the patient's right, at the head.
  expect(placeOf(space, { frame: 0, u: 0.5, v: 0.5 })).toMatchObject({
    point_um: [-178_850, -178_850, -22_000],
  });
  expect(placeOf(space, { frame: 10, u: 1.5, v: 1.5 })).toMatchObject({
    point_um: [-178_150, -171_850, -24_000],
  });
  expect(sideLetters(space)).toEqual({ left: "R", right: "L", top: "H", bottom: "F" });
});

test("a place in the patient is the same one in the stack and in its planes", () => {
  const place = placeOf(spaceOf(info), { frame: 7, u: 100.5, v: 200.5 });
  expect(imagePoint(spaceOf(coronal), place)).toEqual({
    frame: 200,
    u: expect.closeTo(100.5, 6),
    // Slice 7 of 40, counted from the head.
    v: expect.closeTo(32.5, 6),
  });
});

test("what holds for single slices does not hold for planes", () => {
  const film = axialStack({ damaged: [3], overlays: true, frame_times_ms: [1, 2], mpr_note: "tilted" });
  const shown = asStack(film, coronalPlanes());
  expect([shown.damaged, shown.overlays, shown.frame_times_ms, shown.mpr_note]).toEqual([
    [],
    false,
    [],
    "tilted",
  ]);
  expect(asStack(film, { ...coronalPlanes(), note: "uneven" }).mpr_note).toBe("uneven");
  expect(asStack(film, null)).toBe(film);
});

test("planes of a tilted volume lie as far apart as they are, not as far as their steps go", () => {
  const aslant: PlaneGeometry = { ...coronalPlanes(), step_mm: [0, 0.7, 0.3] };
  expect(asStack(info, aslant).slice_spacing_mm).toBe(0.7);
});

test("lengths on planes are lengths in the patient", () => {
  const film = axialStack({ calibration: "film", measured_spacing_mm: [9, 9] });
  const shown = asStack(film, coronalPlanes());
  const space = spaceOf(shown);
  const layout = layoutOf(space, { frame: 0, u: 256, v: 20 }, wholeField(space), { width: 512, height: 400 });
  const bar = scaleBar(shown, layout);
  expect(bar && (bar.pixels / bar.mm) * 0.7).toBeCloseTo(1, 9);
});

test("the planes of a camera are asked for in the same words on every screen", () => {
  const camera: Camera = { right: [600_000, 800_000, 0], down: [0, 0, -1_000_000] };
  // Into the picture: right × down. Up in the picture: against down.
  expect(planeQuery("oblique", camera)).toBe("normal=-0.8,0.6,0&up=0,0,1");
  expect(planeQuery("coronal", camera)).toBe("");
  expect(planeQuery("stack", null)).toBe("");
  expect(planeQuery("oblique", null)).toBe("");
  expect(sameCamera(camera, structuredClone(camera))).toBe(true);
  expect(sameCamera(camera, { ...camera, right: [600_000, 800_000, 1] })).toBe(false);
});

test("a slab is asked for in mm, and written as it is called", () => {
  const slab = { thickness_um: 20_000, projection: "mip" } as const;
  expect(slabQuery(slab)).toBe("slab_mm=20&projection=mip");
  expect(slabQuery({ thickness_um: 2_500, projection: "mean" })).toBe("slab_mm=2.5&projection=mean");
  expect(slabQuery(null)).toBe("");
  expect(slabWords(slab)).toBe("MIP 20 mm");
  expect([thickened({ ...slab, thickness_um: 0 }), thickened(null), thickened(slab)]).toEqual([
    null,
    null,
    slab,
  ]);
  expect([sameSlab(slab, { ...slab }), sameSlab(slab, null)]).toEqual([true, false]);
});

test("of what takes the server long no preview is asked for, and little in advance", () => {
  const space = spaceOf(coronal);
  const layout = layoutOf(space, { frame: 20, u: 256, v: 20 }, wholeField(space), {
    width: 700,
    height: 700,
  });
  const stock = {
    space,
    levelCount: 3,
    finest: 0,
    damaged: new Set<number>(),
    has: () => false,
    costly: true,
  };
  const name = (frame: number, level: number) => `${frame}/${level}`;
  expect(planFrame(stock, layout, name)).toMatchObject({ needed: ["20/0"], previews: 0 });
  expect(planAhead(stock, layout, 1, 99, name)).toEqual(["21/0"]);
  expect(areCostly({ mode: "oblique" }, { slab: null })).toBe(true);
  expect(areCostly({ mode: "coronal" }, { slab: null })).toBe(false);
  expect(areCostly({ mode: "coronal" }, { slab: { thickness_um: 9000, projection: "mip" } })).toBe(true);
});
