import { expect, test } from "vitest";
import type { PatientPlace, Turn } from "../protocol.ts";
import { angleOf, type Crosshair, centerOn, linesOf, stepOf, turnedBy } from "./crosshair-lines.ts";
import { axialStack, coronalPlanes, imageStack } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { asStack } from "./plane-stack.ts";
import { type PatientSpace, spaceOf } from "./space.ts";
import { UPRIGHT } from "./turn.ts";

const space = spaceOf(axialStack()) as PatientSpace;
const canvas = { width: 512, height: 512 };
const at: PatientPlace = { kind: "patient", frame_of_reference: "F1", point_um: [70_000, -35_000, -60_000] };
// Frame 20 lies at z = -60 mm; one pixel of the picture is one of the screen.
const layout = (turn: Turn = UPRIGHT, frame = 20) =>
  layoutOf(space, { frame, u: 256, v: 256 }, wholeField(space), canvas, turn);
const cross: Crosshair = {
  at,
  planes: [
    { key: "axial", color: "#f00", normal: [0, 0, 1] },
    { key: "coronal", color: "#0f0", normal: [0, 1, 0] },
    { key: "sagittal", color: "#00f", normal: [1, 0, 0] },
  ],
};

test("the center lies where its place does", () => {
  // 178.85 mm to the left and 0.7 mm a pixel: (70 + 178.85) / 0.7 + 0.5 = 356 columns.
  expect(centerOn(space, layout(), at)).toEqual({ x: expect.closeTo(356, 6), y: expect.closeTo(206, 6) });
  expect(centerOn(space, layout(), { ...at, frame_of_reference: "F2" })).toBeNull();
});

test("planes cross an axial slice in a row and in a column, with a gap around the place", () => {
  const lines = linesOf(space, layout(), cross, 20);
  expect(lines.map(({ key }) => key)).toEqual(["coronal", "sagittal"]);
  const ends = lines.map(({ segments }) =>
    segments.map((segment) => segment.map(({ x, y }) => [Math.round(x), Math.round(y)])),
  );
  const sorted = ends.map((segments) =>
    segments.flat().sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d),
  );
  expect(sorted).toEqual([
    [
      [0, 206],
      [336, 206],
      [376, 206],
      [512, 206],
    ],
    [
      [356, 0],
      [356, 186],
      [356, 226],
      [356, 512],
    ],
  ]);
});

test("an aslant plane through the place crosses another slice where it is by then", () => {
  // Falls by one mm to the front for each to the head: 20 slices of 2 mm on, 40 mm further back.
  const tilted: Crosshair = { at, planes: [{ key: "o", color: "#fff", normal: [0, 1, 1] }] };
  const [line] = linesOf(space, layout(UPRIGHT, 0), tilted, 0);
  const rows = line?.segments.flat().map(({ y }) => y) ?? [];
  // z = -100: y = -35 + 40 = 5 mm, (5 + 178.85) / 0.7 + 0.5 rows.
  for (const y of rows) expect(y).toBeCloseTo((5 + 178.85) / 0.7 + 0.5, 3);
  expect(rows.length).toBe(4);
});

test("lines turn with the picture, and end at the edge of the canvas", () => {
  for (const quarter_turns of [0, 1, 2, 3]) {
    for (const mirrored of [false, true]) {
      const lying = layout({ quarter_turns, mirrored });
      const lines = linesOf(space, lying, cross, 10);
      const center = centerOn(space, lying, at);
      for (const { segments, handles } of lines) {
        for (const { x, y } of [...segments.flat(), ...handles]) {
          expect(Math.min(Math.abs(x - (center?.x ?? 0)), Math.abs(y - (center?.y ?? 0)))).toBeLessThan(1e-6);
          expect(x > -1e-6 && x < 512 + 1e-6 && y > -1e-6 && y < 512 + 1e-6).toBe(true);
        }
        expect([segments.length, handles.length]).toEqual([2, 2]);
      }
    }
  }
});

test("of a crosshair beside the canvas only the lines that come onto it are drawn", () => {
  const near = layoutOf(space, { frame: 20, u: 100, v: 206 }, { width: 70_000, height: 70_000 }, canvas);
  const lines = linesOf(space, near, cross, 20);
  expect(lines.map(({ key, segments }) => [key, segments.length])).toEqual([
    ["coronal", 1],
    ["sagittal", 0],
  ]);
  const other = spaceOf(axialStack({ frame_of_reference: "F2" })) as PatientSpace;
  expect(linesOf(other, layout(), cross, 20)).toEqual([]);
});

test("turning is positive from the row toward the column direction in the patient, also in a mirror", () => {
  for (const [turn, sense] of [
    [UPRIGHT, 1],
    [{ quarter_turns: 3, mirrored: false }, 1],
    [{ quarter_turns: 0, mirrored: true }, -1],
  ] as const) {
    const lying = layout(turn);
    const center = { x: 256, y: 256 };
    // A quarter clockwise on the screen: from the right to below.
    const from = angleOf(space, lying, center, { x: 400, y: 256 });
    const to = angleOf(space, lying, center, { x: 256, y: 400 });
    expect(turnedBy(from, to)).toBeCloseTo((sense * Math.PI) / 2, 9);
  }
  expect(turnedBy(3, -3)).toBeCloseTo(2 * Math.PI - 6, 9);
});

test("angles are those in the patient where pixels are no squares", () => {
  const coronal = spaceOf(asStack(axialStack(), coronalPlanes())) as PatientSpace;
  const lying = layoutOf(coronal, { frame: 0, u: 256, v: 20 }, wholeField(coronal), {
    width: 600,
    height: 300,
  });
  const angle = angleOf(coronal, lying, { x: 300, y: 150 }, { x: 350, y: 200 });
  expect(angle).toBeCloseTo(Math.PI / 4, 9);
});

test("a key step goes where the arrow points on the screen", () => {
  expect(stepOf(UPRIGHT, 1, 0)).toEqual({ columns: 1, rows: 0 });
  // Turned to the right, what lies to the right is what was above: one row up.
  expect(stepOf({ quarter_turns: 1, mirrored: false }, 1, 0)).toEqual({ columns: 0, rows: -1 });
  expect(spaceOf(imageStack()).kind).toBe("image");
});
