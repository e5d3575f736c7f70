import { expect, test } from "vitest";
import { due, isFilm, playingFrom, sameCine, stoppedAt } from "./cine.ts";
import { imageStack } from "./info.testing.ts";

const TIMES = [100, 50, 50, 200];
const film = playingFrom(1, 1, 5000);

test("the film starts with the frame it was started at, and every frame stays for its own time", () => {
  expect(due(film, TIMES, 5000)).toEqual({ frame: 1, nextInMs: 50 });
  expect(due(film, TIMES, 5049).frame).toBe(1);
  expect(due(film, TIMES, 5050)).toEqual({ frame: 2, nextInMs: 50 });
  expect(due(film, TIMES, 5299)).toEqual({ frame: 3, nextInMs: 1 });
});

test("after the last frame comes the first, again and again", () => {
  expect(due(film, TIMES, 5300)).toEqual({ frame: 0, nextInMs: 100 });
  expect(due(film, TIMES, 5000 + 400 * 1000).frame).toBe(1);
});

test("twice as fast is due twice as early", () => {
  const fast = { ...film, rate: 2 };
  expect(due(fast, TIMES, 5025)).toEqual({ frame: 2, nextInMs: 25 });
  expect(due({ ...film, rate: 0.25 }, TIMES, 5199).frame).toBe(1);
});

test("a clock that lags behind the start shows the first frame", () => {
  expect(due(film, TIMES, 4000).frame).toBe(1);
});

test("a film has a time for each of several frames", () => {
  expect(isFilm(imageStack({ frames: 4, frame_times_ms: TIMES }))).toBe(true);
  expect(isFilm(imageStack({ frames: 5, frame_times_ms: TIMES }))).toBe(false);
  expect(isFilm(imageStack({ frames: 1, frame_times_ms: [40] }))).toBe(false);
  expect(isFilm(imageStack({ frames: 2, frame_times_ms: [0, 0] }))).toBe(false);
});

test("stopping keeps frame and speed", () => {
  const stopped = stoppedAt(3, 0.5, 7000.4);
  expect(stopped).toEqual({ playing: false, rate: 0.5, first_frame: 3, started_at: 7000 });
  expect(sameCine(stopped, { ...stopped })).toBe(true);
  expect(sameCine(stopped, null)).toBe(false);
  expect(sameCine(stopped, { ...stopped, playing: true })).toBe(false);
});
