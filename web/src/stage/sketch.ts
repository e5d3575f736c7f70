// A mark as it lies on the screen: its lines, its points, the words beside it. Pure; painted as SVG, and on a canvas.
import type { Place, Shape } from "../protocol.ts";
import { aboutLines } from "./about-measured.ts";
import { placesOf } from "./figures.ts";
import {
  type Box,
  beside,
  boxAround,
  broken,
  type InTheWay,
  type LabelLine,
  leader,
  type Size,
  sizeOf,
  type WidthOf,
} from "./labels.ts";
import { type Layout, type ScreenPoint, screenPoint } from "./layout.ts";
import { remarkLines, valueLines } from "./measured-words.ts";
import { fromLine } from "./outline.ts";
import { imagePoint, type StackSpace } from "./space.ts";
import { type FigureTool, isOutline } from "./tools.ts";
import type { PaneMark } from "./types.ts";

export type Line = { points: readonly ScreenPoint[]; closed: boolean; dashed: boolean };

/** CSS pixels. `points`: those that can be taken hold of, as `placesOf` names them. */
export type Figure = {
  lines: readonly Line[];
  /** The filled head of an arrow. */
  head: readonly ScreenPoint[];
  /** Where something is that has no line. */
  dots: readonly ScreenPoint[];
  points: readonly ScreenPoint[];
  /** What its words stand beside. */
  anchor: readonly ScreenPoint[];
};

/** `leader`: the line to its figure, where it stands farther away. */
export type Label = { lines: readonly LabelLine[]; box: Box; leader: readonly ScreenPoint[] };
export type Sketch = { mark: PaneMark; figure: Figure; label: Label };

/** How a picture lies on the screen. `ratio`: device pixels per CSS pixel. */
export type Lie = { space: StackSpace; layout: Layout; ratio: number };

const HEAD_PX = 14;
const TICK_PX = 6;
const CROSS_PX = 9;
const ELLIPSE_CORNERS = 96;
/** On the picture; lists have it all. */
const MOST_LINES = 9;
const WIDEST_PX = 260;
const EDGE_PX = 8;
/** Where the slider of a stack lies. */
const SLIDER_PX = 52;
const SMALL_PX = 480;
const FEW_VALUES = 2;

export function screenOf({ space, layout, ratio }: Lie, place: Place): ScreenPoint | null {
  const point = imagePoint(space, place);
  return point && cssPoint(layout, ratio, point.u, point.v);
}

function cssPoint(layout: Layout, ratio: number, u: number, v: number): ScreenPoint {
  const { x, y } = screenPoint(layout, u, v);
  return { x: x / ratio, y: y / ratio };
}

/** The lines of a shape; null when a point of it does not belong to this picture's space. */
export function figureOf(lie: Lie, shape: Shape): Figure | null {
  const places = placesOf(shape);
  const points = places.flatMap((place) => screenOf(lie, place) ?? []);
  const [a, b, c, d] = points;
  if (points.length < places.length || !a) return null;
  const lines = (...drawn: Line[]): Figure => ({ lines: drawn, head: [], dots: [], points, anchor: points });
  switch (shape.kind) {
    case "text":
    case "pin":
      return { ...lines(), dots: [a] };
    case "probe":
      return lines(open([left(a), right(a)]), open([above(a), below(a)]));
    case "arrow":
      return b ? arrow(a, b) : null;
    case "length":
      return b ? lines(open([a, b]), tick(a, b), tick(b, a)) : null;
    case "angle":
      return lines(open(points));
    case "cobb":
      if (!b || !c || !d) return null;
      return lines(open([a, b]), open([c, d]), { ...open([between(a, b), between(c, d)]), dashed: true });
    case "bidirectional":
      return b && c && d
        ? lines(open([a, b]), open([c, d]), tick(a, b), tick(b, a), tick(c, d), tick(d, c))
        : null;
    case "ellipse": {
      if (!b || !c) return null;
      const outline = ellipse(a, b, c);
      return { ...lines(closed(outline)), anchor: outline };
    }
    case "rectangle": {
      const outline = rectangle(lie, shape.corner, shape.opposite);
      return { ...lines(closed(outline)), anchor: outline };
    }
    case "polygon":
      return lines(closed(points));
    case "freehand":
      // A line of hundreds of points is moved as a whole.
      return { ...lines(closed(points)), points: [] };
  }
}

/** The lines of a figure that is not whole yet. */
export function openFigureOf(lie: Lie, tool: FigureTool, places: readonly Place[]): Figure {
  const points = places.flatMap((place) => screenOf(lie, place) ?? []);
  const pairs = tool === "cobb" || tool === "bidirectional";
  const drawn = pairs ? [points.slice(0, 2), points.slice(2)] : [points];
  const lines = drawn.filter((line) => line.length > 1).map((line) => open(line));
  const dots = tool === "freehand" && points.length > 3 ? points.slice(0, 1) : points;
  const closing =
    isOutline(tool) && points.length > 2 ? [{ ...open([points.at(-1), points[0]]), dashed: true }] : [];
  return { lines: [...lines, ...closing], head: [], dots, points: [], anchor: points };
}

function open(points: readonly (ScreenPoint | undefined)[]): Line {
  return { points: points.flatMap((point) => point ?? []), closed: false, dashed: false };
}

function closed(points: readonly ScreenPoint[]): Line {
  return { points, closed: true, dashed: false };
}

