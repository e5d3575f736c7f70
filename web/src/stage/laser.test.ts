import { expect, test } from "vitest";
import type { Place } from "../protocol.ts";
import { glowing } from "./laser.ts";

const at = (u: number): Place => ({ kind: "image", frame: 0, point_milli: [u, 0] });

test("a trail fades within a second, its oldest part first", () => {
  const spots = [
    { place: at(1), since: 0 },
    { place: at(2), since: 450 },
    { place: at(3), since: 900 },
  ];
  expect(glowing(spots, 900)).toEqual([
    { place: at(2), light: 0.5 },
    { place: at(3), light: 1 },
  ]);
  expect(glowing(spots, 1350).map(({ place }) => place)).toEqual([at(3)]);
  expect(glowing(spots, 1900)).toEqual([]);
});
