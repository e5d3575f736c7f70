// What this person has in hand at this screen, for whichever pane they work in: the tool, and how pictures are drawn.
import { signal } from "@preact/signals";
import type { Tool } from "../stage/index.ts";

export class Hand {
  readonly tool = signal<Tool>("window");
  /** Whether somebody chose the tool; by touch, a drag else pages through the pictures. */
  readonly chosen = signal(false);
  /** Whether shortcuts of a single letter are wanted. */
  readonly singleKeys = signal(true);
  /** Whether enlarged pixels are smoothed. */
  readonly smoothed = signal(true);
  /** Whether what the file draws over its pictures is shown. */
  readonly overlays = signal(true);

  take(tool: Tool, chosen: boolean): void {
    this.chosen.value = chosen;
    this.tool.value = tool;
  }
}
