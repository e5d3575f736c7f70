// Which resolution level a layout needs, and which of its tiles are on the canvas. Pure.
import { type CanvasSize, type Layout, pointAt } from "./layout.ts";
import { clamp, type StackSpace } from "./space.ts";

/** The resolution level to draw: the coarsest with at least one level pixel for every device pixel. */
export function levelFor(layout: Layout, levelCount: number): number {
  const imagePixelsPerDevicePixel = 1 / Math.max(layout.perColumn, layout.perRow);
  return clamp(Math.floor(Math.log2(imagePixelsPerDevicePixel) + 1e-6), 0, levelCount - 1);
}

export const TILE_EDGE = 512;

/** Columns and rows of a level: halved and rounded up. */
export function levelSize(space: StackSpace, level: number): CanvasSize {
  const edge = 2 ** level;
  return { width: Math.ceil(space.columns / edge), height: Math.ceil(space.rows / edge) };
}

export type TilePlace = { column: number; row: number };

/** The tiles of a level that are on the canvas, the middle ones first. */
export function visibleTiles(space: StackSpace, layout: Layout, level: number): TilePlace[] {
  const size = levelSize(space, level);
  const edge = TILE_EDGE * 2 ** level;
  const corner = pointAt(layout, { x: 0, y: 0 });
  const opposite = pointAt(layout, { x: layout.canvas.width, y: layout.canvas.height });
  const first = { u: Math.min(corner.u, opposite.u), v: Math.min(corner.v, opposite.v) };
  const last = { u: Math.max(corner.u, opposite.u), v: Math.max(corner.v, opposite.v) };
  if (last.u <= 0 || last.v <= 0 || first.u >= space.columns || first.v >= space.rows) return [];
  // Bilinear sampling reads half a level pixel beyond the edge of the canvas.
  const reach = 2 ** level;
  const columns = Math.ceil(size.width / TILE_EDGE) - 1;
  const rows = Math.ceil(size.height / TILE_EDGE) - 1;
  const index = (at: number, most: number) => clamp(Math.floor(at / edge), 0, most);
  const tiles: TilePlace[] = [];
  for (let row = index(first.v - reach, rows); row <= index(last.v + reach, rows); row++) {
    for (let column = index(first.u - reach, columns); column <= index(last.u + reach, columns); column++) {
      tiles.push({ column, row });
    }
  }
  const away = (tile: TilePlace) =>
    Math.hypot((tile.column + 0.5) * edge - layout.center.u, (tile.row + 0.5) * edge - layout.center.v);
  return tiles.sort((a, b) => away(a) - away(b));
}
