// When somebody asks for the menu of a mark: a right click, a long press on the selected one, Shift+F10, the menu key.
import type { ScreenPoint } from "./layout.ts";
import type { Grip, Marks } from "./marks.ts";
import { apart } from "./outline.ts";

const STILL_PX = 6;
const LONG_PRESS_MS = 500;

type MenuPane = {
  host: HTMLElement;
  marks: Marks;
  /** Draws what is not drawn yet: a mark may have come a moment ago. */
  draw(): void;
  /** Ends what the hand was about to do. */
  stop(): void;
  /** `at`: on the page, in CSS pixels. */
  open(id: string, at: ScreenPoint): void;
  redraw(): void;
};

export class MarkMenu {
  #pane: MenuPane;
  #listening = new AbortController();
  #right: ScreenPoint | null = null;
  #finger: { at: ScreenPoint; timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(pane: MenuPane) {
    this.#pane = pane;
    const { host } = pane;
    const { signal } = this.#listening;
    const on = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void) =>
      host.addEventListener(name, act, { signal, capture: true });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#moved(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", () => this.#forget());
    on("keydown", (event) => this.#key(event));
  }

  dispose(): void {
    this.#forget();
    this.#listening.abort();
  }

  #down(event: PointerEvent): void {
    const more = this.#finger !== null;
    this.#forget();
    const at = { x: event.clientX, y: event.clientY };
    if (event.button === 2) this.#right = at;
    if (event.pointerType !== "touch" || more || !event.isPrimary) return;
    const grip = this.#under(at, true);
    if (!grip || grip.mark.id !== this.#pane.marks.selected) return;
    const timer = setTimeout(() => {
      this.#forget();
      this.#pane.stop();
      this.#open(grip, at);
    }, LONG_PRESS_MS);
    this.#finger = { at, timer };
  }

  #moved(event: PointerEvent): void {
    const at = { x: event.clientX, y: event.clientY };
    // A right drag zooms.
    if (this.#right && apart(at, this.#right) > STILL_PX) this.#right = null;
    if (this.#finger && apart(at, this.#finger.at) > STILL_PX) this.#forget();
  }

  #up(event: PointerEvent): void {
    const at = event.button === 2 ? this.#right : null;
    this.#forget();
    const grip = at && this.#under(at, false);
    if (grip && at) this.#open(grip, at);
  }

  #key(event: KeyboardEvent): void {
    const { host, marks } = this.#pane;
    const asked = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    if (!asked || event.target !== host) return;
    this.#pane.draw();
    const { left, top } = host.getBoundingClientRect();
    const cursor = marks.cursor && { x: marks.cursor.x + left, y: marks.cursor.y + top };
    const mark =
      (cursor && this.#under(cursor, false)?.mark) ?? (marks.selected && marks.mark(marks.selected));
    const box = mark && marks.boxOf(mark.id);
    if (!mark || !box) return;
    event.preventDefault();
    event.stopPropagation();
    this.#open({ mark, part: "whole" }, { x: left + box.left, y: top + box.top + box.height });
  }

  #under(at: ScreenPoint, byFinger: boolean): Grip | null {
    const { host, marks } = this.#pane;
    this.#pane.draw();
    const { left, top } = host.getBoundingClientRect();
    return marks.under({ x: at.x - left, y: at.y - top }, byFinger, () => true);
  }

  #open({ mark }: Grip, at: ScreenPoint): void {
    this.#pane.marks.selected = mark.id;
    this.#pane.open(mark.id, at);
    this.#pane.redraw();
  }

  #forget(): void {
    this.#right = null;
    clearTimeout(this.#finger?.timer);
    this.#finger = null;
  }
}
