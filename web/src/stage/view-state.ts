// Where a pane looks, and how each hand movement changes that. Pure; whole wire units, so that all screens draw the same.
import type { Cine, FieldOfView, PaneView, Place, Slab, StackInfo, Turn, WireWindow } from "../protocol.ts";
import { isFilm, sameCine } from "./cine.ts";
import {
  type CanvasSize,
  centerOnPicture,
  fieldOf,
  type Layout,
  layoutOf,
  pointAt,
  type ScreenPoint,
  wholeField,
  zoomedAt,
} from "./layout.ts";
import { firstWindow, sameWindow } from "./presets.ts";
import { sameSlab, THIN, thickened } from "./slab.ts";
import {
  centerOf,
  clamp,
  type ImagePoint,
  imagePoint,
  placeOf,
  placeOnFrame,
  type StackSpace,
  spaceOf,
} from "./space.ts";
import { sameTurn, UPRIGHT } from "./turn.ts";
import type { ShownPicture } from "./types.ts";
import { wireWindow } from "./window-lut.ts";

/** A view with nothing left open. */
export type Look = {
  place: Place;
  field: FieldOfView;
  window: WireWindow;
  cine: Cine | null;
  turn: Turn;
  /** Beyond what the pictures themselves ask for. */
  inverted: boolean;
  /** Of planes: more than the plane alone. */
  slab: Slab | null;
};

/** What is known of the pictures that are looked at. */
export type Subject = Pick<ShownPicture, "info" | "modality" | "mode">;

export function defaultLook(space: StackSpace, subject: Subject): Look {
  const { info } = subject;
  return {
    place: centerOf(space, Math.floor(space.frames / 2)),
    field: wholeField(space),
    window: firstWindow(info),
    cine: null,
    turn: UPRIGHT,
    inverted: opensInverted(subject),
    slab: null,
  };
}

/** Whether there are grays to be inverted: colors, also those of a palette, mean something as they are. */
export function canBeInverted(info: StackInfo): boolean {
  return info.samples === 1 && !info.palette;
}

/** PET is read dark on white; a file that asks for it itself is not inverted twice. */
function opensInverted({ info, modality }: Subject): boolean {
  return modality === "PT" && canBeInverted(info) && !info.inverted;
}

/** Whether greater values are darker on the screen. */
export function drawnInverted(info: StackInfo, look: Look): boolean {
  return info.inverted !== look.inverted;
}

/** The whole of one frame in one window; null: in the stack's first. */
export function wholeFrame(info: StackInfo, frame: number, window: WireWindow | null): PaneView {
  const space = spaceOf(info);
  return { place: centerOf(space, frame), field: wholeField(space), window: window ?? firstWindow(info) };
}

/** A shared view with what it leaves open filled in; a place from elsewhere becomes the default one. */
export function lookOf(space: StackSpace, subject: Subject, view: PaneView): Look {
  const { info } = subject;
  const otherwise = defaultLook(space, subject);
  const known = view.place && imagePoint(space, view.place);
  return {
    place: known && view.place ? view.place : otherwise.place,
    field: known && view.field ? view.field : otherwise.field,
    window: view.window ?? otherwise.window,
    cine: view.cine && isFilm(info) && view.cine.first_frame < info.frames ? view.cine : null,
    turn: view.turn ?? otherwise.turn,
    inverted: canBeInverted(info) && (view.inverted ?? otherwise.inverted),
    slab: subject.mode === "stack" ? null : thickened(view.slab),
  };
}

export function pointOf(space: StackSpace, look: Look): ImagePoint {
  return (
    imagePoint(space, look.place) ?? {
      frame: Math.floor(space.frames / 2),
      u: space.columns / 2,
      v: space.rows / 2,
    }
  );
}

export function layoutFor(space: StackSpace, look: Look, canvas: CanvasSize): Layout {
  return layoutOf(space, pointOf(space, look), look.field, canvas, look.turn);
}

/** The same picture on this canvas, with the field that tells others what is seen here. */
function withOwnField(space: StackSpace, look: Look, canvas: CanvasSize): Look {
  return { ...look, field: fieldOf(space, layoutFor(space, look, canvas)) };
}

