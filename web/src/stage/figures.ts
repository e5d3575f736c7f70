// Figures by their points: which a shape has, a shape from points, a shape with one of them moved. Pure.
import type { Place, Shape } from "../protocol.ts";
import { type ImagePoint, imagePoint, placeMovedBy, placeOf, type StackSpace } from "./space.ts";
import { type FigureTool, isOutline, MOST_POINTS, pointsOf } from "./tools.ts";

/** What of a mark is held: all of it, or one of its points. */
export type Part = "whole" | number;

type By = { u: number; v: number };
type Outline = Extract<Shape, { kind: "polygon" }>["outline"];

/** The places of a shape that can be taken hold of, in the order in which it names them. */
export function placesOf(shape: Shape): Place[] {
  switch (shape.kind) {
    case "arrow":
      return [shape.head, shape.tail];
    case "text":
    case "pin":
    case "probe":
      return [shape.at];
    case "length":
      return [shape.start, shape.end];
    case "angle":
      return [shape.first, shape.vertex, shape.second];
    case "cobb":
    case "bidirectional":
      return [shape.first.start, shape.first.end, shape.second.start, shape.second.end];
    case "ellipse":
      return [shape.center, shape.first_end, shape.second_end];
    case "rectangle":
      return [shape.corner, shape.opposite];
    case "polygon":
    case "freehand":
      return cornersOf(shape.outline);
  }
}

/** Where to look for a mark. */
export function anchorOf(shape: Shape): Place | null {
  return placesOf(shape)[0] ?? null;
}

/**
 * Whether a shape is to be seen on a picture, by which of its places lie `on` it: lines through the patient wherever
 * one of their points is, arrows where their head is, all else only as a whole, never as a region seen from its edge.
 */
export function isSeen(shape: Shape, on: (place: Place) => boolean): boolean {
  switch (shape.kind) {
    case "arrow":
      return on(shape.head);
    case "length":
    case "angle":
    case "cobb":
    case "bidirectional":
      return placesOf(shape).some(on);
    default:
      return placesOf(shape).every(on);
  }
}

function cornersOf(outline: Outline): Place[] {
  if (outline.kind === "image")
    return outline.points_milli.map((point_milli) => ({ kind: "image", frame: outline.frame, point_milli }));
  const { frame_of_reference } = outline;
  return outline.points_um.map((point_um) => ({ kind: "patient", frame_of_reference, point_um }));
}

function outlineOf(places: readonly Place[]): Outline | null {
  const first = places[0];
  if (first?.kind === "patient") {
    const points_um = places.flatMap((place) => (place.kind === "patient" ? [place.point_um] : []));
    return { kind: "patient", frame_of_reference: first.frame_of_reference, points_um };
  }
  if (first?.kind === "image") {
    const points_milli = places.flatMap((place) => (place.kind === "image" ? [place.point_milli] : []));
    return { kind: "image", frame: first.frame, points_milli };
  }
  return null;
}

/**
 * The shape that a tool makes of the points somebody has put, in their order; null while there are too few. A text and
 * a question are made of words too, and not here.
 */
export function shapeOf(space: StackSpace, tool: FigureTool, places: readonly Place[]): Shape | null {
  const [a, b, c, d] = places;
  if (tool === "probe" && a) return { kind: tool, at: a };
  if (!a || !b) return null;
  switch (tool) {
    case "arrow":
      // The head is where the hand comes to rest: it touches what is meant.
      return { kind: tool, tail: a, head: b, label: "" };
    case "length":
      return { kind: tool, start: a, end: b };
    case "rectangle":
      return { kind: tool, corner: a, opposite: b };
    case "ellipse":
      return ellipseIn(space, a, b);
    case "angle":
      return c ? { kind: tool, first: a, vertex: b, second: c } : null;
    case "cobb":
    case "bidirectional":
      return c && d ? { kind: tool, first: { start: a, end: b }, second: { start: c, end: d } } : null;
    case "polygon":
    case "freehand": {
      const outline = places.length >= 3 ? outlineOf(places.slice(0, MOST_POINTS)) : null;
      return outline && { kind: tool, outline };
    }
    default:
      return null;
  }
}

