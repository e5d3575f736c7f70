// Where other planes cross the one that is shown, and how far a hand has turned them. Pure.
import type { PatientPlace, Turn } from "../protocol.ts";
import { type Layout, pointAt, type ScreenPoint, screenPoint } from "./layout.ts";
import { type PatientSpace, pointOnFrame, type Vector } from "./space.ts";
import { toPicture } from "./turn.ts";

/** A place through which planes go: drawn are the lines where they cross the plane of a pane. */
export type Crosshair = {
  at: PatientPlace;
  planes: readonly { key: string; color: string; normal: Vector }[];
};

/** In device pixels. */
export type CrossLine = {
  key: string;
  color: string;
  /** On both sides of the gap; empty where the line does not come onto the canvas. */
  segments: readonly (readonly [ScreenPoint, ScreenPoint])[];
  handles: readonly ScreenPoint[];
};

/** Planes that are closer to parallel than this cross nowhere in sight. */
const LEAST_SINE = 0.05;
/** How far out on its line a handle lies, of the way to the edge of the canvas. */
const HANDLE_AT = 0.72;

/** Where the place lies on the canvas, seen along the normal of what is shown. */
export function centerOn(space: PatientSpace, layout: Layout, at: PatientPlace): ScreenPoint | null {
  if (at.frame_of_reference !== space.frameOfReference) return null;
  const { u, v } = pointOnFrame(space, layout.center.frame, millimeters(at));
  return screenPoint(layout, u, v);
}

/** The lines of a crosshair on a canvas; `gap`: what is left out around the place, in device pixels. */
export function linesOf(space: PatientSpace, layout: Layout, cross: Crosshair, gap: number): CrossLine[] {
  if (cross.at.frame_of_reference !== space.frameOfReference) return [];
  return cross.planes.flatMap(({ key, color, normal }) => {
    const line = crossing(space, layout, millimeters(cross.at), normal);
    return line ? [{ key, color, ...parts(layout, line, gap) }] : [];
  });
}

type Line = { at: ScreenPoint; toward: { x: number; y: number } };

/** The line in which a plane through a point crosses the frame that is shown; `at`: its point nearest to that one. */
function crossing(space: PatientSpace, layout: Layout, point: Vector, normal: Vector): Line | null {
  const own = space.normal;
  const length = Math.hypot(...normal);
  const along = crossed(normal, own);
  if (Math.hypot(...along) < LEAST_SINE * length) return null;
  const { frame } = layout.center;
  const origin = space.origins[frame] ?? [0, 0, 0];
  // From the point along the normal onto the frame's plane, then in that plane back onto the other one.
  const away = dot([origin[0] - point[0], origin[1] - point[1], origin[2] - point[2]], own);
  const aside = crossed(own, along);
  const back = -(away * dot(own, normal)) / dot(aside, normal);
  const [near, further] = [0, 1].map((step): ScreenPoint => {
    const part = (axis: 0 | 1 | 2) =>
      point[axis] + away * own[axis] + back * aside[axis] + step * along[axis];
    const { u, v } = pointOnFrame(space, frame, [part(0), part(1), part(2)]);
    return screenPoint(layout, u, v);
  }) as [ScreenPoint, ScreenPoint];
  const [x, y] = [further.x - near.x, further.y - near.y];
  const size = Math.hypot(x, y);
  return { at: near, toward: { x: x / size, y: y / size } };
}

function parts(layout: Layout, { at, toward }: Line, gap: number): Pick<CrossLine, "segments" | "handles"> {
  const [from, to] = withinCanvas(layout, { at, toward });
  const point = (step: number): ScreenPoint => ({ x: at.x + step * toward.x, y: at.y + step * toward.y });
  const before: readonly [number, number] = [from, Math.min(to, -gap)];
  const after: readonly [number, number] = [Math.max(from, gap), to];
  const seen = [before, after].filter(([start, end]) => end > start);
  return {
    segments: seen.map(([start, end]) => [point(start), point(end)] as const),
    handles: [from, to].filter((end) => Math.abs(end) > 2 * gap).map((end) => point(end * HANDLE_AT)),
  };
}

/** From where to where along a line the canvas reaches; the second is less than the first where it does not. */
function withinCanvas({ canvas }: Layout, { at, toward }: Line): [number, number] {
  let [from, to] = [-Infinity, Infinity];
  for (const [start, step, edge] of [
    [at.x, toward.x, canvas.width],
    [at.y, toward.y, canvas.height],
  ] as const) {
    if (Math.abs(step) < 1e-9) {
      if (start < 0 || start > edge) return [0, -1];
      continue;
    }
    const [one, other] = [-start / step, (edge - start) / step];
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return [from, to];
}

/** The direction from a center to a point of the canvas, in radians from the row toward the column direction. */
export function angleOf(space: PatientSpace, layout: Layout, center: ScreenPoint, at: ScreenPoint): number {
  const [from, to] = [pointAt(layout, center), pointAt(layout, at)];
  return Math.atan2((to.v - from.v) * space.unitsPerRow, (to.u - from.u) * space.unitsPerColumn);
}

/** From one direction to another the short way around. */
export function turnedBy(from: number, to: number): number {
  const turned = to - from;
  return Math.atan2(Math.sin(turned), Math.cos(turned));
}

/** How many columns and rows a step on the screen leads; a step is one pixel of the picture. */
export function stepOf(turn: Turn, x: number, y: number): { columns: number; rows: number } {
  const { right, down } = toPicture(turn, x, y);
  return { columns: right, rows: down };
}

function millimeters({ point_um: [x, y, z] }: PatientPlace): Vector {
  return [x / 1000, y / 1000, z / 1000];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function crossed(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
