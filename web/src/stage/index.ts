// The stage: one viewport, no framework. The page builds on what is exported here and on nothing else.
export { imagePoint, placeOf, placeOnFrame, type StackSpace, spaceOf } from "./geometry.ts";
export { Pane } from "./pane.ts";
export { type NamedPreset, presetsFor } from "./presets.ts";
export type {
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
