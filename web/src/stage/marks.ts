// Marks over the picture: everyone's figures with their values, the selected one, the one being drawn, the cursor.
import type { Place } from "../protocol.ts";
import { isSeen, type Part } from "./figures.ts";
import { type Box, FONTS, holds } from "./labels.ts";
import type { ScreenPoint } from "./layout.ts";
import { apart } from "./outline.ts";
import {
  anchorBox,
  type Figure,
  figureOf,
  fromFigure,
  type Label,
  type Lie,
  labelBeside,
  labelOf,
  openFigureOf,
  type Sketch,
  screenOf,
} from "./sketch.ts";
import { liesOn } from "./space.ts";
import { outlined, overlayIn, svg } from "./svg.ts";
import { textWidth } from "./text-width.ts";
import type { FigureTool } from "./tools.ts";
import type { PaneMark } from "./types.ts";

export type Grip = { mark: PaneMark; part: Part };

/** How near a pointer must be to take hold of a point, in CSS pixels: targets of 24, of 44 by finger (WCAG 2.5.8). */
const REACH_PX = 12;
const REACH_BY_FINGER_PX = 22;
const CURSOR_PX = 12;

export class Marks {
  selected: string | null = null;
  /** Replaces the mark of its id while that is dragged; a new one has the id "draft". */
  draft: PaneMark | null = null;
  /** A figure that has not all of its points yet. */
  open: { tool: FigureTool; places: readonly Place[] } | null = null;
  /** Where the keys would put a point, in CSS pixels. */
  cursor: ScreenPoint | null = null;
  #svg: SVGSVGElement;
  #marks: readonly PaneMark[] = [];
  #lie: Lie | null = null;
  #sketches: Sketch[] = [];

  constructor(host: HTMLElement) {
    this.#svg = overlayIn(host);
  }

  set(marks: readonly PaneMark[]): void {
    this.#marks = marks;
    if (!marks.some((mark) => mark.id === this.selected)) this.selected = null;
  }

  /**
   * Draws the marks of the frame that is shown. `inPatient`: lengths here are true before the server has measured
   * them.
   */
  draw(lie: Lie | null, inPatient: boolean): void {
    this.#lie = lie;
    this.#sketches = lie ? this.#sketched(lie, inPatient) : [];
    const groups: SVGElement[] = this.#sketches.map((sketch) => this.#drawn(sketch));
    if (lie && this.open) groups.push(openGroup(openFigureOf(lie, this.open.tool, this.open.places)));
    if (lie && this.cursor) groups.push(cursorGroup(this.cursor));
    this.#svg.replaceChildren(...groups);
  }

  /** What lies on the picture as it is drawn now, without what is only being drawn. */
  kept(): readonly Sketch[] {
    return this.#sketches.filter(({ mark }) => mark.id !== "draft");
  }

  mark(id: string): PaneMark | null {
    return this.#marks.find((mark) => mark.id === id) ?? null;
  }

  /** Where the words of a mark stand, in CSS pixels; null: it is not on this picture. */
  boxOf(id: string): Box | null {
    return this.#sketches.find(({ mark }) => mark.id === id)?.label.box ?? null;
  }

  /** Where a place lies on the screen now. */
  screen(place: Place): ScreenPoint | null {
    return this.#lie && screenOf(this.#lie, place);
  }

