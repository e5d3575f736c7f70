import { expect, test } from "vitest";
import { Travel } from "./travel.ts";

/** One that came to these frames, each so long after the one before. */
function went(...gaps: number[]): { travel: Travel; now: number } {
  const travel = new Travel();
  let now = 1000;
  travel.note(0, now);
  gaps.forEach((gap, index) => {
    now += gap;
    travel.note(index + 1, now);
  });
  return { travel, now };
}

test("a frame that is stepped to is worth all of it at once", () => {
  const { travel, now } = went(300, 300, 300, 300, 300);
  expect(travel.passing(now)).toBe(0);
});

test("a frame that came right after another one has to rest for a moment", () => {
  const { travel, now } = went(500, 40);
  expect(travel.passing(now)).toBe(100);
  expect(travel.passing(now + 60)).toBe(40);
  expect(travel.passing(now + 100)).toBe(0);
});

test("in a sweep that stumbles a frame has to rest longer", () => {
  const { travel, now } = went(30, 30, 30, 150);
  expect(travel.passing(now + 150)).toBe(100);
  expect(travel.passing(now + 250)).toBe(0);
});

test("frames are fetched as far ahead as somebody will be in a second", () => {
  expect(went().travel.reach).toBe(1);
  expect(went(1200).travel.reach).toBe(1);
  expect(went(1200, 600).travel.reach).toBe(2);
  expect(went(300, 200).travel.reach).toBe(3);
  expect(went(30, 30, 30, 30).travel.reach).toBe(1);
});

test("another stack begins at rest", () => {
  const { travel, now } = went(30, 30, 30, 30);
  travel.forget();
  travel.note(7, now + 10);
  expect(travel.passing(now + 10)).toBe(0);
});
