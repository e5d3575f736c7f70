// Drawing without a drag: keys move a cursor over the focused picture, put points, take them back (WCAG 2.5.7).
import type { Drawing } from "./drawing.ts";
import type { ScreenPoint } from "./layout.ts";
import type { Marks } from "./marks.ts";
import { apart } from "./outline.ts";
import { clamp } from "./space.ts";
import { draws } from "./tools.ts";
import type { Tool } from "./types.ts";

const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** With Shift, in CSS pixels. */
const FAR = 10;

type KeyedPane = {
  host: HTMLElement;
  drawing: Drawing;
  marks: Marks;
  tool(): Tool;
  point(at: ScreenPoint): void;
  redraw(): void;
};

export class DrawingKeys {
  #pane: KeyedPane;
  #listening = new AbortController();
  /** Where the last point was put by keys. */
  #put: ScreenPoint | null = null;

  constructor(pane: KeyedPane) {
    this.#pane = pane;
    const { host } = pane;
    const { signal } = this.#listening;
    // Before the picture's other keys: with a tool in hand arrows do not page through the pictures.
    host.addEventListener(
      "keydown",
      (event) => {
        if (event.target !== host || !this.#pressed(event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        pane.redraw();
      },
      { signal, capture: true },
    );
  }

  dispose(): void {
    this.#listening.abort();
  }

  #pressed(event: KeyboardEvent): boolean {
    const { drawing, marks } = this.#pane;
    const tool = this.#pane.tool();
    if (event.ctrlKey || event.metaKey || event.altKey || !draws(tool)) return false;
    const step = STEPS[event.key];
    if (step) {
      this.#move(step, event.shiftKey ? FAR : 1);
      return true;
    }
    if (event.key === "Enter") {
      const at = marks.cursor;
      const again = at && this.#put && drawing.active && apart(at, this.#put) < 1;
      if ((!at || again) && drawing.close()) this.#put = null;
      else if (at) {
        this.#put = at;
        drawing.put(at, tool);
      } else this.#move([0, 0], 1);
      return true;
    }
    return event.key === "Backspace" && drawing.back();
  }

  #move([x, y]: readonly [number, number], far: number): void {
    const { host, marks, drawing } = this.#pane;
    const { clientWidth: width, clientHeight: height } = host;
    const from = marks.cursor ?? { x: Math.round(width / 2), y: Math.round(height / 2) };
    const at = { x: clamp(from.x + x * far, 0, width), y: clamp(from.y + y * far, 0, height) };
    marks.cursor = at;
    drawing.hover(at);
    this.#pane.point(at);
  }
}
