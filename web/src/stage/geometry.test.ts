import { expect, test } from "vitest";
import type { Place } from "../protocol.ts";
import {
  type CanvasSize,
  centerOf,
  fieldOf,
  imagePoint,
  layoutOf,
  liesOn,
  placeMovedBy,
  placeOf,
  placeOnFrame,
  pointAt,
  screenPoint,
  spaceOf,
  wholeField,
  zoomedAt,
} from "./geometry.ts";
import { axialStack, imageStack, obliqueStack, sagittalStack } from "./info.testing.ts";

const STACKS = {
  axial: axialStack(),
  sagittal: sagittalStack(),
  oblique: obliqueStack(),
  image: imageStack(),
};
const CANVASES: CanvasSize[] = [
  { width: 800, height: 800 },
  { width: 1920, height: 700 },
  { width: 390, height: 844 },
  { width: 333, height: 1001 },
  { width: 2, height: 3000 },
];

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

  test(`a point of a frame survives the way over the screen (${name})`, () => {
    const space = spaceOf(info);
    const center = { frame: 1, u: 40, v: 30 };
    const layout = layoutOf(space, center, { width: 50_000, height: 20_000 }, { width: 640, height: 480 });
    expect(screenPoint(layout, 40, 30)).toEqual({ x: 320, y: 240 });
    const screen = screenPoint(layout, 3.5, 77);
    const back = pointAt(layout, screen);
    expect(back.u).toBeCloseTo(3.5, 9);
    expect(back.v).toBeCloseTo(77, 9);
  });

  test(`the field lies on the canvas whole at every aspect ratio (${name})`, () => {
    const space = spaceOf(info);
    for (const canvas of CANVASES) {
      for (const field of [
        wholeField(space),
        { width: 90_000, height: 3_000 },
        { width: 777, height: 91_234 },
      ]) {
        const { scale } = layoutOf(space, { frame: 0, u: 1, v: 1 }, field, canvas);
        expect(field.width * scale).toBeLessThanOrEqual(canvas.width * (1 + 1e-12));
        expect(field.height * space.stretch * scale).toBeLessThanOrEqual(canvas.height * (1 + 1e-12));
        const touches = Math.max(
          (field.width * scale) / canvas.width,
          (field.height * space.stretch * scale) / canvas.height,
        );
        expect(touches).toBeCloseTo(1, 9);
      }
    }
  });

  test(`every follower sees all of the picture that its leader sees (${name})`, () => {
    const space = spaceOf(info);
    for (const leader of CANVASES) {
      for (const [u, v, across] of [
        [info.columns / 2, info.rows / 2, 1],
        [20, 90, 0.3],
        [info.columns - 5, 10, 0.07],
        [info.columns / 2, info.rows / 2, 3],
      ] as const) {
        const start = wholeField(space);
        const asked = { width: Math.round(start.width * across), height: Math.round(start.height * across) };
        const led = layoutOf(space, { frame: 0, u, v }, asked, leader);
        const field = fieldOf(space, led);
        const corners = [pointAt(led, { x: 0, y: 0 }), pointAt(led, { x: leader.width, y: leader.height })];
        const inPicture = corners.map((corner) => ({
          u: Math.min(info.columns, Math.max(0, corner.u)),
          v: Math.min(info.rows, Math.max(0, corner.v)),
        }));
        for (const follower of CANVASES) {
          const seen = layoutOf(space, { frame: 0, u, v }, field, follower);
          for (const corner of inPicture) {
            const { x, y } = screenPoint(seen, corner.u, corner.v);
            // Fields travel in whole micrometers: a thousandth of a pixel here or there.
            expect(x).toBeGreaterThan(-0.01);
            expect(x).toBeLessThan(follower.width + 0.01);
            expect(y).toBeGreaterThan(-0.01);
            expect(y).toBeLessThan(follower.height + 0.01);
          }
        }
      }
    }
  });

  test(`telling one's own field changes nothing on one's own screen (${name})`, () => {
    const space = spaceOf(info);
    for (const canvas of CANVASES.slice(0, 4)) {
      const led = layoutOf(space, { frame: 0, u: 100, v: 20 }, { width: 61_234, height: 40_000 }, canvas);
      const field = fieldOf(space, led);
      const again = layoutOf(space, led.center, field, canvas);
      expect(again.scale / led.scale).toBeCloseTo(1, 4);
      expect(fieldOf(space, again)).toEqual(field);
    }
  });
}

test("the whole field of a picture stays itself, so that a fit fits everywhere", () => {
  const space = spaceOf(axialStack());
  for (const canvas of CANVASES.slice(0, 4)) {
    const layout = layoutOf(space, { frame: 0, u: 256, v: 256 }, wholeField(space), canvas);
    expect(fieldOf(space, layout)).toEqual(wholeField(space));
  }
});

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

test("pixels taller than wide are drawn taller than wide", () => {
  const space = spaceOf(sagittalStack());
  const layout = layoutOf(space, { frame: 0, u: 128, v: 50 }, wholeField(space), { width: 512, height: 800 });
  expect(layout.perRow / layout.perColumn).toBeCloseTo(4, 12);
  const flat = spaceOf(imageStack({ spacing_mm: [2, 0.5] }));
  const image = layoutOf(flat, { frame: 0, u: 0, v: 0 }, wholeField(flat), { width: 512, height: 800 });
  expect(image.perRow / image.perColumn).toBeCloseTo(4, 12);
});

test("zooming holds the point under the hand", () => {
  const space = spaceOf(axialStack());
  const layout = layoutOf(space, { frame: 0, u: 256, v: 256 }, wholeField(space), {
    width: 900,
    height: 600,
  });
  const anchor = { x: 500, y: 200 };
  const held = pointAt(layout, anchor);
  const after = zoomedAt(space, layout, 2.5, anchor);
  expect(after.perColumn / layout.perColumn).toBeCloseTo(2.5, 12);
  expect(pointAt(after, anchor).u).toBeCloseTo(held.u, 9);
  expect(pointAt(after, anchor).v).toBeCloseTo(held.v, 9);
});

test("zooming ends where pixels are huge or the picture is small, and never loses the picture", () => {
  const space = spaceOf(axialStack());
  const fit = layoutOf(space, { frame: 0, u: 256, v: 256 }, wholeField(space), { width: 900, height: 600 });
  expect(zoomedAt(space, fit, 1e9, { x: 0, y: 0 }).perColumn).toBeCloseTo(100, 6);
  expect(zoomedAt(space, fit, 1e-9, { x: 0, y: 0 }).scale).toBeCloseTo(fit.scale / 4, 12);
  const { center } = zoomedAt(space, fit, 0.3, { x: -5000, y: 9000 });
  expect(center.u).toBeGreaterThanOrEqual(0);
  expect(center.v).toBeLessThanOrEqual(512);
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
