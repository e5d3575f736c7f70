// Mouse, pen, touch and wheel: what hands do to the picture, in CSS pixels from its upper left corner.
import type { ScreenPoint } from "./layout.ts";
import { draws } from "./tools.ts";
import type { Tool } from "./types.ts";

/** What the hands can do. `down`, `move` and `up` belong to drawing and to marks. */
export type Hands = {
  tool(touch: boolean): Tool;
  /** Space is held: the left button pans. */
  panning(): boolean;
  scroll(frames: number): void;
  /** How many CSS pixels of a drag are one slice. */
  pixelsPerSlice(): number;
  pan(dx: number, dy: number): void;
  zoom(factor: number, anchor: ScreenPoint): void;
  windowFrom(): void;
  window(dx: number, dy: number): void;
  fit(): void;
  maximize(): void;
  point(at: ScreenPoint | null): void;
  /** Takes hold of an own mark under the point, or starts to draw with the tool; false: nothing to hold. */
  hold(at: ScreenPoint, tool: Tool): boolean;
  drag(at: ScreenPoint): void;
  release(at: ScreenPoint): void;
  letGo(): void;
};

type Doing = "window" | "pan" | "zoom" | "scroll" | "hold" | "point" | "wait";
type Finger = { x: number; y: number };
type Drag = { id: number; doing: Doing; from: ScreenPoint; last: ScreenPoint; tool: Tool; scrolled: number };

const TAP_PX = 8;
const TAP_MS = 300;
const LONG_PRESS_MS = 450;
const NOTCH_PX = 40;
const CLICK_ZOOM = 1.25;

export class Gestures {
  #host: HTMLElement;
  #hands: Hands;
  #listening = new AbortController();
  #drag: Drag | null = null;
  #fingers = new Map<number, Finger>();
  /** Whether the last press was a finger's: a double tap is told as a double click too. */
  #byFinger = false;
  #wheel = 0;
  #tap = { at: 0, x: 0, y: 0 };
  /** Whether the last press drew, or took hold of a mark. */
  #held = false;
  #longPress: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, hands: Hands) {
    this.#host = host;
    this.#hands = hands;
    const on = <K extends keyof HTMLElementEventMap>(name: K, act: (event: HTMLElementEventMap[K]) => void) =>
      host.addEventListener(name, act, { signal: this.#listening.signal, passive: false });
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", (event) => this.#cancel(event));
    on("pointerleave", (event) => {
      if (event.pointerType !== "touch" && !this.#drag) hands.point(null);
    });
    on("wheel", (event) => this.#turn(event));
    on("dblclick", (event) => {
      const drew = this.#held || this.#toolDoes(hands.tool(false)) === "hold";
      if (event.button === 0 && !this.#byFinger && !drew && !clicks(hands.tool(false))) hands.maximize();
    });
    on("contextmenu", (event) => event.preventDefault());
    // The middle button must not start the browser's own scrolling.
    on("mousedown", (event) => {
      if (event.button === 1) event.preventDefault();
    });
  }

  /** Ends whatever is going on without finishing it. */
  stop(): void {
    clearTimeout(this.#longPress);
    if (this.#drag?.doing === "hold") this.#hands.letGo();
    if (this.#drag?.doing === "point" || this.#fingers.size > 0) this.#hands.point(null);
    this.#drag = null;
  }

  dispose(): void {
    this.stop();
    this.#listening.abort();
  }

  #at(event: MouseEvent): ScreenPoint {
    const box = this.#host.getBoundingClientRect();
    return {
      x: event.clientX - box.left - this.#host.clientLeft,
      y: event.clientY - box.top - this.#host.clientTop,
    };
  }

  #down(event: PointerEvent): void {
    this.#host.focus({ preventScroll: true });
    const at = this.#at(event);
    this.#capture(event.pointerId);
    this.#byFinger = event.pointerType === "touch";
    if (event.pointerType === "touch") {
      this.#touch(event, at);
      return;
    }
    if (this.#drag) return;
    const doing = this.#mouseDoes(event, at);
    this.#held = doing === "hold";
    if (doing) this.#begin(event.pointerId, doing, at, this.#hands.tool(false));
  }

  #mouseDoes(event: PointerEvent, at: ScreenPoint): Doing | null {
    if (event.button === 1) return "pan";
    if (event.button === 2) return "zoom";
    if (event.button !== 0) return null;
    if (this.#hands.panning()) return "pan";
    const tool = this.#hands.tool(false);
    return this.#hands.hold(at, tool) ? "hold" : this.#toolDoes(tool);
  }

  #toolDoes(tool: Tool): Doing {
    if (tool === "laser") return "point";
    return draws(tool) || tool === "crosshair" ? "hold" : tool;
  }

  #begin(id: number, doing: Doing, at: ScreenPoint, tool: Tool): void {
    this.#drag = { id, doing, from: at, last: at, tool, scrolled: 0 };
    if (doing === "window") this.#hands.windowFrom();
  }

  #touch(event: PointerEvent, at: ScreenPoint): void {
    this.#fingers.set(event.pointerId, at);
    clearTimeout(this.#longPress);
    if (this.#fingers.size !== 1) {
      this.stop();
      return;
    }
    const tool = this.#hands.tool(true);
    const held = this.#hands.hold(at, tool);
    this.#begin(event.pointerId, held ? "hold" : "wait", at, tool);
    if (held) return;
    this.#longPress = setTimeout(() => {
      if (this.#drag?.doing !== "wait") return;
      this.#drag.doing = "point";
      this.#hands.point(this.#drag.last);
    }, LONG_PRESS_MS);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    if (event.pointerType === "touch" && this.#fingers.size > 1) {
      this.#pinch(event.pointerId, at);
      return;
    }
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, at);
    const drag = this.#drag;
    if (!drag) {
      if (event.pointerType !== "touch") this.#hands.point(at);
      return;
    }
    if (drag.id !== event.pointerId) return;
    if (drag.doing === "wait") {
      if (apart(at, drag.from) < TAP_PX) return;
      clearTimeout(this.#longPress);
      drag.doing = this.#toolDoes(drag.tool);
      drag.from = drag.last = at;
      if (drag.doing === "window") this.#hands.windowFrom();
    }
    this.#does(drag, at);
    drag.last = at;
  }

  #does(drag: Drag, at: ScreenPoint): void {
    const hands = this.#hands;
    const [dx, dy] = [at.x - drag.last.x, at.y - drag.last.y];
    switch (drag.doing) {
      case "pan":
        hands.pan(dx, dy);
        return;
      case "zoom":
        hands.zoom(Math.exp(-dy * 0.01), drag.from);
        return;
      case "window":
        hands.window(at.x - drag.from.x, at.y - drag.from.y);
        return;
      case "scroll": {
        const slices = Math.trunc((at.y - drag.from.y) / hands.pixelsPerSlice());
        if (slices !== drag.scrolled) hands.scroll(slices - drag.scrolled);
        drag.scrolled = slices;
        return;
      }
      case "hold":
        hands.drag(at);
        hands.point(at);
        return;
      case "point":
        hands.point(at);
        return;
      case "wait":
        return;
    }
  }

  #pinch(id: number, at: ScreenPoint): void {
    const before = this.#fingers.get(id);
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1];
    if (!before || !other) return;
    this.#fingers.set(id, at);
    const was = { x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 };
    const is = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
    this.#hands.pan(is.x - was.x, is.y - was.y);
    const spread = apart(before, other);
    if (spread > 10) this.#hands.zoom(apart(at, other) / spread, is);
  }

