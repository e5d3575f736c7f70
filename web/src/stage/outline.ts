// A line drawn by hand with fewer points: those without which it would be another line. Pure.
import type { ScreenPoint } from "./layout.ts";

/** How far the simpler line may be from the drawn one, in CSS pixels; the second where the first leaves too much. */
const TOLERANCES_PX = [0.7, 2];

/** Which points to keep, at most `most`, the first and the last among them (Ramer, Douglas, Peucker). */
export function kept(points: readonly ScreenPoint[], most: number): number[] {
  let indices: number[] = [];
  for (const tolerance of TOLERANCES_PX) {
    indices = within(points, tolerance);
    if (indices.length <= most) return indices;
  }
  // A scribble: as even a part of it as fits.
  const step = (indices.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, n) => indices[Math.round(n * step)] ?? 0);
}

function within(points: readonly ScreenPoint[], tolerance: number): number[] {
  const last = points.length - 1;
  if (last < 1) return points.map((_, index) => index);
  const keep = new Set([0, last]);
  const parts: [number, number][] = [[0, last]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    let farthest = -1;
    let distance = tolerance;
    for (let index = from + 1; index < to; index++) {
      const away = fromLine(points[index], points[from], points[to]);
      if (away > distance) [farthest, distance] = [index, away];
    }
    if (farthest < 0) continue;
    keep.add(farthest);
    parts.push([from, farthest], [farthest, to]);
  }
  return [...keep].sort((a, b) => a - b);
}

export function apart(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** How far a point is from the straight line between two others, its ends included. */
export function fromLine(
  at: ScreenPoint | undefined,
  a: ScreenPoint | undefined,
  b: ScreenPoint | undefined,
): number {
  if (!at || !a || !b) return Infinity;
  const length = apart(a, b) ** 2;
  if (length === 0) return apart(at, a);
  const part = ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / length;
  const t = Math.min(1, Math.max(0, part));
  return apart(at, { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
}