  /** The mark under a point (CSS pixels), the selected first, then the topmost; null: none that `may` be meant. */
  under(at: ScreenPoint, byFinger: boolean, may: (mark: PaneMark) => boolean): Grip | null {
    const reach = byFinger ? REACH_BY_FINGER_PX : REACH_PX;
    const inOrder = [...this.#sketches]
      .filter(({ mark }) => mark.id !== "draft" && may(mark))
      .sort((a, b) => Number(a.mark.id === this.selected) - Number(b.mark.id === this.selected))
      .reverse();
    for (const { mark, figure } of inOrder) {
      const part = figure.points.findIndex((point) => apart(point, at) <= reach);
      if (part >= 0 && figure.points.length > 1) return { mark, part };
    }
    for (const { mark, figure, label } of inOrder) {
      const near =
        fromFigure(figure, at) <= reach / 1.5 || figure.points.some((point) => apart(point, at) <= reach);
      if (near || (label.lines.length > 0 && holds(label.box, at, 4))) return { mark, part: "whole" };
    }
    return null;
  }

  remove(): void {
    this.#svg.remove();
  }

  #sketched(lie: Lie, inPatient: boolean): Sketch[] {
    const { draft } = this;
    const marks = this.#marks.filter((mark) => mark.id !== draft?.id);
    const frame = lie.layout.center.frame;
    const drawn = (draft ? [...marks, draft] : marks).flatMap((mark) => {
      const here = isSeen(mark.shape, (place) => liesOn(lie.space, place, frame));
      const figure = here ? figureOf(lie, mark.shape) : null;
      return figure ? [{ mark, figure, around: anchorBox(figure) }] : [];
    });
    const labels: Box[] = [];
    return drawn.map(({ mark, figure, around }) => {
      const figures = drawn.flatMap((other) => (other.around === around ? [] : [other.around]));
      const label = labelBeside(figure, labelOf(mark, inPatient), lie, { labels, figures }, textWidth);
      labels.push(label.box);
      return { mark, figure, label };
    });
  }

  #drawn({ mark, figure, label }: Sketch): SVGElement {
    const selected = mark.id === this.selected;
    const classes = ["stage-mark", mark.pending ? "stage-pending" : "", selected ? "stage-selected" : ""];
    const group = svg("g", { class: classes.filter(Boolean).join(" "), "data-mark": mark.id });
    group.style.setProperty("--mark", mark.color);
    group.append(...strokes(figure), ...written(label));
    if (selected && mark.own) group.append(...figure.points.map(grip));
    return group;
  }
}

function openGroup(figure: Figure): SVGElement {
  const group = svg("g", { class: "stage-open" });
  group.style.setProperty("--mark", "#ffffff");
  group.append(...strokes(figure));
  return group;
}

/** All dark edges lie under all colored lines. */
function strokes({ lines, head, dots }: Figure): SVGElement[] {
  const paths = lines.map(({ points, closed, dashed }) => {
    const way = points.map(({ x, y }) => `${x} ${y}`).join(" L");
    return { d: `M${way}${closed ? " Z" : ""}`, dashed };
  });
  const triangle = { points: head.map(({ x, y }) => `${x},${y}`).join(" ") };
  const heads = (name: string) => (head.length > 0 ? [svg("polygon", { ...triangle, class: name })] : []);
  return [
    ...paths.map(({ d }) => svg("path", { d, class: "stage-shadow" })),
    ...heads("stage-shadow"),
    ...paths.map(({ d, dashed }) =>
      svg("path", { d, class: dashed ? "stage-line stage-dashed" : "stage-line" }),
    ),
    ...heads("stage-head"),
    ...dots.map(({ x, y }) => svg("circle", { cx: x, cy: y, r: 3.5, class: "stage-dot" })),
  ];
}

const CLASSES = {
  words: "stage-text",
  value: "stage-value",
  note: "stage-note",
  name: "stage-name",
} as const;

function written({ lines, box, leader }: Label): SVGElement[] {
  let bottom = box.top;
  const texts = lines.map(({ text, style }) => {
    bottom += FONTS[style].line;
    return outlined(text, box.left, bottom - 4, CLASSES[style]);
  });
  const [from, to] = leader;
  if (!from || !to || lines.length === 0) return texts;
  return [svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "stage-leader" }), ...texts];
}

function grip({ x, y }: ScreenPoint): SVGElement {
  return svg("circle", { cx: x, cy: y, r: 6, class: "stage-grip" });
}

function cursorGroup({ x, y }: ScreenPoint): SVGElement {
  const cross = `M${x - CURSOR_PX} ${y} H${x + CURSOR_PX} M${x} ${y - CURSOR_PX} V${y + CURSOR_PX}`;
  const group = svg("g", { class: "stage-key-cursor" });
  group.append(
    svg("path", { d: cross, class: "stage-shadow" }),
    svg("path", { d: cross, class: "stage-line" }),
  );
  return group;
}
