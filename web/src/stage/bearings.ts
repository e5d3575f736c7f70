// What tells people where they are: orientation letters on four sides and a scale bar. Pure.
import type { StackInfo, Turn } from "../protocol.ts";
import type { Layout } from "./layout.ts";
import type { StackSpace, Vector } from "./space.ts";
import { liesOnItsSide, toPicture, UPRIGHT } from "./turn.ts";

/** Letters of a direction in the patient, the strongest first: L/R, P/A, H/F (LPS, PS3.3 C.7.6.1.1.1). */
export function directionLetters(direction: Vector): string {
  const letters = ["LR", "PA", "HF"] as const;
  return direction
    .map((value, axis) => ({
      size: Math.abs(value),
      letter: letters[axis as 0 | 1 | 2].charAt(value > 0 ? 0 : 1),
    }))
    .filter((part) => part.size > 0.3)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map((part) => part.letter)
    .join("");
}

export type SideLetters = { left: string; right: string; top: string; bottom: string };

/** What lies toward each side of the screen, or null without geometry. */
export function sideLetters(space: StackSpace, turn: Turn = UPRIGHT): SideLetters | null {
  if (space.kind === "image") return null;
  const toward = (x: number, y: number) => {
    const step = toPicture(turn, x, y);
    const part = (axis: 0 | 1 | 2) => step.right * space.right[axis] + step.down * space.down[axis];
    return directionLetters([part(0), part(1), part(2)]);
  };
  return { left: toward(-1, 0), right: toward(1, 0), top: toward(0, -1), bottom: toward(0, 1) };
}

/** How far a frame's plane lies from the patient's origin, and toward where; null without geometry. */
export function depthOf(space: StackSpace, frame: number): { letters: string; mm: number } | null {
  const depth = space.kind === "patient" ? space.depths[frame] : undefined;
  if (space.kind === "image" || depth === undefined) return null;
  const [x, y, z] = space.normal;
  const toward: Vector = depth < 0 ? [-x, -y, -z] : [x, y, z];
  return { letters: directionLetters(toward), mm: Math.abs(depth) };
}

/**
 * A round length in mm and its device pixels, at most a quarter of the canvas wide; null where pixels have no length.
 * Lengths are those that are measured with, not those that give the picture its shape. Source: PS3.3 10.7.1.
 */
export function scaleBar(info: StackInfo, layout: Layout): { mm: number; pixels: number } | null {
  const { calibration, measured_spacing_mm: spacing } = info;
  if (spacing === null || calibration === "none" || calibration === "regions") return null;
  const perMm = liesOnItsSide(layout.turn) ? layout.perRow / spacing[0] : layout.perColumn / spacing[1];
  const longest = layout.canvas.width / 4 / perMm;
  if (!(longest > 0)) return null;
  // A quarter of the canvas may be a round length, but for the last bit.
  const most = longest * (1 + 1e-9);
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((candidate) => candidate * power <= most) ?? 1;
  return { mm: step * power, pixels: step * power * perMm };
}
