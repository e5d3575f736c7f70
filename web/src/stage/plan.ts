// What to draw now and what to ask for next, from what is already here. Pure.
import type { Layout } from "./layout.ts";
import { levelFor, levelSize, TILE_EDGE, type TilePlace, visibleTiles } from "./levels.ts";
import type { StackSpace } from "./space.ts";

/** Names the tile of a frame; the tile's address on the server. */
export type AddressOf = (frame: number, level: number, tile: TilePlace) => string;

export type PlannedLayer = { level: number; tiles: TilePlace[]; whole: boolean };

export type Plan = {
  /** Back to front; empty: nothing of this frame is here. */
  layers: PlannedLayer[];
  /** The level the screen can show, without a gap. */
  full: boolean;
  /** Addresses of the shown frame, the most urgent first. */
  needed: string[];
  /** How many of the needed ones are only a preview. */
  previews: number;
};

/** Coarse enough to arrive at once, fine enough to recognize. */
const PREVIEW_EDGE = 128;

export function previewLevel(space: StackSpace, levelCount: number): number {
  for (let level = 0; level < levelCount; level++) {
    const { width, height } = levelSize(space, level);
    if (Math.max(width, height) <= PREVIEW_EDGE) return level;
  }
  return levelCount - 1;
}

export type Stock = {
  space: StackSpace;
  levelCount: number;
  /** The finest level the device can hold. */
  finest: number;
  /** Frames that cannot be shown: nobody asks for them. */
  damaged: ReadonlySet<number>;
  has(url: string): boolean;
  /** Every tile takes the server long, a coarse one as long as a fine one. */
  costly?: boolean;
  /** Whether the preview of the stack has this frame. */
  previewed?(frame: number): boolean;
};

/** The level this layout asks for, within what the stack has and the device can hold. */
export function targetLevel(stock: Stock, layout: Layout): number {
  return Math.min(stock.levelCount - 1, Math.max(stock.finest, levelFor(layout, stock.levelCount)));
}

/**
 * The plan for one frame. While the asked level has gaps, another level of the *same* frame lies under it: the nearest
 * finer, else the nearest coarser one that is whole on this canvas.
 */
export function planFrame(stock: Stock, layout: Layout, addressOf: AddressOf): Plan {
  const { space, levelCount, finest, has } = stock;
  const frame = layout.center.frame;
  const target = targetLevel(stock, layout);
  const address = (level: number) => (tile: TilePlace) => addressOf(frame, level, tile);
  const visible = visibleTiles(space, layout, target);
  const here = visible.filter((tile) => has(address(target)(tile)));
  if (here.length === visible.length) {
    const whole = { level: target, tiles: visible, whole: true };
    return {
      layers: visible.length ? [whole] : [],
      full: true,
      needed: visible.map(address(target)),
      previews: 0,
    };
  }
  const layers: PlannedLayer[] = [];
  const finer = range(target - 1, finest, -1);
  const coarser = range(target + 1, levelCount - 1, 1);
  for (const level of [...finer, ...coarser]) {
    const tiles = visibleTiles(space, layout, level);
    if (tiles.every((tile) => has(address(level)(tile)))) {
      layers.push({ level, tiles, whole: true });
      break;
    }
  }
  const preview = previewLevel(space, levelCount);
  const first =
    layers.length === 0 && preview > target && !stock.costly ? visibleTiles(space, layout, preview) : [];
  if (here.length > 0) layers.push({ level: target, tiles: here, whole: false });
  return {
    layers,
    full: false,
    needed: [...first.map(address(preview)), ...visible.map(address(target))],
    previews: first.length,
  };
}

function range(from: number, to: number, step: 1 | -1): number[] {
  const levels: number[] = [];
  for (let level = from; step > 0 ? level <= to : level >= to; level += step) levels.push(level);
  return levels;
}

export const FULL_AHEAD = 3;
/** Of what takes the server long. */
const COSTLY_AHEAD = 1;
const PREVIEW_REACH = 16;

/**
 * What to fetch while nothing is missing: whole neighbors in the direction of travel, then coarse ones on both sides.
 * `mostWhole` bounds the whole tiles, so that one large picture does not push another out. Where the preview of the stack
 * is here, so that none comes unseen, only the next `reach` of them are fetched, and none behind.
 */
export function planAhead(
  stock: Stock,
  layout: Layout,
  travel: 1 | -1,
  mostWhole: number,
  addressOf: AddressOf,
  reach: number = FULL_AHEAD,
): string[] {
  const { space, levelCount } = stock;
  const at = layout.center.frame;
  const exists = (frame: number) => frame >= 0 && frame < space.frames && !stock.damaged.has(frame);
  const target = targetLevel(stock, layout);
  const tiles = visibleTiles(space, layout, target);
  const seen = stock.previewed?.(at) ?? false;
  const next = range(1, seen ? reach : FULL_AHEAD, 1).map((n) => at + n * travel);
  const whole = seen ? next : [...next, at - travel];
  const neighbors = (stock.costly ? whole.slice(0, COSTLY_AHEAD) : whole)
    .filter(exists)
    .slice(0, Math.floor(mostWhole / Math.max(1, tiles.length)));
  const preview = previewLevel(space, levelCount);
  const coarse = visibleTiles(space, layout, preview);
  const around = range(1, stock.costly ? 0 : PREVIEW_REACH, 1)
    .flatMap((n) => [at + n * travel, at - n * travel])
    .filter((frame) => exists(frame) && !stock.previewed?.(frame));
  return [
    ...neighbors.flatMap((frame) => tiles.map((tile) => addressOf(frame, target, tile))),
    ...around.flatMap((frame) => coarse.map((tile) => addressOf(frame, preview, tile))),
  ];
}

/** Frames just passed stay asked for: on a slow line each would else be given up shortly before it is here. */
const BEHIND = 8;

/**
 * What to fetch of a film that runs in a loop: the frames that come next first. `bytes` bounds them by what their
 * decoded tiles take, so that none pushes out another that is due earlier.
 */
export function planLoop(stock: Stock, layout: Layout, addressOf: AddressOf, bytes: number): string[] {
  const { space, damaged } = stock;
  const level = targetLevel(stock, layout);
  const tiles = visibleTiles(space, layout, level);
  const size = levelSize(space, level);
  const edge = (whole: number, index: number) => Math.min(TILE_EDGE, whole - index * TILE_EDGE);
  const texels = tiles.map(({ column, row }) => edge(size.width, column) * edge(size.height, row));
  const perFrame = 4 * texels.reduce((sum, each) => sum + each, 0);
  const most = Math.max(2, Math.floor(bytes / Math.max(1, perFrame)));
  const all = range(0, Math.min(space.frames, most) - 1, 1);
  const behind = space.frames > most ? range(space.frames - BEHIND, space.frames - 1, 1) : [];
  return [...all, ...behind]
    .map((n) => (layout.center.frame + n) % space.frames)
    .filter((frame) => !damaged.has(frame))
    .flatMap((frame) => tiles.map((tile) => addressOf(frame, level, tile)));
}