/** The ellipse in the rectangle between two corners. */
function ellipseIn(space: StackSpace, corner: Place, opposite: Place): Shape | null {
  const [a, b] = [imagePoint(space, corner), imagePoint(space, opposite)];
  if (!a || !b) return null;
  const [u, v] = [(a.u + b.u) / 2, (a.v + b.v) / 2];
  const at = (u: number, v: number) => placeOf(space, { frame: a.frame, u, v });
  return { kind: "ellipse", center: at(u, v), first_end: at(b.u, v), second_end: at(u, b.v) };
}

/** Whether this many points make the whole figure; an outline is whole when somebody closes it. */
export function isWhole(tool: FigureTool, count: number): boolean {
  return !isOutline(tool) && count >= pointsOf(tool);
}

/** The shape with one point, or all of it, moved by columns and rows. */
export function movedShape(space: StackSpace, shape: Shape, part: Part, by: By): Shape {
  const moved = (place: Place, index: number) =>
    part === "whole" || part === index ? placeMovedBy(space, place, by.u, by.v) : place;
  switch (shape.kind) {
    case "arrow":
      return { ...shape, head: moved(shape.head, 0), tail: moved(shape.tail, 1) };
    case "text":
    case "pin":
    case "probe":
      return { ...shape, at: moved(shape.at, 0) };
    case "length":
      return { ...shape, start: moved(shape.start, 0), end: moved(shape.end, 1) };
    case "angle":
      return {
        ...shape,
        first: moved(shape.first, 0),
        vertex: moved(shape.vertex, 1),
        second: moved(shape.second, 2),
      };
    case "cobb":
    case "bidirectional": {
      const { first, second } = shape;
      return {
        ...shape,
        first: { start: moved(first.start, 0), end: moved(first.end, 1) },
        second: { start: moved(second.start, 2), end: moved(second.end, 3) },
      };
    }
    case "ellipse":
      return part === 1 || part === 2
        ? turnedEllipse(space, shape, part, by)
        : movedEllipse(space, shape, by);
    case "rectangle":
      return { ...shape, corner: moved(shape.corner, 0), opposite: moved(shape.opposite, 1) };
    case "polygon":
    case "freehand": {
      const outline = outlineOf(cornersOf(shape.outline).map(moved));
      return outline ? { ...shape, outline } : shape;
    }
  }
}

type EllipseShape = Extract<Shape, { kind: "ellipse" }>;

function movedEllipse(space: StackSpace, shape: EllipseShape, by: By): EllipseShape {
  const moved = (place: Place) => placeMovedBy(space, place, by.u, by.v);
  return {
    ...shape,
    center: moved(shape.center),
    first_end: moved(shape.first_end),
    second_end: moved(shape.second_end),
  };
}

/** One half axis led by the hand; the other keeps its length and stays at a right angle to it. */
function turnedEllipse(space: StackSpace, shape: EllipseShape, part: 1 | 2, by: By): EllipseShape {
  const lead = part === 1 ? shape.first_end : shape.second_end;
  const led = placeMovedBy(space, lead, by.u, by.v);
  const [center, from, to, other] = [
    shape.center,
    lead,
    led,
    part === 1 ? shape.second_end : shape.first_end,
  ].map((place) => imagePoint(space, place));
  if (!center || !from || !to || !other) return shape;
  const before = fromCenter(space, center, from);
  const after = fromCenter(space, center, to);
  const follower = fromCenter(space, center, other);
  const reach = Math.hypot(after.x, after.y);
  if (reach === 0) return shape;
  // It stays on the side where it was.
  const side = before.x * follower.y - before.y * follower.x < 0 ? -1 : 1;
  const length = (Math.hypot(follower.x, follower.y) / reach) * side;
  const end = placeOf(space, {
    frame: center.frame,
    u: center.u + (-after.y * length) / space.unitsPerColumn,
    v: center.v + (after.x * length) / (space.unitsPerRow * space.stretch),
  });
  return part === 1
    ? { ...shape, first_end: led, second_end: end }
    : { ...shape, first_end: end, second_end: led };
}

/** In field units, which are as long across as down. */
function fromCenter(space: StackSpace, center: ImagePoint, point: ImagePoint): { x: number; y: number } {
  return {
    x: (point.u - center.u) * space.unitsPerColumn,
    y: (point.v - center.v) * space.unitsPerRow * space.stretch,
  };
}
