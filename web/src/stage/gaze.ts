// What one pane looks at: its look, which shared view that is, and what of it the page has yet to be told. No DOM.
import type { PaneView, StackInfo } from "../protocol.ts";
import { sameCamera } from "./plane-stack.ts";
import { THIN } from "./slab.ts";
import type { StackSpace } from "./space.ts";
import type { EarlyPicture, ShownPicture } from "./types.ts";
import type { Look } from "./view-state.ts";
import * as views from "./view-state.ts";
import { wireWindow } from "./window-lut.ts";

type Given = { view: PaneView; tag: string | null };

export class Gaze {
  #shown: ShownPicture | null = null;
  #space: StackSpace | null = null;
  #look: Look | null = null;
  /** What the page knows of `#look`: the difference is what it is told. */
  #told: Look | null = null;
  /** A view for a stack that is not shown yet. */
  #pending: Given | null = null;
  #tag: string | null = null;

  get shown(): ShownPicture | null {
    return this.#shown;
  }

  get look(): Look | null {
    return this.#look;
  }

  /** The shared view that the look is, or null once the user has moved. */
  get tag(): string | null {
    return this.#tag;
  }

  /**
   * Turns to a stack or to planes through it, or to the same ones as they have become; true: others were opened. Oblique
   * planes that are turned stay the same planes: what is looked at goes on from there.
   */
  show(shown: ShownPicture | null, space: StackSpace | null): boolean {
    const before = this.#shown;
    const same = samePictures(before, shown);
    this.#shown = shown;
    this.#space = space;
    if (!shown) {
      this.#look = this.#told = null;
      this.#tag = null;
      return false;
    }
    const given = this.#pending && this.isFor(this.#pending.view) ? this.#pending : null;
    if (same && this.#look) {
      if (sameCamera(before?.camera ?? null, shown.camera)) return false;
      this.#tag = null;
      if (given) this.take(given.view, given.tag);
      return false;
    }
    this.#look = this.#told = this.#lookOf(given?.view ?? {});
    this.#tag = given?.tag ?? null;
    this.#pending = null;
    return true;
  }

  /** Takes a whole view as it is; one of another stack waits until that is shown. */
  take(view: PaneView, tag: string | null): void {
    if (!this.#shown || !this.isFor(view)) {
      this.#pending = { view, tag };
      return;
    }
    this.#pending = null;
    const look = this.#lookOf(view);
    // An equal look stays the same object: what is drawn of it is drawn of this.
    if (!this.#look || !look || !views.sameLook(this.#look, look)) this.#look = look;
    this.#told = this.#look;
    this.#tag = tag;
  }

  /** The user's own movement; false: it moves nothing. */
  moveTo(look: Look): boolean {
    if (!this.#look || views.sameLook(this.#look, look)) return false;
    this.#look = look;
    this.#tag = null;
    return true;
  }

  /** What the user's movements have changed since this was last asked, or null. */
  untold(): PaneView | null {
    if (!this.#look || !this.#told) return null;
    const change = views.difference(this.#told, this.#look);
    this.#told = this.#look;
    return change;
  }

  view(): PaneView {
    if (!this.#look || !this.#shown) return {};
    const { series, stack, mode, camera } = this.#shown;
    const planes = mode === "stack" ? null : { slab: this.#look.slab ?? THIN };
    const oblique = mode === "oblique" && camera ? { camera } : null;
    return { shown: { series, stack, mode }, ...this.#look, ...planes, ...oblique };
  }

  /** Whether a view, with what it leaves open filled in, is what is looked at. */
  shows(view: PaneView): boolean {
    const look = this.isFor(view) ? this.#lookOf(view) : null;
    const own = this.#look && { ...this.#look, window: wireWindow(this.#look.window) };
    return look !== null && own !== null && views.sameLook(own, look);
  }

  isFor({ shown, ...view }: PaneView | EarlyPicture): boolean {
    const here = this.#shown;
    if (!here) return false;
    const camera = "camera" in view ? view.camera : null;
    const turnedSo = here.mode !== "oblique" || !camera || sameCamera(camera, here.camera);
    const these =
      !shown || (shown.series === here.series && shown.stack === here.stack && shown.mode === here.mode);
    return these && turnedSo;
  }

  /** Does something with the look, if there is one. */
  with(act: (space: StackSpace, look: Look, info: StackInfo) => void): void {
    if (this.#space && this.#look && this.#shown) act(this.#space, this.#look, this.#shown.info);
  }

  #lookOf(view: PaneView): Look | null {
    return this.#space && this.#shown && views.lookOf(this.#space, this.#shown, view);
  }
}

function samePictures(one: ShownPicture | null, other: ShownPicture | null): boolean {
  return (
    one?.room === other?.room &&
    one?.series === other?.series &&
    one?.stack === other?.stack &&
    one?.mode === other?.mode
  );
}
