// Where things are: patient place ↔ point of a frame. Pure.
// DICOM LPS millimeters inside, micrometers and thousandths of a pixel on the wire.
import type { ImagePlace, PatientPlace, Place, StackInfo } from "../protocol.ts";

export type Vector = readonly [number, number, number];

/** A point of one frame. `u` counts columns, `v` rows; 0 is the left (upper) edge, 0.5 the first pixel's center. */
export type ImagePoint = { frame: number; u: number; v: number };

type Extent = {
  frames: number;
  columns: number;
  rows: number;
  /** Field units (micrometers, or thousandths of a pixel) in one column and one row. */
  unitsPerColumn: number;
  unitsPerRow: number;
  /** How much longer a vertical field unit is drawn than a horizontal one; 1 in the patient. */
  stretch: number;
};

/** A stack whose frames have a place in the patient. */
export type PatientSpace = Extent & {
  kind: "patient";
  frameOfReference: string;
  /** Unit vectors along a row (to the right), along a column (down), and their cross product. */
  right: Vector;
  down: Vector;
  normal: Vector;
  /** Image Position (Patient) of each frame: the center of its first pixel (PS3.3 C.7.6.2.1.1). */
  origins: readonly Vector[];
  /** Each origin along the normal, in mm. */
  depths: readonly number[];
};

/** A stack without geometry: places are frame, column, row. */
export type ImageSpace = Extent & { kind: "image" };

export type StackSpace = PatientSpace | ImageSpace;

/** Two planes nearer than this cannot be told apart by a place in whole micrometers. */
const SAME_PLANE_MM = 0.002;
const PATIENT_LIMIT_UM = 10_000_000;
/** As far as places and fields in thousandths of a pixel go. */
export const MILLI_LIMIT = 100_000_000;

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function along(from: Vector, direction: Vector, length: number): Vector {
  return [from[0] + direction[0] * length, from[1] + direction[1] * length, from[2] + direction[2] * length];
}

function unit(a: Vector): Vector | null {
  const length = Math.hypot(...a);
  return length > 1e-6 && Number.isFinite(length) ? [a[0] / length, a[1] / length, a[2] / length] : null;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The space of a stack: in the patient when every frame has its own plane there, else the image's own. */
export function spaceOf(info: StackInfo): StackSpace {
  return patientSpace(info) ?? imageSpace(info);
}

function imageSpace(info: StackInfo): ImageSpace {
  const [betweenRows, betweenColumns] = info.spacing_mm ?? info.pixel_aspect ?? [1, 1];
  return {
    kind: "image",
    frames: info.frames,
    columns: info.columns,
    rows: info.rows,
    unitsPerColumn: 1000,
    unitsPerRow: 1000,
    stretch: betweenRows / betweenColumns,
  };
}

function patientSpace(info: StackInfo): PatientSpace | null {
  const {
    orientation,
    positions_mm: origins,
    spacing_mm: spacing,
    frame_of_reference: frameOfReference,
  } = info;
  if (!orientation || !origins || !spacing || !frameOfReference || origins.length !== info.frames)
    return null;
  const right = unit([orientation[0], orientation[1], orientation[2]]);
  const down = unit([orientation[3], orientation[4], orientation[5]]);
  const normal = right && down && unit(cross(right, down));
  if (!right || !down || !normal) return null;
  const depths = origins.map((origin) => dot(origin, normal));
  const sorted = [...depths].sort((a, b) => a - b);
  if (sorted.some((depth, i) => i > 0 && depth - (sorted[i - 1] ?? depth) < SAME_PLANE_MM)) return null;
  return {
    kind: "patient",
    frames: info.frames,
    columns: info.columns,
    rows: info.rows,
    unitsPerColumn: spacing[1] * 1000,
    unitsPerRow: spacing[0] * 1000,
    stretch: 1,
    frameOfReference,
    right,
    down,
    normal,
    origins,
    depths,
  };
}

/** The frame whose plane lies nearest to a depth along the normal; the lower index when two are equally near. */
function nearestFrame(space: PatientSpace, depth: number): number {
  let best = 0;
  let distance = Infinity;
  for (let frame = 0; frame < space.depths.length; frame++) {
    const away = Math.abs((space.depths[frame] ?? Infinity) - depth);
    if (away < distance) {
      best = frame;
      distance = away;
    }
  }
  return best;
}

/** A point in mm as a point of a frame: where it lies seen along the frame's normal. */
export function pointOnFrame(space: PatientSpace, frame: number, point: Vector): ImagePoint {
  const origin = space.origins[frame] ?? [0, 0, 0];
  const offset: Vector = [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]];
  // Direction cosines in files are orthogonal only to a few digits: solve exactly instead of projecting.
  const skew = dot(space.right, space.down);
  const r = dot(offset, space.right);
  const d = dot(offset, space.down);
  const x = (r - skew * d) / (1 - skew * skew);
  const y = (d - skew * r) / (1 - skew * skew);
  return { frame, u: (x * 1000) / space.unitsPerColumn + 0.5, v: (y * 1000) / space.unitsPerRow + 0.5 };
}

