// What is to be drawn, and what was: the words between a picture and its two ways of drawing.
import type { Layout } from "./layout.ts";
import type { StackSpace } from "./space.ts";
import type { Quality, ShownPicture } from "./types.ts";
import type { Look } from "./view-state.ts";

/** What is on the canvas. `look` differs from the asked one while its tiles are on their way. */
export type Drawn = {
  /** Whose layout and look these are: not the asked ones while oblique planes are being turned. */
  space: StackSpace;
  shown: ShownPicture;
  look: Look;
  layout: Layout;
  quality: Quality;
  /** Nothing better will come for this look. */
  final: boolean;
  /** Why this frame cannot be shown, or null. */
  refusal: string | null;
};

/**
 * What is to be drawn now. `prefix`: the address of the stack, or of planes through it, on the server; `query`: what
 * comes after a tile's address, empty or without its question mark; `tables`: the address of the stack.
 */
export type Asked = {
  space: StackSpace;
  shown: ShownPicture;
  prefix: string;
  query: string;
  tables: string;
  look: Look;
  layout: Layout;
  smoothed: boolean;
  now: number;
};
