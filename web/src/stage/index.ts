// The stage: one viewport, no framework. The page builds on what is exported here and on nothing else.

export { isFilm, RATES } from "./cine.ts";
export type { Crosshair } from "./crosshair-lines.ts";
export { anchorOf } from "./figures.ts";
export { PANS } from "./keys.ts";
export { quantityWords, remarkLines, valueLines } from "./measured-words.ts";
export { Pane } from "./pane.ts";
export { asStack, planeQuery, sameCamera } from "./plane-stack.ts";
export { type NamedPreset, presetsFor, sameWindow, windowMenu } from "./presets.ts";
export type { SnapshotWords } from "./snapshot.ts";
export { imagePoint, placeOf, placeOnFrame, type StackSpace, spaceOf } from "./space.ts";
export { type DrawTool, draws, type FigureTool } from "./tools.ts";
export type {
  EarlyPicture,
  PaneCommand,
  PaneEvents,
  PaneMark,
  PanePointer,
  PaneStats,
  Pixels,
  Quality,
  ShownPicture,
  Tool,
} from "./types.ts";
export { wholeFrame } from "./view-state.ts";
