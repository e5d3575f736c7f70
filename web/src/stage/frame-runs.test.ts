import { expect, test } from "vitest";
import { runsOf, runsText } from "./frame-runs.ts";

test("frames become runs of neighbors", () => {
  expect(runsText(runsOf([7, 0, 1, 9, 2, 8], 8))).toBe("0-2,7-9");
  expect(runsText(runsOf([4], 8))).toBe("4-4");
  expect(runsOf([], 8)).toEqual([]);
});

test("too many runs are joined across the smallest gaps", () => {
  expect(runsText(runsOf([0, 10, 12, 30], 3))).toBe("0-0,10-12,30-30");
  expect(runsText(runsOf([0, 10, 12, 30], 2))).toBe("0-12,30-30");
  expect(runsText(runsOf([0, 10, 12, 30], 1))).toBe("0-30");
});
