// Other people's pointers: color and name at a place in the patient; one that goes away fades.
import { type Layout, screenPoint } from "./layout.ts";
import { imagePoint, liesOn, type StackSpace } from "./space.ts";
import { outlined, overlayIn, svg } from "./svg.ts";
import type { PanePointer } from "./types.ts";

const FADE_MS = 500;

export class Pointers {
  #svg: SVGSVGElement;
  #pointers: readonly PanePointer[] = [];
  #shown = new Map<string, { group: SVGGElement; look: string }>();

  constructor(host: HTMLElement) {
    this.#svg = overlayIn(host);
  }

  set(pointers: readonly PanePointer[]): void {
    this.#pointers = pointers;
  }

  /**
   * Draws the pointers that lie on the shown frame, or on any while a film is playing: screens then differ by a frame
   * or two. `ratio`: device pixels per CSS pixel.
   */
  draw(space: StackSpace | null, layout: Layout | null, ratio: number, playing: boolean): void {
    const here = new Set<string>();
    for (const pointer of this.#pointers) {
      if (!space || !layout) continue;
      if (!playing && !liesOn(space, pointer.place, layout.center.frame)) continue;
      const point = imagePoint(space, pointer.place);
      if (!point) continue;
      const { x, y } = screenPoint(layout, point.u, point.v);
      here.add(pointer.key);
      this.#groupOf(pointer).setAttribute("transform", `translate(${x / ratio} ${y / ratio})`);
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

  #groupOf(pointer: PanePointer): SVGGElement {
    const look = `${pointer.color} ${pointer.name}`;
    const known = this.#shown.get(pointer.key);
    if (known?.look === look) return known.group;
    known?.group.remove();
    const group = svg(
      "g",
      { class: "stage-pointer", "data-pointer": pointer.key },
      svg("path", { d: "M0 0 L0 17 L4.5 13 L7.5 20 L10.5 18.7 L7.6 12 L13 11.5 Z", class: "stage-cursor" }),
      outlined(pointer.name, 15, 22),
    );
    group.style.setProperty("--mark", pointer.color);
    this.#svg.append(group);
    this.#shown.set(pointer.key, { group, look });
    return group;
  }
}
