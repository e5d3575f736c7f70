// Making and moving marks: the arrow under the hand, the place of a text, the own mark that is dragged.
import type { Place, Shape } from "../protocol.ts";
import type { ScreenPoint } from "./layout.ts";
import { type Grip, type Marks, movedShape } from "./marks.ts";
import { imagePoint, type StackSpace } from "./space.ts";
import type { PaneEvents, PaneMark, Tool } from "./types.ts";

type Doing =
  | { kind: "arrow"; from: ScreenPoint; tail: Place }
  | { kind: "text" }
  | { kind: "pin" }
  | { kind: "move"; grip: Grip; from: Place; at: ScreenPoint };

const DRAFT = { id: "draft", name: "", color: "#ffffff", own: true, removable: true, pending: true };
/** An arrow shorter than this, or a mark moved by less, was a slip of the hand. CSS pixels. */
const SLIP_PX = 6;

export class Drawing {
  #marks: Marks;
  #events: PaneEvents;
  #placeAt: (at: ScreenPoint) => Place | null;
  #done: () => void;
  #doing: Doing | null = null;

  /** `done`: a one-shot tool has ended. */
  constructor(
    marks: Marks,
    events: PaneEvents,
    placeAt: (at: ScreenPoint) => Place | null,
    done: () => void,
  ) {
    this.#marks = marks;
    this.#events = events;
    this.#placeAt = placeAt;
    this.#done = done;
  }

  get active(): boolean {
    return this.#doing !== null;
  }

  /** Begins what the tool, or an own mark under the point, asks for; another's that may be removed is selected. */
  begin(at: ScreenPoint, tool: Tool): boolean {
    const place = this.#placeAt(at);
    if (!place) return false;
    if (tool === "arrow") {
      this.#doing = { kind: "arrow", from: at, tail: place };
      return true;
    }
    if (tool === "text" || tool === "pin") {
      this.#doing = { kind: tool };
      return true;
    }
    const grip = this.#marks.under(at);
    this.#marks.selected = grip?.mark.id ?? null;
    if (!grip?.mark.own) return false;
    this.#doing = { kind: "move", grip, from: place, at };
    return true;
  }

  move(at: ScreenPoint, space: StackSpace): void {
    this.#marks.draft = this.#draftAt(at, space);
  }

  end(at: ScreenPoint, space: StackSpace): void {
    const doing = this.#doing;
    const draft = this.#draftAt(at, space);
    this.#doing = null;
    this.#marks.draft = null;
    if (!doing) return;
    if (doing.kind === "text" || doing.kind === "pin") {
      const place = this.#placeAt(at);
      this.#done();
      if (place) this.#events.onWrite(place, doing.kind);
    } else if (draft && doing.kind === "arrow") {
      this.#done();
      this.#events.onMark(draft.shape);
    } else if (draft && doing.kind === "move") {
      this.#events.onMarkChange(doing.grip.mark.id, draft.shape);
    }
  }

  cancel(): void {
    this.#doing = null;
    this.#marks.draft = null;
  }

  #draftAt(at: ScreenPoint, space: StackSpace): PaneMark | null {
    const doing = this.#doing;
    const place = this.#placeAt(at);
    if (!doing || !place || doing.kind === "text" || doing.kind === "pin") return null;
    const start = doing.kind === "arrow" ? doing.from : doing.at;
    if (Math.hypot(at.x - start.x, at.y - start.y) < SLIP_PX) return null;
    if (doing.kind === "arrow") {
      // The head is where the hand comes to rest: it touches what is meant.
      return { ...DRAFT, shape: { kind: "arrow", tail: doing.tail, head: place, label: "" } };
    }
    const from = imagePoint(space, doing.from);
    const to = imagePoint(space, place);
    if (!from || !to) return null;
    const by = { u: to.u - from.u, v: to.v - from.v };
    const { mark, part } = doing.grip;
    return { ...mark, shape: movedShape(space, mark.shape, part, by) satisfies Shape };
  }
}
