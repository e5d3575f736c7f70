// From where one looks at a slice, for people who know no letters on pictures. Pure.
import type { Camera, ShownStack, StackInfo, Turn } from "../protocol.ts";

type Vector = readonly [number, number, number];
/** Unit vectors in the patient (LPS) along the screen: to its right, and down. */
export type ScreenDirections = { right: Vector; down: Vector };

/** From which end or side of the body one looks; at a slant: from none of them. */
export type From = "feet" | "head" | "front" | "back" | "right" | "left" | "slanted";
export type Side = "left" | "right" | "top" | "bottom";
/** Where on the screen the body's right side, or its front, has come to lie. */
export type PlainOrientation = { from: From; landmark: { part: "right" | "front"; on: Side } | null };

/** Within 32 degrees a direction is still said without "at a slant": the cosine. */
const STRAIGHT = 0.85;

/** A plane's rows and columns by the conventions for looking at them (our server cuts them so). */
const PLANES = {
  axial: { right: [1, 0, 0], down: [0, 1, 0] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1] },
} as const;

/** How what is shown lies in the patient before it is turned; null: nobody knows. */
export function directionsOf(
  info: StackInfo,
  mode: ShownStack["mode"],
  camera: Camera | null,
): ScreenDirections | null {
  switch (mode) {
    case "axial":
    case "coronal":
    case "sagittal":
      return PLANES[mode];
    case "oblique":
      return camera && { right: unit(camera.right), down: unit(camera.down) };
    default: {
      if (!info.orientation || !info.positions_mm || info.positions_mm.length !== info.frames) return null;
      const [a, b, c, d, e, f] = info.orientation;
      return { right: unit([a, b, c]), down: unit([d, e, f]) };
    }
  }
}

/** After the turn: first mirrored left to right, then turned clockwise. */
export function turned({ right, down }: ScreenDirections, turn: Turn | null): ScreenDirections {
  let now = { right: turn?.mirrored ? negative(right) : right, down };
  for (let quarter = 0; quarter < (turn?.quarter_turns ?? 0); quarter++)
    now = { right: negative(now.down), down: now.right };
  return now;
}

/** What to say of directions on the screen. */
export function plainOrientation({ right, down }: ScreenDirections): PlainOrientation {
  // Into the screen, away from who looks: rows and columns turn to it as x and y turn to z.
  const away = cross(right, down);
  const from = fromWhere(away);
  const [leftward, backward] = [sideOf([-1, 0, 0], right, down), sideOf([0, -1, 0], right, down)];
  const part = from === "right" || from === "left" ? "front" : "right";
  const on = part === "front" ? backward : leftward;
  return { from, landmark: on === null || from === "slanted" ? null : { part, on } };
}

/** The end of the body that the gaze comes from. LPS: x grows to the left, y to the back, z to the head. */
function fromWhere([x, y, z]: Vector): From {
  if (Math.abs(z) >= STRAIGHT) return z > 0 ? "feet" : "head";
  if (Math.abs(y) >= STRAIGHT) return y > 0 ? "front" : "back";
  if (Math.abs(x) >= STRAIGHT) return x > 0 ? "right" : "left";
  return "slanted";
}

/** Toward which edge of the screen a direction of the body points; null: toward none of them clearly. */
function sideOf(direction: Vector, right: Vector, down: Vector): Side | null {
  const across = dot(direction, right);
  const below = dot(direction, down);
  if (Math.abs(across) >= STRAIGHT) return across > 0 ? "right" : "left";
  if (Math.abs(below) >= STRAIGHT) return below > 0 ? "bottom" : "top";
  return null;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function negative([x, y, z]: Vector): Vector {
  return [-x, -y, -z];
}

function unit(a: Vector): Vector {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
}
