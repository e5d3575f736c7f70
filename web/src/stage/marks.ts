// Marks over the picture: arrows and texts with their authors, the selected one, and the one being drawn.
import type { Place } from "../protocol.ts";
import { type Layout, type ScreenPoint, screenPoint } from "./layout.ts";
import { imagePoint, liesOn, placeMovedBy, type StackSpace } from "./space.ts";
import { outlined, overlayIn, svg } from "./svg.ts";
import type { DrawnShape, PaneMark } from "./types.ts";

export type MarkPart = "head" | "tail" | "whole";
export type Grip = { mark: PaneMark; part: MarkPart };

/** How near a pointer must be to take hold of a mark, in CSS pixels. */
const REACH = 14;
const HEAD = 14;

export class Marks {
  selected: string | null = null;
  /** Replaces the mark of its id while that is dragged; a new one has the id "draft". */
  draft: PaneMark | null = null;
  #svg: SVGSVGElement;
  #marks: readonly PaneMark[] = [];
  #onScreen: { mark: PaneMark; points: ScreenPoint[] }[] = [];

  constructor(host: HTMLElement) {
    this.#svg = overlayIn(host);
  }

  set(marks: readonly PaneMark[]): void {
    this.#marks = marks;
    if (!marks.some((mark) => mark.id === this.selected && mark.removable)) this.selected = null;
  }

  /** Draws the marks of the frame that is shown. `ratio`: device pixels per CSS pixel. */
  draw(space: StackSpace | null, layout: Layout | null, ratio: number): void {
    this.#onScreen = [];
    if (!space || !layout) {
      this.#svg.replaceChildren();
      return;
    }
    const draft = this.draft;
    const marks = this.#marks.filter((mark) => mark.id !== draft?.id);
    const frame = layout.center.frame;
    const groups: SVGElement[] = [];
    for (const mark of draft ? [...marks, draft] : marks) {
      const places = placesOf(mark.shape);
      if (!places[0] || !liesOn(space, places[0], frame)) continue;
      const points = places.flatMap((place) => onScreen(space, layout, place, ratio));
      if (points.length < places.length) continue;
      this.#onScreen.push({ mark, points });
      groups.push(drawn(mark, points, mark.id === this.selected));
    }
    this.#svg.replaceChildren(...groups);
  }

  /** The mark under a point that may be removed (CSS pixels), the topmost first. */
  under(at: ScreenPoint): Grip | null {
    for (const { mark, points } of [...this.#onScreen].reverse()) {
      if (!mark.removable) continue;
      const [head, tail] = points;
      if (!head) continue;
      if (mark.shape.kind !== "arrow") {
        const width = Math.max(24, mark.shape.text.length * 9);
        const inside = at.x > head.x - 6 && at.x < head.x + width && Math.abs(at.y - head.y) < REACH;
        if (inside) return { mark, part: "whole" };
      } else if (tail) {
        if (apart(at, head) < REACH) return { mark, part: "head" };
        if (apart(at, tail) < REACH) return { mark, part: "tail" };
        if (fromLine(at, head, tail) < REACH / 2) return { mark, part: "whole" };
      }
    }
    return null;
  }

  remove(): void {
    this.#svg.remove();
  }
}

/** The first place decides on which frame a mark is shown. */
function placesOf(shape: DrawnShape): Place[] {
  return shape.kind === "arrow" ? [shape.head, shape.tail] : [shape.at];
}

/** The shape with one part, or all of it, moved by columns and rows. */
export function movedShape(
  space: StackSpace,
  shape: DrawnShape,
  part: MarkPart,
  by: { u: number; v: number },
): DrawnShape {
  const moved = (place: Place) => placeMovedBy(space, place, by.u, by.v);
  if (shape.kind !== "arrow") return { ...shape, at: moved(shape.at) };
  return {
    ...shape,
    head: part === "tail" ? shape.head : moved(shape.head),
    tail: part === "head" ? shape.tail : moved(shape.tail),
  };
}

function onScreen(space: StackSpace, layout: Layout, place: Place, ratio: number): ScreenPoint[] {
  const point = imagePoint(space, place);
  if (!point) return [];
  const { x, y } = screenPoint(layout, point.u, point.v);
  return [{ x: x / ratio, y: y / ratio }];
}

function drawn(mark: PaneMark, points: readonly ScreenPoint[], selected: boolean): SVGElement {
  const classes = ["stage-mark", mark.pending ? "stage-pending" : "", selected ? "stage-selected" : ""];
  const group = svg("g", { class: classes.filter(Boolean).join(" "), "data-mark": mark.id });
  group.style.setProperty("--mark", mark.color);
  const [head, tail] = points;
  if (!head) return group;
  if (mark.shape.kind !== "arrow") {
    const text = mark.shape.kind === "pin" ? `? ${mark.shape.text}` : mark.shape.text;
    group.append(outlined(text, head.x, head.y + 5, "stage-text"));
    group.append(outlined(mark.name, head.x, head.y + 20));
    if (selected && mark.own) group.append(grip(head));
    return group;
  }
  if (!tail) return group;
  const angle = Math.atan2(head.y - tail.y, head.x - tail.x);
  const wing = (turn: number) => {
    const x = head.x - HEAD * Math.cos(angle + turn);
    const y = head.y - HEAD * Math.sin(angle + turn);
    return `${x},${y}`;
  };
  const line = { x1: tail.x, y1: tail.y, x2: head.x - 8 * Math.cos(angle), y2: head.y - 8 * Math.sin(angle) };
  const triangle = { points: `${head.x},${head.y} ${wing(0.42)} ${wing(-0.42)}` };
  group.append(
    svg("line", { ...line, class: "stage-shadow" }),
    svg("polygon", { ...triangle, class: "stage-shadow" }),
    svg("line", { ...line, class: "stage-line" }),
    svg("polygon", { ...triangle, class: "stage-head" }),
  );
  const below = tail.y > head.y ? 16 : -8;
  const words = mark.shape.label ? `${mark.shape.label} (${mark.name})` : mark.name;
  group.append(outlined(words, tail.x + 4, tail.y + below));
  if (selected && mark.own) group.append(grip(head), grip(tail));
  return group;
}

function grip(at: ScreenPoint): SVGElement {
  return svg("circle", { cx: at.x, cy: at.y, r: 6, class: "stage-grip" });
}

function apart(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function fromLine(at: ScreenPoint, a: ScreenPoint, b: ScreenPoint): number {
  const length = apart(a, b) ** 2;
  if (length === 0) return apart(at, a);
  const part = ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / length;
  const t = Math.min(1, Math.max(0, part));
  return apart(at, { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
}