  #up(event: PointerEvent): void {
    const at = this.#at(event);
    const drag = this.#drag;
    clearTimeout(this.#longPress);
    const wasPinch = this.#fingers.size > 1;
    this.#fingers.delete(event.pointerId);
    if (!drag || drag.id !== event.pointerId) return;
    this.#drag = null;
    if (drag.doing === "hold") this.#hands.release(at);
    const still = !wasPinch && apart(at, drag.from) < TAP_PX;
    if (still && clicks(drag.tool) && (drag.doing === "wait" || drag.doing === drag.tool))
      this.#clicked(drag.tool, at);
    if (event.pointerType === "touch") this.#hands.point(null); // no finger rests on the picture
    if (drag.doing === "wait" && !wasPinch) this.#tapped(at, event.timeStamp);
  }

  /** Without a drag (WCAG 2.5.7): the place comes to the middle, or closer. */
  #clicked(tool: Tool, at: ScreenPoint): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (tool === "pan") this.#hands.pan(width / 2 - at.x, height / 2 - at.y);
    else this.#hands.zoom(CLICK_ZOOM, at);
  }

  #tapped(at: ScreenPoint, time: number): void {
    const again = time - this.#tap.at < TAP_MS && apart(at, this.#tap) < 4 * TAP_PX;
    this.#tap = again ? { at: 0, x: 0, y: 0 } : { at: time, ...at };
    if (again) this.#hands.fit();
  }

  #cancel(event: PointerEvent): void {
    if (this.#drag?.id === event.pointerId) this.stop();
    this.#fingers.delete(event.pointerId);
  }

  #turn(event: WheelEvent): void {
    event.preventDefault();
    const perUnit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : NOTCH_PX;
    const delta = event.deltaY * perUnit;
    if (event.ctrlKey) {
      this.#hands.zoom(Math.exp(-delta * 0.01), this.#at(event));
      return;
    }
    // A wheel's notch is one slice; a touchpad sends many small steps, which add up to one.
    if (Math.abs(delta) >= NOTCH_PX) {
      this.#wheel = 0;
      this.#hands.scroll(Math.sign(delta) * Math.max(1, Math.round(Math.abs(delta) / 120)));
      return;
    }
    this.#wheel += delta;
    const slices = Math.trunc(this.#wheel / NOTCH_PX);
    this.#wheel -= slices * NOTCH_PX;
    if (slices !== 0) this.#hands.scroll(slices);
  }

  #capture(pointer: number): void {
    try {
      this.#host.setPointerCapture(pointer);
    } catch {
      // The pointer is gone already; its events will not come.
    }
  }
}

/** Tools of a drag that a mere click does something with, too. */
function clicks(tool: Tool): boolean {
  return tool === "pan" || tool === "zoom";
}

function apart(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
