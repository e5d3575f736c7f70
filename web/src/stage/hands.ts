// What the hands on a pane do to its look: the gestures' words said in the pane's.
import type { StackInfo, WireWindow } from "../protocol.ts";
import { words } from "../words.ts";
import { toFrame } from "./commands.ts";
import type { Drawing } from "./drawing.ts";
import type { Hands } from "./gestures.ts";
import type { HoverPointer } from "./hover-pointer.ts";
import type { Keys } from "./keys.ts";
import type { CanvasSize, ScreenPoint } from "./layout.ts";
import { clamp, type StackSpace } from "./space.ts";
import type { PaneCommand, Tool } from "./types.ts";
import type { Look } from "./view-state.ts";
import * as views from "./view-state.ts";

export type HandledPane = {
  host: HTMLElement;
  keys: Keys;
  drawing: Drawing;
  hover: HoverPointer;
  /** The chosen tool, as it is meant for this kind of pointer. */
  tool(touch: boolean): Tool;
  canvas(): CanvasSize;
  /** Device pixels per CSS pixel. */
  ratio(): number;
  withView(act: (space: StackSpace, look: Look, info: StackInfo) => void): void;
  moveTo(look: Look): void;
  /** Stops a running film at the frame that is seen. */
  stop(): void;
  run(command: PaneCommand): void;
  notice(text: string): void;
  redraw(): void;
};

export function handsOn(pane: HandledPane): Hands {
  let windowStart: WireWindow | null = null;
  /** Whether the last pointer whose tool was asked for is a finger. */
  let byFinger = false;
  const device = (at: ScreenPoint) => ({ x: at.x * pane.ratio(), y: at.y * pane.ratio() });
  return {
    tool: (touch) => {
      byFinger = touch;
      return pane.tool(touch);
    },
    panning: () => {
      if (pane.keys.spaceHeld) pane.keys.notePan();
      return pane.keys.spaceHeld;
    },
    scroll: (frames) => {
      pane.stop();
      pane.withView((space, look) => {
        const frame = views.pointOf(space, look).frame + frames;
        pane.moveTo(toFrame(space, look, pane.canvas(), frame));
      });
    },
    pixelsPerSlice: () => {
      let frames = 1;
      pane.withView((space) => {
        frames = space.frames;
      });
      return clamp(pane.canvas().height / pane.ratio() / frames, 3, 24);
    },
    pan: (dx, dy) =>
      pane.withView((space, look) => {
        const by = { dx: dx * pane.ratio(), dy: dy * pane.ratio() };
        pane.moveTo(views.panned(space, look, pane.canvas(), by));
      }),
    zoom: (factor, anchor) =>
      pane.withView((space, look) =>
        pane.moveTo(views.zoomed(space, look, pane.canvas(), factor, device(anchor))),
      ),
    windowFrom: () =>
      pane.withView((_space, look) => {
        windowStart = look.window;
      }),
    window: (dx, dy) =>
      pane.withView((_space, look, info) => {
        const start = windowStart;
        if (start === null) return;
        if (info.samples === 3) {
          windowStart = null;
          pane.notice(words.stage.colorHasNoWindow);
          return;
        }
        pane.moveTo({
          ...look,
          window: views.draggedWindow(start, { dx, dy }, views.drawnInverted(info, look)),
        });
      }),
    fit: () => pane.run("fit"),
    maximize: () => pane.host.dispatchEvent(new CustomEvent("maximize", { bubbles: true })),
    point: (at) => {
      pane.hover.move(at);
      if (at && pane.drawing.hover(at)) pane.redraw();
    },
    hold: (at, tool) => {
      const held = pane.drawing.begin(at, tool, byFinger);
      pane.redraw();
      return held;
    },
    drag: (at) =>
      pane.withView((space) => {
        pane.drawing.move(at, space);
        pane.redraw();
      }),
    release: (at) =>
      pane.withView((space) => {
        pane.drawing.end(at, space);
        pane.redraw();
      }),
    letGo: () => {
      pane.drawing.letGo();
      pane.redraw();
    },
  };
}
