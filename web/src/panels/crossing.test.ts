import { expect, test } from "vitest";
import {
  cameraOf,
  crossing,
  dot,
  movedOnto,
  type Plane,
  turned,
  turnedAbout,
  type Vector,
} from "./crossing.ts";

const AXIAL: Plane = { point: [7, 8, 30], normal: [0, 0, 1] };
const CORONAL: Plane = { point: [1, -20, 2], normal: [0, 1, 0] };
const SAGITTAL: Plane = { point: [5, 3, 4], normal: [-1, 0, 0] };

function near(vector: Vector, expected: Vector): void {
  vector.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 9);
  });
}

test("three planes cross in one point, wherever it is looked for", () => {
  near(crossing([AXIAL, CORONAL, SAGITTAL], [100, 100, 100]), [5, -20, 30]);
});

test("two planes cross in a line: its point nearest to where one looks", () => {
  near(crossing([AXIAL, CORONAL], [12, 0, 0]), [12, -20, 30]);
});

test("planes that are not at right angles cross on each of them", () => {
  const oblique: Plane = { point: [0, 0, 10], normal: [0, Math.SQRT1_2, Math.SQRT1_2] };
  const point = crossing([AXIAL, oblique, SAGITTAL], [1, 2, 3]);
  for (const plane of [AXIAL, oblique, SAGITTAL]) {
    expect(dot(point, plane.normal)).toBeCloseTo(dot(plane.point, plane.normal), 9);
  }
});

test("of two parallel planes the first one holds", () => {
  near(crossing([AXIAL, { ...AXIAL, point: [0, 0, 99] }], [1, 2, 3]), [1, 2, 30]);
});

test("a place is moved along the normal only", () => {
  near(movedOnto([1, 2, 3], [0, 0, 1], [50, 60, 70]), [1, 2, 70]);
});

test("a quarter turn about the long axis turns right to down", () => {
  near(turned([1, 0, 0], [0, 0, 1], Math.PI / 2), [0, 1, 0]);
  near(turnedAbout([11, 5, 0], [10, 5, 0], [0, 0, 1], Math.PI / 2), [10, 6, 0]);
});

test("directions travel as unit vectors at right angles in millionths", () => {
  const camera = cameraOf([2, 0, 0], [0.1, 0, -5]);
  expect(camera).toEqual({ right: [1e6, 0, 0], down: [0, 0, -1e6] });
});