function arrow(head: ScreenPoint, tail: ScreenPoint): Figure {
  const angle = Math.atan2(head.y - tail.y, head.x - tail.x);
  const wing = (turn: number) => ({
    x: head.x - HEAD_PX * Math.cos(angle + turn),
    y: head.y - HEAD_PX * Math.sin(angle + turn),
  });
  const neck = { x: head.x - 8 * Math.cos(angle), y: head.y - 8 * Math.sin(angle) };
  return {
    lines: [open([tail, neck])],
    head: [head, wing(0.42), wing(-0.42)],
    dots: [],
    points: [head, tail],
    anchor: [tail],
  };
}

/** A short stroke across the end of a line. */
function tick(end: ScreenPoint, other: ScreenPoint): Line {
  const length = Math.hypot(other.x - end.x, other.y - end.y) || 1;
  const [x, y] = [(-(other.y - end.y) / length) * TICK_PX, ((other.x - end.x) / length) * TICK_PX];
  return open([
    { x: end.x - x, y: end.y - y },
    { x: end.x + x, y: end.y + y },
  ]);
}

/** By two conjugate half diameters: right on every screen, however the picture lies on it. */
function ellipse(center: ScreenPoint, first: ScreenPoint, second: ScreenPoint): ScreenPoint[] {
  return Array.from({ length: ELLIPSE_CORNERS }, (_, corner) => {
    const turn = (2 * Math.PI * corner) / ELLIPSE_CORNERS;
    const [along, across] = [Math.cos(turn), Math.sin(turn)];
    return {
      x: center.x + along * (first.x - center.x) + across * (second.x - center.x),
      y: center.y + along * (first.y - center.y) + across * (second.y - center.y),
    };
  });
}

/** Its sides lie along the rows and columns of the picture. */
function rectangle({ space, layout, ratio }: Lie, corner: Place, opposite: Place): ScreenPoint[] {
  const [a, b] = [imagePoint(space, corner), imagePoint(space, opposite)];
  if (!a || !b) return [];
  const corners = [
    [a.u, a.v],
    [b.u, a.v],
    [b.u, b.v],
    [a.u, b.v],
  ] as const;
  return corners.map(([u, v]) => cssPoint(layout, ratio, u, v));
}

function between(a: ScreenPoint, b: ScreenPoint): ScreenPoint {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
const left = ({ x, y }: ScreenPoint) => ({ x: x - CROSS_PX, y });
const right = ({ x, y }: ScreenPoint) => ({ x: x + CROSS_PX, y });
const above = ({ x, y }: ScreenPoint) => ({ x, y: y - CROSS_PX });
const below = ({ x, y }: ScreenPoint) => ({ x, y: y + CROSS_PX });

/**
 * What stands beside a mark: its words or its values, and whose it is. `inPatient`: lengths here are true before the
 * server has measured them.
 */
export function labelOf(mark: PaneMark, inPatient: boolean): LabelLine[] {
  const name: LabelLine[] = mark.name ? [{ text: mark.name, style: "name" }] : [];
  const { shape, measured, unmeasurable } = mark;
  const said = (texts: readonly string[], style: LabelLine["style"]) =>
    texts.map((text) => ({ text, style }));
  switch (shape.kind) {
    case "text":
      return [...said([shape.text], "words"), ...name];
    case "pin":
      return [...said([`? ${shape.text}`], "words"), ...name];
    case "arrow":
      return [...said(shape.label ? [shape.label] : [], "value"), ...name];
    default:
      if (unmeasurable) return [...said([unmeasurable], "note"), ...name];
      if (!measured) return [...said(inPatient ? aboutLines(shape) : [], "value"), ...name];
      return [
        ...said(valueLines(measured, "picture"), "value"),
        ...said(remarkLines(measured), "note"),
        ...name,
      ];
  }
}

/** What the words of a figure stand beside. */
export function anchorBox({ anchor }: Figure): Box {
  return anchor.length > 0 ? boxAround(anchor) : { left: 0, top: 0, width: 0, height: 0 };
}

/** Where a label goes, in lines that fit into the picture. */
export function labelBeside(
  figure: Figure,
  lines: readonly LabelLine[],
  { layout, ratio, space }: Lie,
  inTheWay: InTheWay,
  widthOf: WidthOf,
): Label {
  const canvas: Size = { width: layout.canvas.width / ratio, height: layout.canvas.height / ratio };
  const rightEdge = space.frames > 1 ? SLIDER_PX : EDGE_PX;
  const area = {
    left: EDGE_PX,
    top: EDGE_PX,
    width: Math.max(0, canvas.width - EDGE_PX - rightEdge),
    height: Math.max(0, canvas.height - 2 * EDGE_PX),
  };
  // On a small picture what matters most; the list has all of it.
  const values = lines.filter(({ style }) => style === "value");
  const few = area.width < SMALL_PX ? lines.filter((line) => values.indexOf(line) < FEW_VALUES) : lines;
  const fitting = broken(few, Math.min(WIDEST_PX, area.width), MOST_LINES, widthOf);
  const around = anchorBox(figure);
  const box = beside(around, sizeOf(fitting, widthOf), area, inTheWay);
  return { lines: fitting, box, leader: leader(box, around) };
}

/** How far a point is from the lines of a figure. */
export function fromFigure({ lines, head }: Figure, at: ScreenPoint): number {
  const distances = lines.flatMap(({ points, closed }) =>
    points.map((point, index) => {
      const next = points[index + 1] ?? (closed ? points[0] : undefined);
      return next ? fromLine(at, point, next) : Infinity;
    }),
  );
  const tip = head.map((point, index) => fromLine(at, point, head[(index + 1) % head.length]));
  return Math.min(Infinity, ...distances, ...tip);
}
