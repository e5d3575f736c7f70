// The words on the picture: slice, window, zoom, orientation letters, scale bar, and what is not perfect about it.
// They always describe the picture that is drawn, not the one that is asked for.
import { words } from "../words.ts";
import { depthOf, scaleBar, sideLetters } from "./bearings.ts";
import type { Drawn } from "./drawn.ts";
import { plainSides, plainState } from "./plain-text.ts";
import { slabWords } from "./slab.ts";
import { short, windowCorner } from "./window-words.ts";

const CORNERS = [
  "left",
  "right",
  "top",
  "bottom",
  "title",
  "slice",
  "window",
  "state",
  "message",
  "bar",
  "calibration",
] as const;
type Corner = (typeof CORNERS)[number];

export type Note = "no-webgl" | "no-values" | "no-overlays" | null;

export class CornerText {
  /** Without numbers, in plain words. */
  plain = false;
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
  draw(drawn: Drawn | null, note: Note, ratio: number): void {
    this.#root.hidden = !drawn;
    if (!drawn) return;
    const { space, shown, layout, look } = drawn;
    const { info, title } = shown;
    const sides = sideLetters(space, layout.turn);
    const letters = this.plain ? plainSides(sides) : sides;
    this.#say("left", letters?.left ?? "");
    this.#say("right", letters?.right ?? "");
    this.#say("top", letters?.top ?? "");
    this.#say("bottom", letters?.bottom ?? "");
    this.#say("title", this.plain ? "" : title);
    this.#say("slice", this.plain ? "" : sliceWords(drawn));
    const zoom = words.stage.zoom(Math.round((layout.perColumn / ratio) * 100));
    this.#say("window", this.plain ? "" : `${windowCorner(info, look.window)} · ${zoom}`);
    this.#say("state", this.plain ? plainState(drawn, note, info.lossy) : stateWords(drawn, note));
    const refusal = drawn.refusal && this.plain ? words.stage.plain.cannotBeShown : drawn.refusal;
    this.#say("message", refusal ?? (drawn.quality === "none" ? words.stage.loading : ""));
    const bar = this.plain ? null : scaleBar(info, layout);
    this.#say("bar", bar ? words.stage.length(bar.mm) : "");
    this.#say("calibration", bar ? words.stage.calibrations[info.calibration] : "");
    this.#parts.bar.style.width = bar ? `${bar.pixels / ratio}px` : "";
  }

  remove(): void {
    this.#root.remove();
  }

  #say(corner: Corner, text: string): void {
    const element = this.#parts[corner];
    if (element.textContent !== text) element.textContent = text;
    element.hidden = text === "";
  }
}

/** Which picture, how far from the origin toward where, how far from the next one, and how thick. */
function sliceWords({ space, shown, layout, look }: Drawn): string {
  const { info, mode } = shown;
  const { frame } = layout.center;
  const parts = [words.stage.slice(frame, info.frames)];
  if (mode !== "stack") parts.unshift(words.stage.planes[mode]);
  const depth = depthOf(space, frame);
  if (depth) parts.push(words.stage.depth(depth.letters, depth.mm.toFixed(1)));
  if (info.slice_spacing_mm !== null) parts.push(words.stage.apart(short(info.slice_spacing_mm)));
  if (look.slab) parts.push(slabWords(look.slab));
  return parts.join(" · ");
}

function stateWords(drawn: Drawn, note: Note): string {
  const { info, mode } = drawn.shown;
  const hidden = note === "no-overlays" ? words.stage.overlaysHidden : "";
  const planes = mode === "stack" ? "" : info.mpr_note;
  return [qualityWords(drawn, note, info.lossy), hidden, planes].filter(Boolean).join(" · ");
}

function qualityWords(drawn: Drawn, note: Note, lossy: boolean): string {
  if (drawn.quality !== "preview") return lossy ? words.stage.lossyOriginal : "";
  if (!drawn.final) return words.stage.preview;
  return note === "no-webgl" ? words.stage.noWebgl : words.stage.lossyPreview;
}
