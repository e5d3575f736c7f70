// The film of one pane: which frame is due on this screen, and when to draw again.
import type { Cine, StackInfo } from "../protocol.ts";
import { due, isFilm, playingFrom, stoppedAt } from "./cine.ts";
import { placeOnFrame, type StackSpace } from "./space.ts";
import { type Look, pointOf } from "./view-state.ts";

export class Film {
  /** Pictures may move here by themselves. People who want less motion start them by hand. */
  #moving = mayMove();
  #serverNow: () => number | null;
  #redraw: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: { of: Look; frame: number; look: Look } | null = null;

  /** `serverNow`: the server's time in ms, null before it is known. */
  constructor(serverNow: () => number | null, redraw: () => void) {
    this.#serverNow = serverNow;
    this.#redraw = redraw;
  }

  /** Another stack is shown: whether it may move by itself is asked anew. */
  reset(): void {
    this.#moving = mayMove();
  }

  /** The film that runs on this screen, or null. */
  running(info: StackInfo, look: Look): Cine | null {
    const { cine } = look;
    return this.#moving && cine?.playing && isFilm(info) && this.#serverNow() !== null ? cine : null;
  }

  /** The look on the frame that is due, and another drawing when the next one is; the look itself if nothing runs. */
  at(space: StackSpace, info: StackInfo, look: Look): Look {
    clearTimeout(this.#timer);
    const cine = this.running(info, look);
    if (!cine) return look;
    const { frame, nextInMs } = due(cine, info.frame_times_ms, this.#now());
    this.#timer = setTimeout(this.#redraw, nextInMs);
    if (this.#last?.of !== look || this.#last.frame !== frame)
      this.#last = { of: look, frame, look: { ...look, place: placeOnFrame(space, look.place, frame) } };
    return this.#last.look;
  }

  /** A running film stands at the frame that is due; what is done next begins there. */
  stopped(space: StackSpace, info: StackInfo, look: Look): Look {
    const cine = this.running(info, look);
    if (!cine) return look;
    const seen = this.at(space, info, look);
    return { ...seen, cine: this.#standing(pointOf(space, seen).frame, cine.rate) };
  }

  /** Plays what stands, stops what runs. What runs for the others already is only let go here. */
  toggled(space: StackSpace, info: StackInfo, look: Look): Look {
    if (!isFilm(info)) return look;
    if (this.running(info, look)) return this.stopped(space, info, look);
    this.#moving = true;
    if (look.cine?.playing) return { ...look };
    const { frame } = pointOf(space, look);
    return { ...look, cine: playingFrom(frame, look.cine?.rate ?? 1, this.#now()) };
  }

  /** The film `rate` times as fast as it was recorded. */
  atRate(space: StackSpace, info: StackInfo, look: Look, rate: number): Look {
    if (!isFilm(info)) return look;
    const { frame } = pointOf(space, this.at(space, info, look));
    const playing = look.cine?.playing ?? false;
    return { ...look, cine: playing ? playingFrom(frame, rate, this.#now()) : this.#standing(frame, rate) };
  }

  /** How a film that may have run stands at a frame; null: the stack is none. */
  standingAt(info: StackInfo, frame: number, look: Look | null): Cine | null {
    return isFilm(info) ? this.#standing(frame, look?.cine?.rate ?? 1) : null;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #standing(frame: number, rate: number): Cine {
    return stoppedAt(frame, rate, this.#now());
  }

  #now(): number {
    return this.#serverNow() ?? 0;
  }
}

function mayMove(): boolean {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
