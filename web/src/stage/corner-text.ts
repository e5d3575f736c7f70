// The words on the picture: slice, window, zoom, orientation letters, scale bar, and what is not perfect about it.
// They always describe the picture that is drawn, not the one that is asked for.
import type { StackInfo } from "../protocol.ts";
import { words } from "../words.ts";
import { depthOf, scaleBar, sideLetters } from "./bearings.ts";
import type { Drawn } from "./drawn.ts";
import { plainSides, plainState } from "./plain-text.ts";
import type { StackSpace } from "./space.ts";
import type { ShownPicture } from "./types.ts";
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
  draw(
    space: StackSpace | null,
    shown: ShownPicture | null,
    drawn: Drawn | null,
    note: Note,
    ratio: number,
  ): void {
    this.#root.hidden = !space || !shown || !drawn;
    if (!space || !shown || !drawn) return;
    const { layout, look } = drawn;
    const { info, title } = shown;
    const letters = this.plain ? plainSides(sideLetters(space)) : sideLetters(space);
    this.#say("left", letters?.left ?? "");
    this.#say("right", letters?.right ?? "");
    this.#say("top", letters?.top ?? "");
    this.#say("bottom", letters?.bottom ?? "");
    this.#say("title", this.plain ? "" : title);
    this.#say("slice", this.plain ? "" : sliceWords(space, info, layout.center.frame));
    const zoom = words.stage.zoom(Math.round((layout.perColumn / ratio) * 100));
    this.#say("window", this.plain ? "" : `${windowCorner(info, look.window)} · ${zoom}`);
    this.#say(
      "state",
      this.plain ? plainState(drawn, note, info.lossy) : stateWords(drawn, note, info.lossy),
    );
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

/** Which picture, how far from the origin toward where, and how far from the next one. */
function sliceWords(space: StackSpace, info: StackInfo, frame: number): string {
  const parts = [words.stage.slice(frame, info.frames)];
  const depth = depthOf(space, frame);
  if (depth) parts.push(words.stage.depth(depth.letters, depth.mm.toFixed(1)));
  if (info.slice_spacing_mm !== null) parts.push(words.stage.apart(short(info.slice_spacing_mm)));
  return parts.join(" · ");
}

function stateWords(drawn: Drawn, note: Note, lossy: boolean): string {
  const hidden = note === "no-overlays" ? words.stage.overlaysHidden : "";
  return [qualityWords(drawn, note, lossy), hidden].filter(Boolean).join(" · ");
}

function qualityWords(drawn: Drawn, note: Note, lossy: boolean): string {
  if (drawn.quality !== "preview") return lossy ? words.stage.lossyOriginal : "";
  if (!drawn.final) return words.stage.preview;
  return note === "no-webgl" ? words.stage.noWebgl : words.stage.lossyPreview;
}
