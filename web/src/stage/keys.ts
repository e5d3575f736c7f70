// Keys of a focused picture. What is handled here does not travel further; the page's own keys stay the page's.
import type { PaneCommand, Tool } from "./types.ts";

export type KeyHands = {
  run(command: PaneCommand): void;
  /** The n-th preset, from 0. */
  preset(index: number): void;
  /** The next series, or the previous one. */
  series(step: 1 | -1): void;
  tool(tool: Tool): void;
  /** This pane over the whole stage, or all of them again. */
  maximize(): void;
};

const COMMANDS: Record<string, PaneCommand> = {
  ArrowUp: "previous",
  ArrowDown: "next",
  Home: "first",
  End: "last",
  "+": "zoomIn",
  "=": "fit",
  "-": "zoomOut",
  "−": "zoomOut",
  Delete: "deleteMark",
  Backspace: "deleteMark",
  Escape: "cancel",
  r: "rotateRight",
  l: "rotateLeft",
  h: "flipHorizontal",
  v: "flipVertical",
  i: "invert",
};
/** With Alt: the picture moves as the arrow points. */
export const PANS: Record<string, PaneCommand> = {
  ArrowLeft: "panLeft",
  ArrowRight: "panRight",
  ArrowUp: "panUp",
  ArrowDown: "panDown",
};
const WITH_SHIFT: Record<string, PaneCommand> = { ArrowUp: "pageUp", ArrowDown: "pageDown" };
const SERIES: Record<string, 1 | -1> = { PageUp: -1, PageDown: 1 };

export class Keys {
  /** Space is down: the left button pans. */
  spaceHeld = false;
  /** Single letters and digits do something; people who speak to their computer switch it off (WCAG 2.1.4). */
  single = true;
  #panned = false;
  #listening = new AbortController();

  constructor(host: HTMLElement, hands: KeyHands) {
    const { signal } = this.#listening;
    host.addEventListener(
      "keydown",
      (event) => {
        if (event.target === host && this.#pressed(event, hands)) {
          event.preventDefault();
          event.stopPropagation();
        }
      },
      { signal },
    );
    host.addEventListener(
      "keyup",
      (event) => {
        if (event.key !== " " || !this.spaceHeld) return;
        this.spaceHeld = false;
        if (!this.#panned) hands.run("reset");
      },
      { signal },
    );
    host.addEventListener("blur", () => (this.spaceHeld = false), { signal });
  }

  /** Space was used to pan: letting it go is no command. */
  notePan(): void {
    this.#panned = true;
  }

  dispose(): void {
    this.#listening.abort();
  }

  #pressed(event: KeyboardEvent, hands: KeyHands): boolean {
    if (event.ctrlKey || event.metaKey) return false;
    const pan = PANS[event.key];
    if (event.altKey) {
      if (pan) hands.run(pan);
      return pan !== undefined;
    }
    if (event.key === "Enter") {
      hands.maximize();
      return true;
    }
    const series = SERIES[event.key];
    if (series) {
      hands.series(series);
      return true;
    }
    const command = (event.shiftKey && WITH_SHIFT[event.key]) || COMMANDS[event.key];
    if (command) {
      if (event.key.length === 1 && !this.single) return false;
      hands.run(command);
      return true;
    }
    if (event.key === " ") {
      if (!event.repeat) this.#panned = false;
      this.spaceHeld = true;
      return true;
    }
    if (!this.single) return false;
    if (event.key === "z") {
      hands.tool("zoom");
      return true;
    }
    if (event.key >= "1" && event.key <= "9" && event.key.length === 1) {
      hands.preset(Number(event.key) - 1);
      return true;
    }
    return false;
  }
}
