import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HoverPointer } from "./hover-pointer.ts";
import type { ScreenPoint } from "./layout.ts";

let told: (ScreenPoint | null)[];
let pointer: HoverPointer;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  pointer = new HoverPointer((at) => told.push(at));
});
afterEach(() => {
  pointer.dispose();
  vi.useRealTimers();
});

test("a second of movement is told at most 30 times, and its last place always", () => {
  for (let ms = 0; ms < 1000; ms += 4) {
    pointer.move({ x: ms, y: 0 });
    vi.advanceTimersByTime(4);
  }
  vi.advanceTimersByTime(100);
  expect(told.length).toBeGreaterThan(20);
  expect(told.length).toBeLessThanOrEqual(30);
  expect(told.at(-1)).toEqual({ x: 996, y: 0 });
});

test("leaving is told once", () => {
  pointer.move({ x: 1, y: 1 });
  pointer.move(null);
  vi.advanceTimersByTime(100);
  pointer.move(null);
  vi.advanceTimersByTime(100);
  expect(told).toEqual([{ x: 1, y: 1 }, null]);
});

test("a resting pointer is told again when the picture under it moves", () => {
  pointer.again();
  expect(told).toEqual([]);
  pointer.move({ x: 1, y: 1 });
  pointer.again();
  vi.advanceTimersByTime(100);
  expect(told).toHaveLength(2);
});
