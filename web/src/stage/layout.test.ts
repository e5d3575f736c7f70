import { expect, test } from "vitest";
import { axialStack, imageStack, obliqueStack, sagittalStack } from "./info.testing.ts";
import { type CanvasSize, fieldOf, layoutOf, pointAt, screenPoint, wholeField, zoomedAt } from "./layout.ts";
import { spaceOf } from "./space.ts";

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

for (const [name, info] of Object.entries(STACKS)) {
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
