// Where on a drawn body a series lies, as far as its Body Part Examined (0018,0015) honestly tells. Pure.
import type { SeriesInfo, StackInfo } from "../protocol.ts";

export const REGIONS = {
  head: [1, 19],
  neck: [17, 25],
  chest: [24, 43],
  belly: [41, 54],
  hips: [52, 63],
  thighs: [62, 83],
  knees: [82, 93],
  shins: [91, 108],
  feet: [106, 118],
} as const satisfies Record<string, readonly [number, number]>;
export type Region = keyof typeof REGIONS;

/** From the topmost to the lowest region of a series, in the figure's units from its top (0 to 120). */
export type Covered = { first: Region; last: Region; top: number; bottom: number };

/**
 * Defined terms of PS3.16 Annex L and what scanners write instead, without blanks. Arms are left out: where they
 * lay nobody can tell.
 */
const PARTS: Record<string, readonly [Region, Region]> = {
  HEAD: ["head", "head"],
  BRAIN: ["head", "head"],
  SKULL: ["head", "head"],
  HEADNECK: ["head", "neck"],
  NECK: ["neck", "neck"],
  CSPINE: ["neck", "neck"],
  NECKCHEST: ["neck", "chest"],
  NECKCHESTABDOMEN: ["neck", "belly"],
  NECKCHESTABDPELV: ["neck", "hips"],
  CHEST: ["chest", "chest"],
  THORAX: ["chest", "chest"],
  LUNG: ["chest", "chest"],
  HEART: ["chest", "chest"],
  TSPINE: ["chest", "chest"],
  CHESTABDOMEN: ["chest", "belly"],
  CHESTABDPELVIS: ["chest", "hips"],
  ABDOMEN: ["belly", "belly"],
  LIVER: ["belly", "belly"],
  KIDNEY: ["belly", "belly"],
  LSPINE: ["belly", "belly"],
  ABDOMENPELVIS: ["belly", "hips"],
  PELVIS: ["hips", "hips"],
  HIP: ["hips", "hips"],
  PROSTATE: ["hips", "hips"],
  UTERUS: ["hips", "hips"],
  THIGH: ["thighs", "thighs"],
  KNEE: ["knees", "knees"],
  LEG: ["shins", "shins"],
  ANKLE: ["feet", "feet"],
  FOOT: ["feet", "feet"],
  WHOLEBODY: ["head", "feet"],
};

/** Null: the file does not say, or not in words that we know. */
export function coveredBy(series: SeriesInfo): Covered | null {
  const found = PARTS[series.body_part.toUpperCase().replace(/[^A-Z]/g, "")];
  if (found === undefined) return null;
  const [first, last] = found;
  return { first, last, top: REGIONS[first][0], bottom: REGIONS[last][1] };
}

/** Axial slices of a scan of the body have a height in it; pictures that lie otherwise have none to show. */
const SCANS = ["CT", "MR", "PT"];
const AXIAL = 0.85;
/** Fewer slices do not cover a region. */
const LEAST_SLICES = 5;

/**
 * How far down its own stack a slice lies, 0 at the head's end, 1 at the feet's; null where that is not told by the
 * file. It says nothing of how much of a region the stack covers.
 */
export function shareDown(series: SeriesInfo, info: StackInfo, frame: number): number | null {
  const { orientation, positions_mm: positions } = info;
  if (!SCANS.includes(series.modality) || !orientation || positions?.length !== info.frames) return null;
  if (info.frames < LEAST_SLICES) return null;
  const [a, b, , d, e] = orientation;
  if (Math.abs(a * e - b * d) < AXIAL) return null;
  const heights = positions.map(([, , z]) => z);
  const [lowest, highest] = [Math.min(...heights), Math.max(...heights)];
  const here = heights[frame];
  return here === undefined || highest === lowest ? null : (highest - here) / (highest - lowest);
}

/** In thirds: finer than that would claim more than is known. */
export function thirdOf(share: number): "upper" | "middle" | "lower" {
  if (share < 1 / 3) return "upper";
  return share > 2 / 3 ? "lower" : "middle";
}
