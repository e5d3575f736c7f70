// Planes through a volume, said as if they were a stack: then everything about stacks holds for them. Pure.
import type { Camera, PlaneGeometry, ShownStack, StackInfo } from "../protocol.ts";
import type { Vector } from "./space.ts";

export type PlaneMode = ShownStack["mode"];

/** What a pane shows: the stack itself, or parallel planes through it, one picture each. */
export function asStack(info: StackInfo, plane: PlaneGeometry | null): StackInfo {
  if (plane === null) return info;
  const { first_mm: first, step_mm: step, right, down, spacing_mm } = plane;
  const at = (n: number): [number, number, number] => [
    first[0] + n * step[0],
    first[1] + n * step[1],
    first[2] + n * step[2],
  ];
  return {
    ...info,
    frames: plane.count,
    rows: plane.rows,
    columns: plane.columns,
    level_count: plane.level_count,
    orientation: [...right, ...down],
    positions_mm: Array.from({ length: plane.count }, (_, n) => at(n)),
    spacing_mm,
    measured_spacing_mm: spacing_mm,
    calibration: "patient",
    pixel_aspect: null,
    slice_spacing_mm: apart(plane),
    // Of a volume with a damaged slice there are no planes, and what lies over a slice lies on no other plane.
    damaged: [],
    overlays: false,
    frame_times_ms: [],
    mpr_note: plane.note || info.mpr_note,
  };
}

/** From plane to plane, along their normal; in a tilted volume steps run aslant. */
function apart({ right, down, step_mm: step }: PlaneGeometry): number {
  const normal = crossed(right, down);
  const length = Math.hypot(...normal);
  const along = (normal[0] * step[0] + normal[1] * step[1] + normal[2] * step[2]) / length;
  return Number(Math.abs(along).toFixed(6));
}

function crossed(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/**
 * Which planes are meant, as the query of their address without its question mark: the same text for the same camera on
 * every screen, so that all count the same planes. Empty but for oblique ones.
 */
export function planeQuery(mode: PlaneMode, camera: Camera | null): string {
  if (mode !== "oblique" || camera === null) return "";
  // The normal is the direction of view, into the picture; products of millionths are whole numbers, exactly.
  const normal = crossed(camera.right, camera.down).map((part) => digits(part / 1e12));
  const up = camera.down.map((part) => digits(-part / 1e6));
  return `normal=${normal.join(",")}&up=${up.join(",")}`;
}

/** Six digits behind the point, as the server reads directions; never minus zero. */
function digits(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}

export function sameCamera(a: Camera | null, b: Camera | null): boolean {
  if (a === null || b === null) return a === b;
  return [0, 1, 2].every((i) => a.right[i] === b.right[i] && a.down[i] === b.down[i]);
}
