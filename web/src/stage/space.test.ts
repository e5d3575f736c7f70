import { expect, test } from "vitest";
import type { Place } from "../protocol.ts";
import { axialStack, imageStack, obliqueStack, sagittalStack } from "./info.testing.ts";
import { centerOf, imagePoint, liesOn, placeMovedBy, placeOf, placeOnFrame, spaceOf } from "./space.ts";

const STACKS = {
  axial: axialStack(),
  sagittal: sagittalStack(),
  oblique: obliqueStack(),
  image: imageStack(),
};
test("the first pixel's center is Image Position (Patient)", () => {
  // PS3.3 C.7.6.2.1.1
  const space = spaceOf(axialStack());
  const place = placeOf(space, { frame: 3, u: 0.5, v: 0.5 });
  expect(place).toEqual({
    kind: "patient",
    frame_of_reference: "F1",
    point_um: [-178850, -178850, -94000],
  });
});

test("columns go along the row direction with the second Pixel Spacing", () => {
  // Pixel Spacing is [between rows, between columns] (PS3.3 10.7.1.3).
  const space = spaceOf(sagittalStack());
  const from = placeOf(space, { frame: 0, u: 0.5, v: 0.5 });
  const across = placeOf(space, { frame: 0, u: 1.5, v: 0.5 });
  const below = placeOf(space, { frame: 0, u: 0.5, v: 1.5 });
  expect(from).toMatchObject({ point_um: [0, -64000, 100000] });
  expect(across).toMatchObject({ point_um: [0, -63500, 100000] });
  expect(below).toMatchObject({ point_um: [0, -64000, 98000] });
});

for (const [name, info] of Object.entries(STACKS)) {
  test(`a point of a frame survives the way through the wire (${name})`, () => {
    const space = spaceOf(info);
    for (const frame of [0, 1, info.frames - 1]) {
      for (const [u, v] of [
        [0, 0],
        [0.5, 0.5],
        [17.25, 60.75],
        [info.columns, info.rows],
      ] as const) {
        const back = imagePoint(space, placeOf(space, { frame, u, v }));
        expect(back?.frame).toBe(frame);
        expect(back?.u).toBeCloseTo(u, 2);
        expect(back?.v).toBeCloseTo(v, 2);
      }
    }
  });
}

test("the frame nearest along the normal is chosen", () => {
  const space = spaceOf(axialStack());
  const at = (z_um: number) =>
    imagePoint(space, { kind: "patient", frame_of_reference: "F1", point_um: [0, 0, z_um] })?.frame;
  expect(at(-100_000)).toBe(0);
  expect(at(-98_900)).toBe(1);
  expect(at(-99_100)).toBe(0);
  expect(at(-999_000)).toBe(0);
  expect(at(999_000)).toBe(39);
});

test("a place of another Frame of Reference has no point here", () => {
  const space = spaceOf(axialStack());
  expect(imagePoint(space, { kind: "patient", frame_of_reference: "F2", point_um: [0, 0, 0] })).toBeNull();
});

test("scrolling moves a place along the normal only", () => {
  const space = spaceOf(obliqueStack());
  const start = placeOf(space, { frame: 4, u: 100.3, v: 50.7 });
  const there = placeOnFrame(space, start, 9);
  const point = imagePoint(space, there);
  expect(point?.frame).toBe(9);
  expect(point?.u).toBeCloseTo(100.3, 2);
  expect(point?.v).toBeCloseTo(50.7, 2);
  expect(imagePoint(space, placeOnFrame(space, there, 99))?.frame).toBe(19);
});

test("in a tilted stack scrolling keeps the place in the patient, not the pixel", () => {
  // Gantry tilt: each slice is shifted along its columns by 0.5 mm.
  const tilted = axialStack({
    positions_mm: Array.from({ length: 40 }, (_, i) => [-178.85, -178.85 + 0.5 * i, -100 + 2 * i]),
  });
  const space = spaceOf(tilted);
  const there = imagePoint(space, placeOnFrame(space, placeOf(space, { frame: 0, u: 256, v: 256 }), 14));
  expect(there).toMatchObject({ frame: 14 });
  expect(there?.v).toBeCloseTo(256 - (14 * 0.5) / 0.7, 2);
});

test("slightly skew direction cosines still come back to the same pixel", () => {
  const space = spaceOf(axialStack({ orientation: [1, 0.002, 0, 0.001, 1, 0] }));
  const back = imagePoint(space, placeOf(space, { frame: 2, u: 500, v: 3 }));
  expect(back?.u).toBeCloseTo(500, 2);
  expect(back?.v).toBeCloseTo(3, 2);
});

test("frames on one plane, or missing geometry, leave the stack in image space", () => {
  expect(spaceOf(axialStack()).kind).toBe("patient");
  expect(spaceOf(axialStack({ frame_of_reference: null })).kind).toBe("image");
  expect(spaceOf(axialStack({ orientation: [1, 0, 0, 1, 0, 0] })).kind).toBe("image");
  const twice = axialStack({
    frames: 2,
    positions_mm: [
      [0, 0, 5],
      [0, 0, 5],
    ],
  });
  expect(spaceOf(twice).kind).toBe("image");
  expect(spaceOf(imageStack()).kind).toBe("image");
});

test("an image place counts from the left edge in thousandths of a pixel", () => {
  const space = spaceOf(imageStack());
  expect(placeOf(space, { frame: 2, u: 0.5, v: 12.25 })).toEqual({
    kind: "image",
    frame: 2,
    point_milli: [500, 12250],
  });
  expect(imagePoint(space, { kind: "image", frame: 40, point_milli: [0, 0] })).toBeNull();
});

test("without a place the spacing, else the ratio, gives pixels their shape and no millimeters", () => {
  // PS3.3 C.7.6.3.1.7
  const spaced = spaceOf(imageStack({ spacing_mm: [0.5, 2] }));
  const rated = spaceOf(imageStack({ pixel_aspect: [1, 4] }));
  for (const space of [spaced, rated]) {
    expect(space).toMatchObject({ kind: "image", unitsPerColumn: 1000, unitsPerRow: 1000, stretch: 0.25 });
  }
  expect(spaceOf(imageStack()).stretch).toBe(1);
});

test("a mark shows on its own slice and on no other", () => {
  const space = spaceOf(axialStack());
  const place = centerOf(space, 12);
  expect([11, 12, 13].map((frame) => liesOn(space, place, frame))).toEqual([false, true, false]);
  const above: Place = { kind: "patient", frame_of_reference: "F1", point_um: [0, 0, 30_000] };
  expect(liesOn(space, above, 39)).toBe(false);
});

test("a place can be moved by pixels", () => {
  const space = spaceOf(sagittalStack());
  const moved = placeMovedBy(space, centerOf(space, 1), 4, -2);
  expect(imagePoint(space, moved)).toMatchObject({ frame: 1 });
  expect(imagePoint(space, moved)?.u).toBeCloseTo(132, 6);
  expect(imagePoint(space, moved)?.v).toBeCloseTo(48, 6);
});
