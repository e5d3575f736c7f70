// Making, moving and erasing marks: the figure under the hand, point by point or in one drag, or by keys.
import type { Place, Shape } from "../protocol.ts";
import { FigureDraft, SLIP_PX, type Touched } from "./figure-draft.ts";
import { isWhole, movedShape, shapeOf } from "./figures.ts";
import type { ScreenPoint } from "./layout.ts";
import type { Grip, Marks } from "./marks.ts";
import { apart } from "./outline.ts";
import { imagePoint, placeOnFrame, type StackSpace } from "./space.ts";
import { draws, type FigureTool } from "./tools.ts";
import type { PaneEvents, PaneMark, Tool } from "./types.ts";

type Doing =
  | { kind: "figure"; draft: FigureDraft }
  | { kind: "erase" }
  | { kind: "move"; grip: Grip; from: Place; at: ScreenPoint };

const DRAFT: Omit<PaneMark, "shape"> = {
  id: "draft",
  name: "",
  color: "#ffffff",
  own: true,
  removable: true,
  pending: true,
  measured: null,
  unmeasurable: null,
};

export type DrawingHands = {
  marks: Marks;
  events: PaneEvents;
  /** The place under a point of the picture that is drawn. */
  placeAt(at: ScreenPoint): Place | null;
  space(): StackSpace | null;
  /** A one-shot tool has ended. */
  done(): void;
};

export class Drawing {
  #hands: DrawingHands;
  #doing: Doing | null = null;

  constructor(hands: DrawingHands) {
    this.#hands = hands;
  }

  get active(): boolean {
    return this.#doing !== null;
  }

  /** Begins what the tool, or an own mark under the point, asks for; another's that may be removed is selected. */
  begin(at: ScreenPoint, tool: Tool, byFinger: boolean): boolean {
    const { marks } = this.#hands;
    const place = this.#hands.placeAt(at);
    if (!place) return false;
    marks.cursor = null;
    if (tool === "eraser") {
      this.#doing = { kind: "erase" };
      this.#erase(at, byFinger);
      return true;
    }
    if (draws(tool)) {
      this.#figure(tool).press(this.#touched(at, place));
      this.#show();
      return true;
    }
    const grip = marks.under(at, byFinger, (mark) => mark.removable);
    marks.selected = grip?.mark.id ?? null;
    if (!grip?.mark.own) return false;
    this.#doing = { kind: "move", grip, from: place, at };
    return true;
  }

