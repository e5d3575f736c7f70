// The crosshair of a pane: lines where other planes cross this one, and the hands that put, move and turn them.
import {
  angleOf,
  type Crosshair,
  type CrossLine,
  centerOn,
  linesOf,
  stepOf,
  turnedBy,
} from "./crosshair-lines.ts";
import type { Drawn } from "./drawn.ts";
import type { Hands } from "./gestures.ts";
import { pointAt, type ScreenPoint } from "./layout.ts";
import { type PatientSpace, placeMovedBy, placeOf } from "./space.ts";
import { overlayIn, svg } from "./svg.ts";
import type { PaneEvents, Tool } from "./types.ts";

/** How near a pointer must be to take hold, in CSS pixels: targets are twice as wide. */
const REACH = 12;
const FINGER_REACH = 22;
const GAP = 20;
const HANDLE = 7;
const TURN_STEP = Math.PI / 36;
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Tools beside which the crosshair can be taken hold of: the others draw where they are put down. */
const BESIDE: readonly Tool[] = ["window", "pan", "zoom", "scroll", "crosshair", "laser"];

type Held = { kind: "center"; dx: number; dy: number } | { kind: "turn"; angle: number };
type Seen = {
  space: PatientSpace;
  drawn: Drawn;
  ratio: number;
  center: ScreenPoint | null;
  lines: CrossLine[];
};

export type CrosshairParts = {
  host: HTMLElement;
  events: Pick<PaneEvents, "onCrosshair" | "onCrosshairTurn">;
  tool(): Tool;
  /** Whether keys of a single sign do something. */
  single(): boolean;
  redraw(): void;
};

export class CrosshairLayer {
  #parts: CrosshairParts;
  #svg: SVGSVGElement;
  #listening = new AbortController();
  #cross: Crosshair | null = null;
  #seen: Seen | null = null;
  #held: Held | null = null;
  #finger = false;
  /** What the page has yet to be told, once in a frame. */
  #moved = false;
  #turned = 0;

