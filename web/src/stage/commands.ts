// Commands that move the view, as one step each: what keys, buttons and voice do where a hand would drag. Pure.
import type { CanvasSize } from "./layout.ts";
import { clamp, type StackSpace } from "./space.ts";
import { flippedAcross, flippedOver, turnedFurther } from "./turn.ts";
import type { PaneCommand } from "./types.ts";
import {
  canBeInverted,
  defaultLook,
  drawnInverted,
  fitted,
  type Look,
  onFrame,
  panned,
  pointOf,
  type Subject,
  steppedWindow,
  turned,
  zoomed,
} from "./view-state.ts";

export type ViewCommandName = Exclude<PaneCommand, "deleteMark" | "cancel" | "undoDraft" | "cine">;

const ZOOM_STEP = 1.25;
/** A step of the whole picture, by the smaller side of the canvas. */
const PAN_STEP = 1 / 8;
/** Pictures at once, with Shift. */
const PAGE = 10;

/** The look after a command. */
export function commanded(
  command: ViewCommandName,
  space: StackSpace,
  subject: Subject,
  look: Look,
  canvas: CanvasSize,
): Look {
  const { info } = subject;
  const middle = { x: canvas.width / 2, y: canvas.height / 2 };
  switch (command) {
    case "brighter":
    case "darker":
    case "moreContrast":
    case "lessContrast":
      return { ...look, window: steppedWindow(look.window, command, drawnInverted(info, look)) };
    case "fit":
      return fitted(space, look);
    case "reset":
      return reset(space, subject, look);
    case "rotateRight":
      return turned(space, look, canvas, turnedFurther(look.turn, 1));
    case "rotateLeft":
      return turned(space, look, canvas, turnedFurther(look.turn, -1));
    case "flipHorizontal":
      return turned(space, look, canvas, flippedAcross(look.turn));
    case "flipVertical":
      return turned(space, look, canvas, flippedOver(look.turn));
    case "invert":
      return canBeInverted(info) ? { ...look, inverted: !look.inverted } : look;
    case "zoomIn":
      return zoomed(space, look, canvas, ZOOM_STEP, middle);
    case "zoomOut":
      return zoomed(space, look, canvas, 1 / ZOOM_STEP, middle);
    case "panLeft":
      return stepped(-1, 0);
    case "panRight":
      return stepped(1, 0);
    case "panUp":
      return stepped(0, -1);
    case "panDown":
      return stepped(0, 1);
    default:
      return toFrame(space, look, canvas, frameAfter(command, pointOf(space, look).frame, space.frames));
  }

  function stepped(x: number, y: number): Look {
    const step = Math.min(canvas.width, canvas.height) * PAN_STEP;
    return panned(space, look, canvas, { dx: x * step, dy: y * step });
  }
}

/** The same frame as it opens. */
function reset(space: StackSpace, subject: Subject, look: Look): Look {
  const { window, turn, inverted } = defaultLook(space, subject);
  return { ...fitted(space, look), window, turn, inverted };
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
      return frame - PAGE;
    case "pageDown":
      return frame + PAGE;
  }
}
