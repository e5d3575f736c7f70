// How a frame lies on a canvas: point of a frame ↔ device pixel, and what a field of view becomes. Pure.
import type { FieldOfView, Turn } from "../protocol.ts";
import { clamp, type ImagePoint, MILLI_LIMIT, type StackSpace } from "./space.ts";
import { liesOnItsSide, toPicture, toScreen, UPRIGHT } from "./turn.ts";

/** Device pixels from the upper left corner of the canvas. */
export type ScreenPoint = { x: number; y: number };

export type CanvasSize = { width: number; height: number };

/** The field that holds one whole frame. */
export function wholeField(space: StackSpace): FieldOfView {
  return fieldOfView(space.columns * space.unitsPerColumn, space.rows * space.unitsPerRow);
}

function fieldOfView(width: number, height: number): FieldOfView {
  return {
    width: clamp(Math.round(width), 1, MILLI_LIMIT),
    height: clamp(Math.round(height), 1, MILLI_LIMIT),
  };
}

/** How a frame lies on a canvas: which point is in the middle and how many device pixels a column and a row take. */
export type Layout = {
  canvas: CanvasSize;
  center: ImagePoint;
  /** Device pixels in one horizontal field unit of the picture. */
  scale: number;
  perColumn: number;
  perRow: number;
  turn: Turn;
};

/** The largest scale at which the whole field, which is in the picture's own axes, is on the canvas; the place lies in the middle. */
export function layoutOf(
  space: StackSpace,
  center: ImagePoint,
  field: FieldOfView,
  canvas: CanvasSize,
  turn = UPRIGHT,
): Layout {
  const along = alongPicture(canvas, turn);
  const scale = Math.min(along.width / field.width, along.height / (field.height * space.stretch));
  return layoutAt(space, center, scale, canvas, turn);
}

export function layoutAt(
  space: StackSpace,
  center: ImagePoint,
  scale: number,
  canvas: CanvasSize,
  turn: Turn,
): Layout {
  return {
    canvas,
    center,
    scale,
    perColumn: scale * space.unitsPerColumn,
    perRow: scale * space.unitsPerRow * space.stretch,
    turn,
  };
}

/** How far the canvas reaches along the picture's rows and along its columns. */
function alongPicture({ width, height }: CanvasSize, turn: Turn): CanvasSize {
  return liesOnItsSide(turn) ? { width: height, height: width } : { width, height };
}

/** Where a point would lie if the picture were not turned. */
export function uprightPoint(
  { canvas, center, perColumn, perRow }: Layout,
  u: number,
  v: number,
): ScreenPoint {
  return {
    x: canvas.width / 2 + (u - center.u) * perColumn,
    y: canvas.height / 2 + (v - center.v) * perRow,
  };
}

export function screenPoint(
  { canvas, center, perColumn, perRow, turn }: Layout,
  u: number,
  v: number,
): ScreenPoint {
  const away = toScreen(turn, (u - center.u) * perColumn, (v - center.v) * perRow);
  return { x: canvas.width / 2 + away.x, y: canvas.height / 2 + away.y };
}

export function pointAt(
  { canvas, center, perColumn, perRow, turn }: Layout,
  screen: ScreenPoint,
): ImagePoint {
  const away = toPicture(turn, screen.x - canvas.width / 2, screen.y - canvas.height / 2);
  return {
    frame: center.frame,
    u: center.u + away.right / perColumn,
    v: center.v + away.down / perRow,
  };
}

/** The upper left and the lower right corner, on the screen, of a rectangle of the picture. */
export function cornersOf(
  layout: Layout,
  from: { u: number; v: number },
  to: { u: number; v: number },
): { from: ScreenPoint; to: ScreenPoint } {
  const [a, b] = [screenPoint(layout, from.u, from.v), screenPoint(layout, to.u, to.v)];
  return {
    from: { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) },
    to: { x: Math.max(a.x, b.x), y: Math.max(a.y, b.y) },
  };
}

/**
 * The field that says what this canvas shows: the smallest rectangle around its center with all of the picture that is
 * visible. Black beside the picture need not be on other people's screens; drawing this field here changes nothing here.
 */
export function fieldOf(space: StackSpace, layout: Layout): FieldOfView {
  const { center, canvas, scale, turn } = layout;
  const along = alongPicture(canvas, turn);
  const width = along.width / scale;
  const height = along.height / (scale * space.stretch);
  const needWidth = 2 * Math.max(center.u, space.columns - center.u) * space.unitsPerColumn;
  const needHeight = 2 * Math.max(center.v, space.rows - center.v) * space.unitsPerRow;
  const across = Math.min(1, needWidth / width);
  const down = Math.min(1, needHeight / height);
  const larger = Math.max(across, down);
  return fieldOfView((width * across) / larger, (height * down) / larger);
}

/** The center kept over the picture, so that nobody loses it. */
export function centerOnPicture(space: StackSpace, point: ImagePoint): ImagePoint {
  return { frame: point.frame, u: clamp(point.u, 0, space.columns), v: clamp(point.v, 0, space.rows) };
}

/** The layout after `factor` times more magnification, with the point under `anchor` held still. */
export function zoomedAt(space: StackSpace, layout: Layout, factor: number, anchor: ScreenPoint): Layout {
  const fit = layoutOf(space, layout.center, wholeField(space), layout.canvas, layout.turn).scale;
  const pixelIs = (devicePixels: number) => devicePixels / space.unitsPerColumn;
  const scale = clamp(layout.scale * factor, fit / 4, Math.max(pixelIs(100), fit * 4));
  const held = pointAt(layout, anchor);
  const zoomed = layoutAt(space, layout.center, scale, layout.canvas, layout.turn);
  const under = pointAt(zoomed, anchor);
  const center = {
    frame: layout.center.frame,
    u: layout.center.u + held.u - under.u,
    v: layout.center.v + held.v - under.v,
  };
  return { ...zoomed, center: centerOnPicture(space, center) };
}
