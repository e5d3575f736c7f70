// Where planes through a patient cross, and how they are turned about that point. Pure; millimeters, LPS.
import type { Camera } from "../protocol.ts";

export type Vector = readonly [number, number, number];
export type Plane = { point: Vector; normal: Vector };

/** Normals nearer to each other than this are of one direction: such planes do not cross. */
const PARALLEL = 1e-3;
const MILLIONTHS = 1e6;

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function along(from: Vector, direction: Vector, length: number): Vector {
  return [from[0] + direction[0] * length, from[1] + direction[1] * length, from[2] + direction[2] * length];
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function unit(a: Vector): Vector {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** The point on all planes that lies nearest to `near`; a plane parallel to one before it is left out. */
export function crossing(planes: readonly Plane[], near: Vector): Vector {
  let point = near;
  const taken: Vector[] = [];
  for (const { point: on, normal } of planes) {
    const free = taken.reduce((left, axis) => along(left, axis, -dot(normal, axis)), normal);
    const length = Math.hypot(...free);
    if (length < PARALLEL) continue;
    const axis = unit(free);
    taken.push(axis);
    point = along(point, axis, dot(minus(on, point), normal) / length);
  }
  return point;
}

/** A point moved along a normal until it lies on the plane through `onto`. */
export function movedOnto(point: Vector, normal: Vector, onto: Vector): Vector {
  return along(point, normal, dot(minus(onto, point), normal));
}

/** A vector turned by an angle about a unit vector, as a right hand shows it. */
export function turned(vector: Vector, axis: Vector, radians: number): Vector {
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const across = cross(axis, vector);
  const rest = dot(axis, vector) * (1 - cos);
  const at = (i: 0 | 1 | 2) => vector[i] * cos + across[i] * sin + axis[i] * rest;
  return [at(0), at(1), at(2)];
}

/** A point turned about another. */
export function turnedAbout(point: Vector, center: Vector, axis: Vector, radians: number): Vector {
  return along(center, turned(minus(point, center), axis, radians), 1);
}

/** Direction cosines of rows and columns as they travel: unit vectors at right angles, in millionths. */
export function cameraOf(right: Vector, down: Vector): Camera {
  const across = unit(right);
  const beneath = unit(along(down, across, -dot(down, across)));
  return { right: millionths(across), down: millionths(beneath) };
}

function millionths(vector: Vector): [number, number, number] {
  const whole = (value: number) => Math.round(value * MILLIONTHS) + 0;
  return [whole(vector[0]), whole(vector[1]), whole(vector[2])];
}