  constructor(parts: CrosshairParts) {
    this.#parts = parts;
    this.#svg = overlayIn(parts.host);
    parts.host.addEventListener("keydown", (event) => this.#pressed(event), {
      signal: this.#listening.signal,
    });
  }

  set(cross: Crosshair | null): void {
    this.#cross = cross;
  }

  dispose(): void {
    this.#listening.abort();
    this.#svg.remove();
    delete this.#parts.host.dataset.grip;
  }

  /** `ratio`: device pixels per CSS pixel. */
  draw(drawn: Drawn | null, ratio: number): void {
    const space = drawn?.space;
    if (!drawn || space?.kind !== "patient" || drawn.refusal) {
      this.#seen = null;
      this.#svg.replaceChildren();
      return;
    }
    const cross = this.#cross;
    const center = cross && centerOn(space, drawn.layout, cross.at);
    const lines = cross ? linesOf(space, drawn.layout, cross, GAP * ratio) : [];
    this.#seen = { space, drawn, ratio, center, lines };
    this.#svg.replaceChildren(...lines.map((line) => drawnLine(line, ratio)));
  }

  /** Tells what the hand has done since the last frame. */
  tell(): void {
    const { events } = this.#parts;
    const [cross, turned] = [this.#cross, this.#turned];
    if (this.#moved && cross) events.onCrosshair(cross.at);
    if (turned !== 0) events.onCrosshairTurn(turned);
    this.#moved = false;
    this.#turned = 0;
  }

  /** The same hands, which take hold of the crosshair first. */
  inHands(hands: Hands): Hands {
    return {
      ...hands,
      tool: (touch) => {
        this.#finger = touch;
        return hands.tool(touch);
      },
      point: (at) => {
        if (!this.#held) this.#showGrip(at);
        hands.point(at);
      },
      hold: (at, tool) => {
        this.#held = this.#take(at, tool);
        return this.#held !== null || hands.hold(at, tool);
      },
      drag: (at) => (this.#held ? this.#drag(this.#held, at) : hands.drag(at)),
      release: (at) => {
        if (!this.#held) return hands.release(at);
        this.#drag(this.#held, at);
        this.#held = null;
      },
      letGo: () => {
        if (!this.#held) return hands.letGo();
        this.#held = null;
      },
    };
  }

  /** What lies under a point: the center, or a handle of a line. */
  #under(at: ScreenPoint): "center" | "turn" | null {
    const seen = this.#seen;
    if (!seen?.center) return null;
    const reach = (this.#finger ? FINGER_REACH : REACH) * seen.ratio;
    const there = device(at, seen.ratio);
    if (apart(there, seen.center) <= reach) return "center";
    const near = seen.lines.some(({ handles }) => handles.some((handle) => apart(there, handle) <= reach));
    return near ? "turn" : null;
  }

  #take(at: ScreenPoint, tool: Tool): Held | null {
    const seen = this.#seen;
    if (!seen || !BESIDE.includes(tool)) return null;
    const under = this.#under(at);
    const { center, ratio, space, drawn } = seen;
    if (center && under === "turn")
      return { kind: "turn", angle: angleOf(space, drawn.layout, center, device(at, ratio)) };
    if (center && under === "center")
      return { kind: "center", dx: center.x / ratio - at.x, dy: center.y / ratio - at.y };
    if (tool !== "crosshair") return null;
    this.#put(at);
    return { kind: "center", dx: 0, dy: 0 };
  }

  #drag(held: Held, at: ScreenPoint): void {
    const seen = this.#seen;
    if (!seen) return;
    if (held.kind === "center") {
      this.#put({ x: at.x + held.dx, y: at.y + held.dy });
      return;
    }
    if (!seen.center) return;
    const angle = angleOf(seen.space, seen.drawn.layout, seen.center, device(at, seen.ratio));
    this.#turned += turnedBy(held.angle, angle);
    this.#held = { kind: "turn", angle };
    this.#parts.redraw();
  }

  /** Puts it where the point of the picture is; drawn here before the page answers. */
  #put(at: ScreenPoint): void {
    const seen = this.#seen;
    if (!seen) return;
    const place = placeOf(seen.space, pointAt(seen.drawn.layout, device(at, seen.ratio)));
    if (place.kind === "patient") this.#moveTo(place);
  }

  #moveTo(at: Crosshair["at"]): void {
    this.#cross = { planes: this.#cross?.planes ?? [], at };
    this.#moved = true;
    this.#parts.redraw();
  }

  #showGrip(at: ScreenPoint | null): void {
    const under = at && BESIDE.includes(this.#parts.tool()) ? this.#under(at) : null;
    const { dataset } = this.#parts.host;
    if (under) dataset.grip = under;
    else delete dataset.grip;
  }

  /** With the crosshair in hand: Ctrl and an arrow move it by a pixel of the picture, [ and ] turn the planes. */
  #pressed(event: KeyboardEvent): void {
    const { host, tool, single } = this.#parts;
    const [seen, cross] = [this.#seen, this.#cross];
    if (event.target !== host || tool() !== "crosshair" || !seen || !cross || event.altKey || event.metaKey)
      return;
    const arrow = event.ctrlKey ? ARROWS[event.key] : undefined;
    const sense = event.ctrlKey || !single() ? 0 : event.key === "]" ? 1 : event.key === "[" ? -1 : 0;
    if (arrow) {
      const { columns, rows } = stepOf(seen.drawn.layout.turn, ...arrow);
      const place = placeMovedBy(seen.space, cross.at, columns, rows);
      if (place.kind === "patient") this.#moveTo(place);
    } else if (sense !== 0) {
      // Clockwise on the screen, also where the picture is mirrored.
      this.#turned += sense * TURN_STEP * (seen.drawn.layout.turn.mirrored ? -1 : 1);
      this.#parts.redraw();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function drawnLine({ key, color, segments, handles }: CrossLine, ratio: number): SVGElement {
  const group = svg("g", { class: "stage-cross", "data-plane": key });
  group.style.setProperty("--mark", color);
  for (const style of ["stage-cross-shadow", "stage-cross-line"]) {
    for (const [from, to] of segments) {
      const ends = { x1: from.x / ratio, y1: from.y / ratio, x2: to.x / ratio, y2: to.y / ratio };
      group.append(svg("line", { ...ends, class: style }));
    }
  }
  for (const { x, y } of handles) {
    group.append(svg("circle", { cx: x / ratio, cy: y / ratio, r: HANDLE, class: "stage-cross-handle" }));
  }
  return group;
}

function device(at: ScreenPoint, ratio: number): ScreenPoint {
  return { x: at.x * ratio, y: at.y * ratio };
}

function apart(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
