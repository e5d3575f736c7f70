// What a figure measures about, reckoned here until the server has measured it. In the patient only. Pure.
import type { Place, Quantity, Shape } from "../protocol.ts";
import { quantityWords } from "./measured-words.ts";
import type { Vector } from "./space.ts";

/** Lengths and angles as "≈ 12.3 mm"; nothing where places have no millimeters. */
export function aboutLines(shape: Shape): string[] {
  return about(shape).map((quantity) => `\u2248 ${quantityWords(quantity)}`);
}

function about(shape: Shape): Quantity[] {
  switch (shape.kind) {
    case "length":
      return lengths("length", between(shape.start, shape.end));
    case "angle": {
      const arms = [between(shape.vertex, shape.first), between(shape.vertex, shape.second)];
      return angles(arms[0], arms[1], 180);
    }
    case "cobb":
      return angles(lineOf(shape.first), lineOf(shape.second), 90);
    case "bidirectional":
      return [
        ...lengths("long_axis", lineOf(shape.first)),
        ...lengths("short_axis", lineOf(shape.second)),
      ].sort((a, b) => b.value - a.value);
    default:
      return [];
  }
}

function lineOf({ start, end }: { start: Place; end: Place }): Vector | null {
  return between(start, end);
}

/** In millimeters; null outside the patient. */
function between(a: Place, b: Place): Vector | null {
  if (a.kind !== "patient" || b.kind !== "patient") return null;
  const along = (axis: 0 | 1 | 2) => (b.point_um[axis] - a.point_um[axis]) / 1000;
  return [along(0), along(1), along(2)];
}

function lengths(name: Quantity["name"], line: Vector | null): Quantity[] {
  return line ? [{ name, value: Math.hypot(...line), unit: "mm" }] : [];
}

/** The angle between two directions; of lines, which have no direction, at most 90°. */
function angles(a: Vector | null | undefined, b: Vector | null | undefined, most: 90 | 180): Quantity[] {
  if (!a || !b || Math.hypot(...a) === 0 || Math.hypot(...b) === 0) return [];
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));
  const turned = (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
  return [{ name: "angle", value: most === 90 ? Math.min(turned, 180 - turned) : turned, unit: "°" }];
}
