// Which plane is seen and where somebody points, in words for those who do not see it; without numbers. Pure.
import type { Turn } from "../protocol.ts";
import { words } from "../words.ts";
import type { Drawn } from "./drawn.ts";
import { imagePoint, liesOn, type StackSpace } from "./space.ts";
import { toScreen } from "./turn.ts";
import type { PanePointer } from "./types.ts";

export type PlaneName = keyof typeof words.stage.planes;
/** Toward which side of the body, or of a picture without a place in one, something lies. */
export type Part = keyof typeof words.stage.where.parts;

/** Within 32 degrees a plane still has its plain name: the cosine. */
const STRAIGHT = 0.85;
/** Nearer to the middle than this share of half the picture nothing lies toward a side. */
const MIDDLE = 0.12;
/** A second side is told when it lies at least so far, measured by the first. */
const ALSO = 0.5;
/** More than so many people who point are too many to listen to. */
const MOST_NAMED = 2;

/** Each axis with what lies where it grows, and where it shrinks (LPS; on the screen to the right and down). */
const BODY = [
  ["left", "right"],
  ["back", "front"],
  ["head", "feet"],
] as const;
const SCREEN = [
  ["pictureRight", "pictureLeft"],
  ["pictureBottom", "pictureTop"],
] as const;

/** By the conventions for the body's planes; null: nobody knows how the picture lies in it. */
export function planeOf(space: StackSpace): PlaneName | null {
  if (space.kind === "image") return null;
  const [x, y, z] = space.normal;
  if (Math.abs(z) >= STRAIGHT) return "axial";
  if (Math.abs(y) >= STRAIGHT) return "coronal";
  return Math.abs(x) >= STRAIGHT ? "sagittal" : "oblique";
}

/** The picture's window, said after its plane where that has a name. */
export function seenIn(space: StackSpace, window: string): string {
  const plane = planeOf(space);
  return plane === null ? window : words.stage.inPlane(words.stage.planes[plane], window);
}

/** Toward which sides of the picture's middle a point of a frame lies, the farthest first; none: in the middle. */
export function partsAt(space: StackSpace, turn: Turn, at: { u: number; v: number }): Part[] {
  const across = (at.u - space.columns / 2) * space.unitsPerColumn;
  const below = (at.v - space.rows / 2) * space.unitsPerRow * space.stretch;
  const half = Math.max(space.columns * space.unitsPerColumn, space.rows * space.unitsPerRow) / 2;
  const sizes =
    space.kind === "patient"
      ? BODY.map((_, axis) => (space.right[axis] ?? 0) * across + (space.down[axis] ?? 0) * below)
      : onScreen(turn, across, below);
  const axes = space.kind === "patient" ? BODY : SCREEN;
  const sides = axes
    .map(([more, less], axis) => ({ part: (sizes[axis] ?? 0) > 0 ? more : less, far: sizes[axis] ?? 0 }))
    .sort((one, other) => Math.abs(other.far) - Math.abs(one.far));
  const [first, second] = sides;
  if (!first || Math.abs(first.far) < MIDDLE * half) return [];
  return second && Math.abs(second.far) >= ALSO * Math.abs(first.far)
    ? [first.part, second.part]
    : [first.part];
}

function onScreen(turn: Turn, right: number, down: number): number[] {
  const { x, y } = toScreen(turn, right, down);
  return [x, y];
}

/** Who points where on the picture that is drawn; `plain`: to the patient. Empty: nobody does. */
export function pointingSentence(
  { space, layout }: Drawn,
  pointers: readonly PanePointer[],
  plain: boolean,
): string {
  const where = plain ? words.stage.plain.where : words.stage.where;
  const said = pointers.flatMap(({ name, place }) => {
    const at = name === "" || !liesOn(space, place, layout.center.frame) ? null : imagePoint(space, place);
    if (at === null) return [];
    const [part, also] = partsAt(space, layout.turn, at);
    if (part === undefined) return [words.stage.pointing(name, where.middle)];
    const first = where.parts[part];
    return [words.stage.pointing(name, also ? words.stage.bothSides(first, where.toward[also]) : first)];
  });
  return said.slice(0, MOST_NAMED).join("; ");
}
