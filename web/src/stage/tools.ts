// Tools that put something on the picture, and how many points each of them takes.

/** Each is named as the mark it makes; the eraser makes none. */
export type FigureTool =
  | "arrow"
  | "text"
  | "pin"
  | "freehand"
  | "length"
  | "angle"
  | "cobb"
  | "bidirectional"
  | "ellipse"
  | "rectangle"
  | "polygon"
  | "probe";
export type DrawTool = FigureTool | "eraser";

/** Outlines take any number from three on, up to MOST_POINTS. */
const POINTS: Record<FigureTool, number> = {
  arrow: 2,
  text: 1,
  pin: 1,
  freehand: Infinity,
  length: 2,
  angle: 3,
  cobb: 4,
  bidirectional: 4,
  ellipse: 2,
  rectangle: 2,
  polygon: Infinity,
  probe: 1,
};
/** Points of an outline that the wire carries. */
export const MOST_POINTS = 500;

/** Whether a tool puts something on the picture, or takes it off, instead of moving the picture. */
export function draws(tool: string): tool is DrawTool {
  return tool === "eraser" || Object.hasOwn(POINTS, tool);
}

export function pointsOf(tool: FigureTool): number {
  return POINTS[tool];
}

export function isOutline(tool: FigureTool): tool is "polygon" | "freehand" {
  return tool === "polygon" || tool === "freehand";
}

/** Whether the next point begins a line, so that one drag makes both of its ends. */
export function beginsLine(tool: FigureTool, placed: number): boolean {
  if (POINTS[tool] < 2) return false;
  return placed === 0 || (placed === 2 && (tool === "cobb" || tool === "bidirectional"));
}