export function onFrame(space: StackSpace, look: Look, canvas: CanvasSize, frame: number): Look {
  const place = placeOnFrame(space, look.place, clamp(frame, 0, space.frames - 1));
  return withOwnField(space, { ...look, place }, canvas);
}

/** The picture dragged by device pixels. */
export function panned(
  space: StackSpace,
  look: Look,
  canvas: CanvasSize,
  by: { dx: number; dy: number },
): Look {
  const layout = layoutFor(space, look, canvas);
  const middle = { x: canvas.width / 2 - by.dx, y: canvas.height / 2 - by.dy };
  const center = centerOnPicture(space, pointAt(layout, middle));
  const field = fieldOf(space, { ...layout, center });
  return { ...look, place: placeOf(space, center), field };
}

export function zoomed(
  space: StackSpace,
  look: Look,
  canvas: CanvasSize,
  factor: number,
  anchor: ScreenPoint,
): Look {
  const layout = zoomedAt(space, layoutFor(space, look, canvas), factor, anchor);
  return { ...look, place: placeOf(space, layout.center), field: fieldOf(space, layout) };
}

export function fitted(space: StackSpace, look: Look): Look {
  return { ...look, place: centerOf(space, pointOf(space, look).frame), field: wholeField(space) };
}

/** The picture turned around the middle of the canvas: as large as before, or whole where it was whole. */
export function turned(space: StackSpace, look: Look, canvas: CanvasSize, turn: Turn): Look {
  const layout = { ...layoutFor(space, look, canvas), turn };
  return isFitted(space, look) ? { ...look, turn } : { ...look, turn, field: fieldOf(space, layout) };
}

function isFitted(space: StackSpace, look: Look): boolean {
  const { place, field } = fitted(space, look);
  return samePlace(look.place, place) && sameField(look.field, field);
}

/** The window after a drag from `start`: to the right wider, downward darker. A VOI LUT becomes its linear window. */
export function draggedWindow(
  start: WireWindow,
  by: { dx: number; dy: number },
  inverted: boolean,
): WireWindow {
  const perPixel = Math.max(start.width, 1) / 250;
  const darker = inverted ? -1 : 1;
  return wireWindow({
    center: start.center + by.dy * perPixel * darker,
    width: start.width + by.dx * perPixel,
    function: start.function,
  });
}

export type WindowStep = "brighter" | "darker" | "moreContrast" | "lessContrast";

export function steppedWindow(window: WireWindow, step: WindowStep, inverted: boolean): WireWindow {
  const { center, width, function: kind } = window;
  const shift = (width / 10) * (inverted ? -1 : 1);
  switch (step) {
    case "brighter":
      return wireWindow({ center: center - shift, width, function: kind });
    case "darker":
      return wireWindow({ center: center + shift, width, function: kind });
    case "moreContrast":
      return wireWindow({ center, width: width * 0.8, function: kind });
    case "lessContrast":
      return wireWindow({ center, width: width / 0.8, function: kind });
  }
}

export function samePlace(a: Place, b: Place): boolean {
  if (a.kind === "patient" && b.kind === "patient") {
    return (
      a.frame_of_reference === b.frame_of_reference && a.point_um.every((value, i) => value === b.point_um[i])
    );
  }
  if (a.kind === "image" && b.kind === "image") {
    return a.frame === b.frame && a.point_milli.every((value, i) => value === b.point_milli[i]);
  }
  return false;
}

export function sameField(a: FieldOfView, b: FieldOfView): boolean {
  return a.width === b.width && a.height === b.height;
}

export function sameLook(a: Look, b: Look): boolean {
  return difference(a, b) === null && sameCine(a.cine, b.cine);
}

/** What changed, as it travels; null when nothing did. */
export function difference(before: Look, after: Look): PaneView | null {
  const change: PaneView = {};
  if (!samePlace(before.place, after.place)) change.place = after.place;
  if (!sameField(before.field, after.field)) change.field = after.field;
  if (!sameWindow(before.window, after.window)) change.window = after.window;
  if (!sameTurn(before.turn, after.turn)) change.turn = after.turn;
  if (before.inverted !== after.inverted) change.inverted = after.inverted;
  if (!sameSlab(before.slab, after.slab)) change.slab = after.slab ?? THIN;
  if (after.cine && !sameCine(before.cine, after.cine)) change.cine = after.cine;
  return Object.keys(change).length > 0 ? change : null;
}
