// How a frame lies on a canvas: point of a frame ↔ device pixel, and what a field of view becomes. Pure.
import type { FieldOfView } from "../protocol.ts";
import { clamp, type ImagePoint, MILLI_LIMIT, type StackSpace } from "./space.ts";

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
  /** Device pixels in one horizontal field unit. */
  scale: number;
  perColumn: number;
  perRow: number;
};

/** The largest scale at which the whole field is on the canvas; the place lies in the middle. */
export function layoutOf(
  space: StackSpace,
  center: ImagePoint,
  field: FieldOfView,
  canvas: CanvasSize,
): Layout {
  const scale = Math.min(canvas.width / field.width, canvas.height / (field.height * space.stretch));
  return layoutAt(space, center, scale, canvas);
}

function layoutAt(space: StackSpace, center: ImagePoint, scale: number, canvas: CanvasSize): Layout {
  return {
    canvas,
    center,
    scale,
    perColumn: scale * space.unitsPerColumn,
    perRow: scale * space.unitsPerRow * space.stretch,
  };
}

export function screenPoint(layout: Layout, u: number, v: number): ScreenPoint {
  return {
    x: layout.canvas.width / 2 + (u - layout.center.u) * layout.perColumn,
    y: layout.canvas.height / 2 + (v - layout.center.v) * layout.perRow,
  };
}

export function pointAt(layout: Layout, screen: ScreenPoint): ImagePoint {
  return {
    frame: layout.center.frame,
    u: layout.center.u + (screen.x - layout.canvas.width / 2) / layout.perColumn,
    v: layout.center.v + (screen.y - layout.canvas.height / 2) / layout.perRow,
  };
}

/**
 * The field that says what this canvas shows: the smallest rectangle around its center with all of the picture that is
 * visible. Black beside the picture need not be on other people's screens; drawing this field here changes nothing here.
 */
export function fieldOf(space: StackSpace, layout: Layout): FieldOfView {
  const { center, canvas, scale } = layout;
  const width = canvas.width / scale;
  const height = canvas.height / (scale * space.stretch);
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
  const fit = layoutOf(space, layout.center, wholeField(space), layout.canvas).scale;
  const pixelIs = (devicePixels: number) => devicePixels / space.unitsPerColumn;
  const scale = clamp(layout.scale * factor, fit / 4, Math.max(pixelIs(100), fit * 4));
  const held = pointAt(layout, anchor);
  const zoomed = layoutAt(space, layout.center, scale, layout.canvas);
  const under = pointAt(zoomed, anchor);
  const center = {
    frame: layout.center.frame,
    u: layout.center.u + held.u - under.u,
    v: layout.center.v + held.v - under.v,
  };
  return { ...zoomed, center: centerOnPicture(space, center) };
}