function millimeters(place: PatientPlace): Vector {
  return [place.point_um[0] / 1000, place.point_um[1] / 1000, place.point_um[2] / 1000];
}

/** The point of the nearest frame, or null when the place does not belong to this stack's space. */
export function imagePoint(space: StackSpace, place: Place): ImagePoint | null {
  if (place.kind === "image") {
    if (place.frame >= space.frames) return null;
    return { frame: place.frame, u: place.point_milli[0] / 1000, v: place.point_milli[1] / 1000 };
  }
  if (space.kind === "image" || place.frame_of_reference !== space.frameOfReference) return null;
  const point = millimeters(place);
  return pointOnFrame(space, nearestFrame(space, dot(point, space.normal)), point);
}

/** A place seen along the normal of a frame, however far before or behind it; null: it belongs to another space. */
export function projected(space: StackSpace, place: Place, frame: number): ImagePoint | null {
  if (space.kind === "patient" && place.kind === "patient")
    return place.frame_of_reference === space.frameOfReference
      ? pointOnFrame(space, frame, millimeters(place))
      : null;
  const point = imagePoint(space, place);
  return point?.frame === frame ? point : null;
}

/** Whether a place belongs on a frame: it is the nearest one, and not much farther away than its neighbors. */
export function liesOn(space: StackSpace, place: Place, frame: number): boolean {
  const point = imagePoint(space, place);
  if (!point || point.frame !== frame) return false;
  if (space.kind === "image" || place.kind === "image") return true;
  const depth = space.depths[frame] ?? 0;
  const gaps = [frame - 1, frame + 1].map((i) => Math.abs((space.depths[i] ?? depth) - depth));
  const reach = Math.max(...gaps) / 2 || 2.5;
  return Math.abs(dot(millimeters(place), space.normal) - depth) <= reach * 1.01 + 0.01;
}

/** The place of a point of a frame, in whole micrometers or thousandths of a pixel. */
export function placeOf(space: StackSpace, point: ImagePoint): Place {
  if (space.kind === "image") {
    return {
      kind: "image",
      frame: clamp(point.frame, 0, space.frames - 1),
      point_milli: [milli(point.u), milli(point.v)],
    } satisfies ImagePlace;
  }
  const frame = clamp(point.frame, 0, space.frames - 1);
  const corner = space.origins[frame] ?? [0, 0, 0];
  const across = along(corner, space.right, ((point.u - 0.5) * space.unitsPerColumn) / 1000);
  return patientPlace(space, along(across, space.down, ((point.v - 0.5) * space.unitsPerRow) / 1000));
}

/** Rounded, and never minus zero: equal places are equal in every comparison. */
function whole(value: number): number {
  return Math.round(value) + 0;
}

function milli(value: number): number {
  return clamp(whole(value * 1000), -MILLI_LIMIT, MILLI_LIMIT);
}

function patientPlace(space: PatientSpace, point: Vector): PatientPlace {
  const um = (value: number) => clamp(whole(value * 1000), -PATIENT_LIMIT_UM, PATIENT_LIMIT_UM);
  return {
    kind: "patient",
    frame_of_reference: space.frameOfReference,
    point_um: [um(point[0]), um(point[1]), um(point[2])],
  };
}

/** The same in-plane place on another frame's plane: it moves along the normal only. */
export function placeOnFrame(space: StackSpace, place: Place, frame: number): Place {
  const target = clamp(frame, 0, space.frames - 1);
  if (space.kind === "patient" && place.kind === "patient") {
    const point = millimeters(place);
    const depth = space.depths[target] ?? 0;
    return patientPlace(space, along(point, space.normal, depth - dot(point, space.normal)));
  }
  const point = imagePoint(space, place);
  return placeOf(space, { frame: target, u: point?.u ?? space.columns / 2, v: point?.v ?? space.rows / 2 });
}

/** A place moved by columns and rows within its frame. */
export function placeMovedBy(space: StackSpace, place: Place, columns: number, rows: number): Place {
  const point = imagePoint(space, place);
  return point ? placeOf(space, { ...point, u: point.u + columns, v: point.v + rows }) : place;
}

/** The center of a frame. */
export function centerOf(space: StackSpace, frame: number): Place {
  return placeOf(space, { frame, u: space.columns / 2, v: space.rows / 2 });
}