  /** A drag with the button down, or a finger. */
  move(at: ScreenPoint, space: StackSpace): void {
    const doing = this.#doing;
    const place = this.#hands.placeAt(at);
    if (!doing || !place) return;
    if (doing.kind === "erase") this.#erase(at, false);
    else if (doing.kind === "move") this.#hands.marks.draft = this.#movedMark(doing, at, space);
    else {
      doing.draft.drag(this.#touched(at, place));
      this.#show();
    }
  }

  /** The pointer moves with no button down; whether something is to be drawn anew. */
  hover(at: ScreenPoint): boolean {
    const doing = this.#doing;
    const place = this.#hands.placeAt(at);
    if (doing?.kind !== "figure" || !place) return false;
    doing.draft.hover(this.#touched(at, place));
    this.#show();
    return true;
  }

  end(at: ScreenPoint, space: StackSpace): void {
    const doing = this.#doing;
    const { marks, events } = this.#hands;
    if (doing?.kind === "figure") {
      const place = this.#hands.placeAt(at);
      if (place) doing.draft.release(this.#touched(at, place), (one) => marks.screen(one));
      else doing.draft.letGo();
      this.#afterPoint(doing.draft);
      return;
    }
    const moved = doing?.kind === "move" ? this.#movedMark(doing, at, space) : null;
    this.cancel();
    if (moved) events.onMarkChange(moved.id, moved.shape);
  }

  /** A second finger, or the pointer is gone: what was not put yet is not put, what was stays. */
  letGo(): void {
    const doing = this.#doing;
    if (doing?.kind !== "figure" || doing.draft.count === 0) {
      this.cancel();
      return;
    }
    doing.draft.letGo();
    this.#show();
  }

  /** Nothing of it stays. */
  cancel(): void {
    this.#doing = null;
    this.#hands.marks.draft = null;
    this.#hands.marks.open = null;
  }

  // --- by keys --------------------------------------------------------------------------------------------
  /** Puts a point, or erases what is there; where the last point is already, an outline is closed. */
  put(at: ScreenPoint, tool: Tool): void {
    const place = this.#hands.placeAt(at);
    if (tool === "eraser") this.#erase(at, false);
    else if (draws(tool) && place) {
      const draft = this.#figure(tool);
      draft.putAt(this.#touched(at, place), (one) => this.#hands.marks.screen(one));
      this.#afterPoint(draft);
    }
  }

  /** Closes the outline that is being drawn; false: there is none that could be closed. */
  close(): boolean {
    const doing = this.#doing;
    if (doing?.kind !== "figure" || !doing.draft.close()) return false;
    this.#afterPoint(doing.draft);
    return true;
  }

  /** Takes the last point back; false: there is none. */
  back(): boolean {
    const doing = this.#doing;
    if (doing?.kind !== "figure" || !doing.draft.back()) return false;
    if (doing.draft.count === 0) this.cancel();
    else this.#show();
    return true;
  }

  #figure(tool: FigureTool): FigureDraft {
    const doing = this.#doing;
    if (doing?.kind === "figure" && doing.draft.tool === tool) return doing.draft;
    const draft = new FigureDraft(tool);
    this.#doing = { kind: "figure", draft };
    return draft;
  }

  /** All points of a region lie on the picture on which it was begun; lines may go from picture to picture. */
  #touched(at: ScreenPoint, place: Place): Touched {
    const draft = this.#doing?.kind === "figure" ? this.#doing.draft : null;
    const space = this.#hands.space();
    const first = draft?.put[0];
    const begun = space && first ? imagePoint(space, first)?.frame : undefined;
    const throughout = draft && ["length", "angle", "cobb", "bidirectional"].includes(draft.tool);
    const between = throughout && place.kind === "patient";
    return {
      at,
      place: space && begun !== undefined && !between ? placeOnFrame(space, place, begun) : place,
    };
  }

  #afterPoint(draft: FigureDraft): void {
    if (!draft.whole) {
      this.#show();
      return;
    }
    const space = this.#hands.space();
    const { tool, put } = draft;
    const [place] = put;
    this.cancel();
    if (!space || !place) return;
    this.#hands.done();
    if (tool === "text" || tool === "pin") {
      this.#hands.events.onWrite(place, tool);
      return;
    }
    const shape = shapeOf(space, tool, put);
    if (shape) this.#hands.marks.selected = this.#hands.events.onMark(shape);
  }

  /** What is drawn so far, on the picture. */
  #show(): void {
    const { marks } = this.#hands;
    const draft = this.#doing?.kind === "figure" ? this.#doing.draft : null;
    const space = this.#hands.space();
    marks.draft = null;
    marks.open = null;
    if (!draft || !space) return;
    const { tool, places } = draft;
    const shape = isWhole(tool, places.length) ? shapeOf(space, tool, places) : null;
    if (shape && tool !== "probe") marks.draft = { ...DRAFT, shape };
    else marks.open = { tool, places };
  }

  #erase(at: ScreenPoint, byFinger: boolean): void {
    const { marks, events } = this.#hands;
    const grip = marks.under(at, byFinger, (mark) => mark.removable);
    if (grip) events.onMarkChange(grip.mark.id, null);
  }

  #movedMark(
    { grip, from, at: start }: Doing & { kind: "move" },
    at: ScreenPoint,
    space: StackSpace,
  ): PaneMark | null {
    const place = this.#hands.placeAt(at);
    if (!place || apart(at, start) < SLIP_PX) return null;
    const [before, after] = [imagePoint(space, from), imagePoint(space, place)];
    if (!before || !after) return null;
    const by = { u: after.u - before.u, v: after.v - before.v };
    const { mark, part } = grip;
    const shape = movedShape(space, mark.shape, part, by) satisfies Shape;
    // What was measured was measured of where it lay before.
    return { ...mark, shape, measured: null, unmeasurable: null };
  }
}
