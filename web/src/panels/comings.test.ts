import { expect, test } from "vitest";
import { comings } from "./comings.ts";

test("who came and who went is told by name", () => {
  const before = new Map([
    ["a", "Dr. Weber"],
    ["b", "Maria"],
  ]);
  const now = new Map([
    ["a", "Dr. Weber"],
    ["c", "Ana"],
  ]);
  expect(comings(before, now)).toEqual({ came: ["Ana"], went: ["Maria"] });
});

test("who went and came back between two looks is not told", () => {
  const same = new Map([["a", "Dr. Weber"]]);
  expect(comings(same, new Map(same))).toEqual({ came: [], went: [] });
});
