// Slabs: how thick a plane is, as it travels, as the server is asked for it, and in words. Pure.
import type { Slab } from "../protocol.ts";
import { words } from "../words.ts";
import type { ShownPicture } from "./types.ts";

/** On the wire silence changes nothing: the plane alone is said as a slab of no thickness. */
export const THIN: Slab = { thickness_um: 0, projection: "mip" };

/** A slab that is more than the plane alone, or null. */
export function thickened(slab: Slab | null | undefined): Slab | null {
  return slab && slab.thickness_um > 0 ? slab : null;
}

export function sameSlab(a: Slab | null, b: Slab | null): boolean {
  if (a === null || b === null) return a === b;
  return a.thickness_um === b.thickness_um && a.projection === b.projection;
}

/** As a part of a tile's query; empty for the plane alone. */
export function slabQuery(slab: Slab | null): string {
  return slab ? `slab_mm=${slab.thickness_um / 1000}&projection=${slab.projection}` : "";
}

/** What the server makes one after the other, by interpolating or from many voxels: nothing is asked for in advance. */
export function areCostly({ mode }: Pick<ShownPicture, "mode">, { slab }: { slab: Slab | null }): boolean {
  return mode === "oblique" || slab !== null;
}

/** In a corner of the picture. */
export function slabWords({ thickness_um, projection }: Slab): string {
  return words.stage.slab(words.stage.projections[projection], String(thickness_um / 1000));
}
