// The words on the picture: slice, window, zoom, orientation letters, scale bar, and what is not perfect about it.
// They always describe the picture that is drawn, not the one that is asked for.
import type { StackInfo } from "../protocol.ts";
import { scaleBar, sideLetters } from "./bearings.ts";
import type { StackSpace } from "./geometry.ts";
import type { Drawn } from "./picture.ts";

type Corner = "left" | "right" | "top" | "bottom" | "slice" | "window" | "state" | "message" | "bar";
const CORNERS: readonly Corner[] = [
  "left",
  "right",
  "top",
  "bottom",
  "slice",
  "window",
  "state",
  "message",
  "bar",
];

export type Note = "no-webgl" | "no-values" | null;

export class CornerText {
  #root: HTMLElement;
  #parts: Record<Corner, HTMLElement>;

  constructor(host: HTMLElement) {
    this.#root = document.createElement("div");
    this.#root.className = "stage-corners";
    this.#root.setAttribute("aria-hidden", "true");
    const parts = CORNERS.map((corner) => {
      const element = document.createElement("span");
      element.className = `stage-corner stage-${corner}`;
      this.#root.append(element);
      return [corner, element] as const;
    });
    this.#parts = Object.fromEntries(parts) as Record<Corner, HTMLElement>;
    host.append(this.#root);
  }

  /** `ratio`: device pixels per CSS pixel. */
  draw(
    space: StackSpace | null,
    info: StackInfo | null,
    drawn: Drawn | null,
    note: Note,
    ratio: number,
  ): void {
    this.#root.hidden = !space || !info || !drawn;
    if (!space || !info || !drawn) return;
    const { layout, look } = drawn;
    const letters = sideLetters(space);
    this.#say("left", letters?.left ?? "");
    this.#say("right", letters?.right ?? "");
    this.#say("top", letters?.top ?? "");
    this.#say("bottom", letters?.bottom ?? "");
    this.#say("slice", `${layout.center.frame + 1} / ${info.frames}`);
    const { width, center, function: kind } = look.window;
    const curve = kind === "LINEAR" ? "" : ` ${kind.toLowerCase().replace("_", " ")}`;
    const zoom = Math.round((layout.perColumn / ratio) * 100);
    this.#say("window", `W ${short(width)} C ${short(center)}${curve} · ${zoom} %`);
    this.#say("state", stateWords(drawn, note, info.lossy));
    this.#say("message", drawn.refusal ?? (drawn.quality === "none" ? "Loading …" : ""));
    const bar = scaleBar(space, layout);
    this.#say("bar", bar ? lengthWords(bar.mm) : "");
    this.#parts.bar.style.width = bar ? `${bar.pixels / ratio}px` : "";
  }

  remove(): void {
    this.#root.remove();
  }

  #say(corner: Corner, words: string): void {
    const element = this.#parts[corner];
    if (element.textContent !== words) element.textContent = words;
    element.hidden = words === "";
  }
}

function stateWords(drawn: Drawn, note: Note, lossy: boolean): string {
  if (drawn.quality !== "preview") return lossy ? "Lossy original" : "";
  if (!drawn.final) return "Preview";
  return note === "no-webgl" ? "Lossy preview: this browser has no WebGL2" : "Lossy preview";
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function lengthWords(mm: number): string {
  return mm >= 10 ? `${mm / 10} cm` : `${Number(mm.toPrecision(1))} mm`;
}
