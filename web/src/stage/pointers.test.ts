import { expect, test } from "vitest";
import type { Turn } from "../protocol.ts";
import { axialStack, coronalPlanes, imageStack, obliqueStack } from "./info.testing.ts";
import { layoutOf, pointAt, screenPoint } from "./layout.ts";
import { asStack } from "./plane-stack.ts";
import { liesOn, placeOf, projected, spaceOf } from "./space.ts";

const axial = spaceOf(axialStack());
const coronal = spaceOf(asStack(axialStack(), coronalPlanes()));
const TURNED: Turn = { quarter_turns: 1, mirrored: true };

test("a pointer on an axial picture lies at the same place of a coronal one, turned, mirrored, elsewhere", () => {
  // Pointed at on a small phone: an enlarged axial slice.
  const phone = layoutOf(
    axial,
    { frame: 12, u: 300, v: 280 },
    { width: 1e5, height: 1e5 },
    { width: 390, height: 700 },
  );
  const place = placeOf(axial, pointAt(phone, { x: 217, y: 401 }));
  const point_mm = place.kind === "patient" ? place.point_um.map((um) => um / 1000) : [];
  // On a wide screen: the coronal plane through it, turned and mirrored, zoomed otherwise.
  const frame = Math.round(((point_mm[1] ?? 0) + 178.85) / 0.7);
  const wide = layoutOf(
    coronal,
    { frame, u: 200, v: 11 },
    { width: 2e5, height: 9e4 },
    { width: 1917, height: 433 },
    TURNED,
  );
  const seen = projected(coronal, place, frame);
  const shown = seen && screenPoint(wide, seen.u, seen.v);
  // Where it is drawn, read back as a place by that screen.
  const there = shown && placeOf(coronal, pointAt(wide, shown));
  const there_mm = there?.kind === "patient" ? there.point_um.map((um) => um / 1000) : [];
  const away = Math.hypot(...[0, 1, 2].map((axis) => (there_mm[axis] ?? NaN) - (point_mm[axis] ?? NaN)));
  expect(away).toBeLessThan(1);
  // Within the plane it is exact; only the plane itself lies up to half a step aside.
  expect(there_mm[0]).toBeCloseTo(point_mm[0] ?? NaN, 2);
  expect(there_mm[2]).toBeCloseTo(point_mm[2] ?? NaN, 2);
  expect(liesOn(coronal, place, frame)).toBe(true);
});

test("on a plane further on a pointer is seen along the normal", () => {
  const place = placeOf(axial, { frame: 12, u: 300.5, v: 280.5 });
  expect(liesOn(coronal, place, 10)).toBe(false);
  // 300 columns from the right; slice 12 of 40 counted from the head.
  expect(projected(coronal, place, 10)).toEqual({
    frame: 10,
    u: expect.closeTo(300.5, 3),
    v: expect.closeTo(27.5, 3),
  });
});

test("a pointer of another Frame of Reference, or on another frame without geometry, is nowhere", () => {
  const place = placeOf(axial, { frame: 12, u: 300.5, v: 280.5 });
  expect(projected(spaceOf(axialStack({ frame_of_reference: "F2" })), place, 0)).toBeNull();
  const flat = spaceOf(imageStack());
  expect(projected(flat, place, 0)).toBeNull();
  expect(projected(flat, { kind: "image", frame: 3, point_milli: [5000, 6000] }, 4)).toBeNull();
  expect(projected(flat, { kind: "image", frame: 3, point_milli: [5000, 6000] }, 3)).toMatchObject({
    u: 5,
    v: 6,
  });
});

test("aslant stacks of the same patient agree on a place", () => {
  const oblique = spaceOf(obliqueStack());
  const place = placeOf(oblique, { frame: 7, u: 130, v: 90 });
  expect(projected(oblique, place, 7)).toEqual({
    frame: 7,
    u: expect.closeTo(130, 1),
    v: expect.closeTo(90, 1),
  });
});
