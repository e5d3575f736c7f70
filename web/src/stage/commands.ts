// Commands that move the view, as one step each: what keys, buttons and voice do where a hand would drag. Pure.
import type { StackInfo } from "../protocol.ts";
import type { CanvasSize } from "./layout.ts";
import { clamp, type StackSpace } from "./space.ts";
import type { PaneCommand } from "./types.ts";
import { defaultLook, fitted, type Look, onFrame, pointOf, steppedWindow, zoomed } from "./view-state.ts";

export type ViewCommandName = Exclude<PaneCommand, "deleteMark" | "cancel" | "undoDraft" | "cine">;

const ZOOM_STEP = 1.25;

/** The look after a command. */
export function commanded(
  command: ViewCommandName,
  space: StackSpace,
  info: StackInfo,
  look: Look,
  canvas: CanvasSize,
): Look {
  const middle = { x: canvas.width / 2, y: canvas.height / 2 };
  switch (command) {
    case "brighter":
    case "darker":
    case "moreContrast":
    case "lessContrast":
      return { ...look, window: steppedWindow(look.window, command, info.inverted) };
    case "fit":
      return fitted(space, look);
    case "reset":
      return { ...fitted(space, look), window: defaultLook(space, info).window };
    case "zoomIn":
      return zoomed(space, look, canvas, ZOOM_STEP, middle);
    case "zoomOut":
      return zoomed(space, look, canvas, 1 / ZOOM_STEP, middle);
    default:
      return toFrame(space, look, canvas, frameAfter(command, pointOf(space, look).frame, space.frames));
  }
}

/** The same view of another frame; the nearest one where it does not exist. */
export function toFrame(space: StackSpace, look: Look, canvas: CanvasSize, frame: number): Look {
  const target = clamp(frame, 0, space.frames - 1);
  return target === pointOf(space, look).frame ? look : onFrame(space, look, canvas, target);
}

const FRAME_COMMANDS = ["next", "previous", "first", "last", "pageUp", "pageDown"] as const;
type FrameCommand = (typeof FRAME_COMMANDS)[number];

/** Whether a command leads to another frame. */
export function movesFrames(command: PaneCommand): boolean {
  return FRAME_COMMANDS.some((one) => one === command);
}

function frameAfter(command: FrameCommand, frame: number, frames: number): number {
  const page = Math.max(5, Math.round(frames / 20));
  switch (command) {
    case "next":
      return frame + 1;
    case "previous":
      return frame - 1;
    case "first":
      return 0;
    case "last":
      return frames - 1;
    case "pageUp":
      return frame - page;
    case "pageDown":
      return frame + page;
  }
}
