// What each key means, for people who know radiology viewers. Pure.
import { PANS, type PaneCommand, type Tool } from "../stage/index.ts";

export type KeyMeaning =
  | { kind: "run"; command: PaneCommand }
  | { kind: "tool"; tool: Tool }
  | { kind: "preset"; index: number }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "series"; step: 1 | -1 }
  | { kind: "pane"; step: 1 | -1 }
  | { kind: "overlays" }
  | { kind: "large screen" }
  | { kind: "help" };

export type Key = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

/** These need no switch: they are no letters that speech input could type. */
const ALWAYS: Record<string, PaneCommand> = {
  ArrowUp: "previous",
  ArrowDown: "next",
  Home: "first",
  End: "last",
  Escape: "cancel",
  Backspace: "deleteMark",
  Delete: "deleteMark",
};

const WITH_SHIFT: Record<string, PaneCommand> = { ArrowUp: "pageUp", ArrowDown: "pageDown" };
const SERIES: Record<string, 1 | -1> = { PageUp: -1, PageDown: 1 };

const SINGLE_COMMANDS: Record<string, PaneCommand> = {
  "+": "zoomIn",
  "=": "fit",
  "-": "zoomOut",
  r: "rotateRight",
  l: "rotateLeft",
  h: "flipHorizontal",
  v: "flipVertical",
  i: "invert",
  c: "cine",
};
const SINGLE_TOOLS: Record<string, Tool> = {
  w: "window",
  p: "pan",
  z: "zoom",
  s: "scroll",
  a: "arrow",
  t: "text",
  n: "freehand",
  q: "pin",
  d: "length",
  g: "angle",
  k: "cobb",
  b: "bidirectional",
  e: "ellipse",
  m: "rectangle",
  y: "polygon",
  u: "probe",
  x: "crosshair",
  j: "laser",
};

/** The letter of a tool, as it stands on keys; null: it has none. */
export function keyOf(tool: Tool): string | null {
  const found = Object.entries(SINGLE_TOOLS).find(([, one]) => one === tool);
  return found ? found[0].toUpperCase() : null;
}

/** `single`: whether shortcuts of one letter, digit or sign are wanted. */
export function meaning(pressed: Key, single: boolean): KeyMeaning | null {
  const { key } = pressed;
  if (pressed.altKey) return panOf(pressed);
  if (pressed.ctrlKey || pressed.metaKey) return stepOf(pressed);
  if (key === "F6") return { kind: "pane", step: pressed.shiftKey ? -1 : 1 };
  const step = SERIES[key];
  if (step !== undefined) return { kind: "series", step };
  const always = (pressed.shiftKey ? WITH_SHIFT[key] : undefined) ?? ALWAYS[key];
  if (always !== undefined) return { kind: "run", command: always };
  if (!single) return null;
  if (key === "?") return { kind: "help" };
  if (key.toLowerCase() === "o") return { kind: "overlays" };
  if (key.toLowerCase() === "f") return { kind: "large screen" };
  if (/^[1-9]$/.test(key)) return { kind: "preset", index: Number(key) - 1 };
  const command = SINGLE_COMMANDS[key.toLowerCase()];
  if (command !== undefined) return { kind: "run", command };
  const tool = SINGLE_TOOLS[key.toLowerCase()];
  return tool === undefined ? null : { kind: "tool", tool };
}

/** With Alt the arrows move the picture. */
function panOf({ key, ctrlKey, metaKey }: Key): KeyMeaning | null {
  const command = ctrlKey || metaKey ? undefined : PANS[key];
  return command === undefined ? null : { kind: "run", command };
}

/** Ctrl+Z takes back; Ctrl+Y and Ctrl+Shift+Z do again. */
function stepOf({ key, shiftKey }: Key): KeyMeaning | null {
  switch (key.toLowerCase()) {
    case "z":
      return { kind: shiftKey ? "redo" : "undo" };
    case "y":
      return { kind: "redo" };
    default:
      return null;
  }
}
