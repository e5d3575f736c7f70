// Other people's pointers: color and name at a place in the patient; one that goes away fades.
import { dotOf } from "./laser.ts";
import { type Layout, screenPoint } from "./layout.ts";
import { imagePoint, liesOn, projected, type StackSpace } from "./space.ts";
import { outlined, overlayIn, svg } from "./svg.ts";
import type { PanePointer } from "./types.ts";

const FADE_MS = 500;
const RING = 7;

export class Pointers {
  #svg: SVGSVGElement;
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  #pointers: readonly PanePointer[] = [];
  #shown = new Map<string, { group: SVGGElement; look: string }>();

  constructor(host: HTMLElement) {
    this.#svg = overlayIn(host);
  }

  get all(): readonly PanePointer[] {
    return this.#pointers;
  }

  set(pointers: readonly PanePointer[]): void {
    this.#pointers = pointers;
  }

  /**
   * Draws the pointers that lie on the shown frame, or on any while a film is playing: screens then differ by a frame
   * or two. Those of the same patient on other planes are hollow, where they lie seen along the normal. `ratio`: device
   * pixels per CSS pixel.
   */
  draw(space: StackSpace | null, layout: Layout | null, ratio: number, playing: boolean): void {
    const here = new Set<string>();
    for (const pointer of this.#pointers) {
      if (!space || !layout) continue;
      const { frame } = layout.center;
      const point = playing ? imagePoint(space, pointer.place) : projected(space, pointer.place, frame);
      if (!point) continue;
      const { x, y } = screenPoint(layout, point.u, point.v);
      here.add(pointer.key);
      const group = this.#groupOf(pointer, playing || liesOn(space, pointer.place, frame));
      group.setAttribute("transform", `translate(${x / ratio} ${y / ratio})`);
    }
    for (const [key, { group }] of this.#shown) {
      if (here.has(key)) continue;
      this.#shown.delete(key);
      group.classList.add("stage-fading");
      setTimeout(() => group.remove(), FADE_MS);
    }
  }

  remove(): void {
    this.#svg.remove();
  }

  #groupOf(pointer: PanePointer, solid: boolean): SVGGElement {
    const kind = solid ? (pointer.laser ? "light" : "arrow") : "ring";
    const look = `${kind} ${pointer.color} ${pointer.name}`;
    const known = this.#shown.get(pointer.key);
    if (known?.look === look) return known.group;
    known?.group.remove();
    const group = svg(
      "g",
      { class: `stage-pointer stage-pointer-${kind}`, "data-pointer": pointer.key },
      ...this.#shape(kind, pointer.color),
      outlined(pointer.name, 15, 22),
    );
    group.style.setProperty("--mark", pointer.color);
    this.#svg.append(group);
    this.#shown.set(pointer.key, { group, look });
    return group;
  }

  #shape(kind: "light" | "arrow" | "ring", color: string): SVGElement[] {
    switch (kind) {
      case "light":
        return [dotOf({ x: 0, y: 0 }, color, this.#still.matches)];
      case "arrow":
        return [
          svg("path", {
            d: "M0 0 L0 17 L4.5 13 L7.5 20 L10.5 18.7 L7.6 12 L13 11.5 Z",
            class: "stage-cursor",
          }),
        ];
      case "ring":
        return ["stage-ring-shadow", "stage-ring"].map((style) => svg("circle", { r: RING, class: style }));
    }
  }
}
