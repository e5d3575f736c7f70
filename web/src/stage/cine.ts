// Films: which frame is due, how long it stays, and what play, pause and another speed write. Pure.
import type { Cine, StackInfo } from "../protocol.ts";

/** A film that every screen can time: each frame has how long it is shown. */
export function isFilm(info: StackInfo): boolean {
  return info.frames > 1 && info.frame_times_ms.length === info.frames && total(info.frame_times_ms) > 0;
}

/** The speeds that are offered. */
export const RATES = [0.25, 0.5, 1, 2] as const;

/** The frame that is due at `now` (the server's time, ms), and in how many ms the next one is. The film is a loop. */
export function due(
  cine: Cine,
  timesMs: readonly number[],
  now: number,
): { frame: number; nextInMs: number } {
  const loop = total(timesMs);
  const started = total(timesMs.slice(0, cine.first_frame));
  const at = (started + Math.max(0, now - cine.started_at) * cine.rate) % loop;
  let end = 0;
  for (let frame = 0; frame < timesMs.length; frame++) {
    end += timesMs[frame] ?? 0;
    if (at < end) return { frame, nextInMs: (end - at) / cine.rate };
  }
  return { frame: timesMs.length - 1, nextInMs: 0 };
}

export function playingFrom(frame: number, rate: number, now: number): Cine {
  return { playing: true, rate, first_frame: frame, started_at: Math.max(0, Math.round(now)) };
}

export function stoppedAt(frame: number, rate: number, now: number): Cine {
  return { ...playingFrom(frame, rate, now), playing: false };
}

export function sameCine(a: Cine | null, b: Cine | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.playing === b.playing &&
    a.rate === b.rate &&
    a.first_frame === b.first_frame &&
    a.started_at === b.started_at
  );
}

function total(timesMs: readonly number[]): number {
  return timesMs.reduce((sum, each) => sum + each, 0);
}
