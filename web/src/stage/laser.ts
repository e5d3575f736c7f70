// Laser pointers: the light's trail, which fades within a second; one's own light as well.

import type { Place } from "../protocol.ts";
import { type Layout, screenPoint } from "./layout.ts";
import { liesOn, projected, type StackSpace } from "./space.ts";
import { overlayIn, svg } from "./svg.ts";

const FADE_MS = 900;
const OWN = "own light";
const OWN_COLOR = "#ff4d4d";
const WIDTH = 5;
const DOT = 6;
/** Without a trail, a light is found by its size. */
const LONE_DOT = 11;

type Spot = { place: Place; since: number };
type Light = { color: string; spots: Spot[] };
type Lie = { space: StackSpace; layout: Layout; ratio: number };

/** What of a trail still glows at a time, each spot with how bright it is, the newest last. */
export function glowing(spots: readonly Spot[], now: number): { place: Place; light: number }[] {
  return spots
    .map(({ place, since }) => ({ place, light: 1 - (now - since) / FADE_MS }))
    .filter(({ light }) => light > 0);
}

export class Lasers {
  #svg: SVGSVGElement;
  #lights = new Map<string, Light>();
  #lie: Lie | null = null;
  #own: Place | null = null;
  #frame = 0;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(host: HTMLElement) {
    this.#svg = overlayIn(host);
  }

  /** One's own light; null: it is out. */
  shine(place: Place | null): void {
    this.#own = place;
    if (place) this.#spot(OWN, OWN_COLOR, place);
    this.#soon();
  }

  /** Somebody else's light has come to a place. */
  spot(key: string, color: string, place: Place): void {
    this.#spot(key, color, place);
    this.#soon();
  }

  /** The picture under the lights has changed, or gone. */
  lie(lie: Lie | null): void {
    this.#lie = lie;
    if (this.#lights.size > 0 || this.#own) this.#soon();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#svg.remove();
  }

  #spot(key: string, color: string, place: Place): void {
    const light = this.#lights.get(key) ?? { color, spots: [] };
    const last = light.spots.at(-1);
    if (last && JSON.stringify(last.place) === JSON.stringify(place)) return;
    light.color = color;
    light.spots.push({ place, since: performance.now() });
    this.#lights.set(key, light);
  }

  #soon(): void {
    if (!this.#frame) this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #draw(now: number): void {
    this.#frame = 0;
    const lines: SVGElement[] = [];
    for (const [key, light] of this.#lights) {
      const spots = glowing(light.spots, now);
      light.spots = light.spots.slice(light.spots.length - spots.length);
      if (spots.length === 0) this.#lights.delete(key);
      else if (!this.#still.matches) lines.push(...this.#trail(spots, light.color));
    }
    const own = this.#own && this.#point(this.#own);
    if (own) lines.push(dotOf(own, OWN_COLOR, this.#still.matches));
    this.#svg.replaceChildren(...lines);
    if (this.#lights.size > 0) this.#soon();
  }

  #trail(spots: readonly { place: Place; light: number }[], color: string): SVGElement[] {
    return spots.slice(1).flatMap(({ place, light }, index) => {
      const before = spots[index];
      const from = before && this.#point(before.place);
      const to = this.#point(place);
      if (!from || !to) return [];
      const line = svg("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: "stage-trail" });
      line.setAttribute("stroke-width", String(WIDTH * light));
      line.setAttribute("opacity", String(light));
      line.style.setProperty("--mark", color);
      return [line];
    });
  }

  /** In CSS pixels; null where it is not on this picture. */
  #point(place: Place): { x: number; y: number } | null {
    if (!this.#lie) return null;
    const { space, layout, ratio } = this.#lie;
    const { frame } = layout.center;
    const point = liesOn(space, place, frame) ? projected(space, place, frame) : null;
    if (!point) return null;
    const { x, y } = screenPoint(layout, point.u, point.v);
    return { x: x / ratio, y: y / ratio };
  }
}

/** A light at its place; `lone`: without a trail. */
export function dotOf(at: { x: number; y: number }, color: string, lone: boolean): SVGElement {
  const dot = svg("circle", { cx: at.x, cy: at.y, r: lone ? LONE_DOT : DOT, class: "stage-light" });
  dot.style.setProperty("--mark", color);
  return dot;
}
