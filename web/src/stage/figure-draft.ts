// A figure while it is being drawn: the points put so far, and what a press, a drag and a release make of them. Pure.
import type { Place } from "../protocol.ts";
import type { ScreenPoint } from "./layout.ts";
import { apart, kept } from "./outline.ts";
import { beginsLine, type FigureTool, isOutline, MOST_POINTS, pointsOf } from "./tools.ts";

/** A point of the picture, and where the hand was when it meant it. CSS pixels. */
export type Touched = { at: ScreenPoint; place: Place };

/** A drag shorter than this was a click; a point nearer to the one before it was a slip of the hand. CSS pixels. */
export const SLIP_PX = 6;
/** Points of a line drawn by hand lie at least so far apart at first. CSS pixels. */
const STEP_PX = 2;
/** A hand that goes on drawing for long adds no more. */
const MOST_DRAWN = 5000;

export class FigureDraft {
  readonly tool: FigureTool;
  #points: Touched[] = [];
  /** What has been drawn since the button went down. */
  #run: Touched[] = [];
  /** Where the hand is when no button is down. */
  #over: Touched | null = null;
  #closed = false;

  constructor(tool: FigureTool) {
    this.tool = tool;
  }

  /** Whether all of its points are there. */
  get whole(): boolean {
    return this.#closed || this.#points.length >= pointsOf(this.tool);
  }

  get count(): number {
    return this.#points.length;
  }

  /** The points so far, and where the hand is now as one more. */
  get places(): Place[] {
    const points = this.#points.map(({ place }) => place);
    if (this.whole) return points;
    const hand = this.#run.at(-1) ?? this.#over;
    if (hand === null) return points;
    const from = this.#run[0];
    const dragged = from !== undefined && apart(from.at, hand.at) >= SLIP_PX;
    if (this.tool === "freehand" && dragged) return [...points, ...this.#run.map(({ place }) => place)];
    if (dragged && from && beginsLine(this.tool, this.count)) points.push(from.place);
    return [...points, hand.place];
  }

  /** Where points have been put. */
  get put(): Place[] {
    return this.#points.map(({ place }) => place);
  }

  press(hand: Touched): void {
    this.#run = [hand];
  }

  drag(hand: Touched): void {
    const last = this.#run.at(-1);
    if (!last) return;
    if (this.tool !== "freehand") this.#run = [this.#run[0] ?? hand, hand];
    else if (apart(last.at, hand.at) >= STEP_PX && this.#run.length < MOST_DRAWN) this.#run.push(hand);
  }

  hover(hand: Touched): void {
    this.#over = hand;
  }

  /** `screen`: where a place lies on the screen now; the picture may have been moved since. */
  release(hand: Touched, screen: (place: Place) => ScreenPoint | null): void {
    const from = this.#run[0];
    if (!from) return;
    const run = [...this.#run, hand];
    this.#run = [];
    if (apart(from.at, hand.at) < SLIP_PX && run.every(({ at }) => apart(at, from.at) < SLIP_PX)) {
      this.putAt(from, screen);
    } else if (this.tool === "freehand") this.#closeDrawn(run);
    else if (beginsLine(this.tool, this.count)) this.#points.push(from, hand);
    else this.putAt(hand, screen);
  }

  /** One more point; on the first or the last one it closes an outline, else that was a slip. */
  putAt(hand: Touched, screen: (place: Place) => ScreenPoint | null): void {
    const near = (point: Touched | undefined) => {
      const there = point && screen(point.place);
      return there != null && apart(there, hand.at) < SLIP_PX;
    };
    const onLast = near(this.#points.at(-1));
    if (isOutline(this.tool) && (onLast || near(this.#points[0]))) this.close();
    else if (!onLast) this.#points.push(hand);
    if (isOutline(this.tool) && this.count >= MOST_POINTS) this.close();
  }

  /** Closes an outline that has enough points; whether it is closed. */
  close(): boolean {
    this.#closed = isOutline(this.tool) && this.count >= 3;
    return this.#closed;
  }

  /** Takes the last point back; false: there was none. */
  back(): boolean {
    return this.#points.pop() !== undefined;
  }

  /** The button was let go elsewhere: what it was about to put is not put. */
  letGo(): void {
    this.#run = [];
  }

  #closeDrawn(run: readonly Touched[]): void {
    const line = [...this.#points, ...run];
    const indices = kept(
      line.map(({ at }) => at),
      MOST_POINTS,
    );
    const points = indices.flatMap((index) => line[index] ?? []);
    if (points.length < 3) return;
    this.#points = points;
    this.#closed = true;
  }
}
