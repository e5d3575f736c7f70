import { expect, test } from "vitest";
import type { SeriesInfo } from "../protocol.ts";
import { axialStack, imageStack, sagittalStack } from "../stage/info.testing.ts";
import { coveredBy, shareDown, thirdOf } from "./body-regions.ts";

const chest: SeriesInfo = {
  series: "S",
  modality: "CT",
  number: 1,
  description: "",
  date: "",
  body_part: "CHEST",
  stacks: [],
  refused: 0,
  identity: null,
};

test("a chest is covered from its top to its bottom, however the file writes it", () => {
  expect(coveredBy(chest)).toMatchObject({ first: "chest", last: "chest" });
  expect(coveredBy({ ...chest, body_part: "Abdomen Pelvis" })).toMatchObject({
    first: "belly",
    last: "hips",
  });
});

test("what the file does not say, or says of an arm, covers nothing", () => {
  for (const body_part of ["", "HAND", "EXTREMITY", "constructor"])
    expect(coveredBy({ ...chest, body_part })).toBeNull();
});

test("of 41 slices from the feet's end the first lies lowest, the 31st a quarter below the top", () => {
  const info = axialStack({ frames: 41 });
  expect(shareDown(chest, info, 0)).toBe(1);
  expect(shareDown(chest, info, 30)).toBeCloseTo(0.25);
  expect(shareDown(chest, info, 40)).toBe(0);
});

test("no height is claimed without geometry, for other planes, for X-rays and for a few slices", () => {
  expect(shareDown(chest, imageStack(), 3)).toBeNull();
  expect(shareDown(chest, sagittalStack(), 1)).toBeNull();
  expect(shareDown({ ...chest, modality: "DX" }, axialStack(), 3)).toBeNull();
  expect(shareDown(chest, axialStack({ frames: 3 }), 1)).toBeNull();
});

test("a height is said in thirds", () => {
  expect([0, 0.5, 0.9].map(thirdOf)).toEqual(["upper", "middle", "lower"]);
});
