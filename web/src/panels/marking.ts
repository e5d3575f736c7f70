// What people put on the picture: marks and pointers to draw, own marks to make, change and take back.
import { computed, signal } from "@preact/signals";
import { freshId } from "../net/clock.ts";
import type { Session } from "../net/session.ts";
import type { Annotation, Command, Place, Pointer, Shape, ShownStack } from "../protocol.ts";
import type { PaneMark, PanePointer } from "../stage/index.ts";
import { colorOf } from "../state/colors.ts";
import { hasChangedMarks, marksOn } from "../state/marks.ts";
import * as outbox from "../state/outbox.ts";
import type { Room } from "../state/room.ts";
import { words } from "../words.ts";

const LONGEST_TEXT = 500;
const LONGEST_LABEL = 120;

/** A mark whose menu is open, and where on the page, in CSS pixels. */
export type OpenMenu = { id: string; at: { x: number; y: number } };

export class Marking {
  /** Set while somebody is typing the words of a text mark. */
  readonly asking = signal<((words: string | null) => void) | null>(null);
  /** Whether what is being typed is a question. */
  readonly question = signal(false);
  /** The words that stand there before somebody types. */
  readonly typed = signal("");
  readonly menu = signal<OpenMenu | null>(null);
  /** Where this person points, and in which pane. */
  readonly pointing = signal<Pointer | null>(null);

  /** Whether there may be something of this person's to take back. */
  readonly canUndo = computed((): boolean => {
    const { document, me, role, outbox: box } = this.room;
    if (document.value === null || me.value === null || role.value === "observer") return false;
    const host = role.value === "host";
    return hasChangedMarks(document.value, outbox.commands(box.value), me.value, host);
  });

  /**
   * Whether a wish to take something back waits for the line: what it takes back is not seen before, and one more
   * would take back one more. While there is a line, wishes follow each other as fast as they are made.
   */
  readonly undoing = computed(
    (): boolean =>
      this.room.connection.value !== "live" &&
      outbox.commands(this.room.outbox.value).some(({ kind }) => kind === "annotation.undo"),
  );

  constructor(
    private readonly room: Room,
    private readonly session: Session,
  ) {}

  /** The marks to draw on a stack. */
  on(shown: ShownStack | null): PaneMark[] {
    const { document, me, role, outbox: box } = this.room;
    if (document.value === null || me.value === null || shown === null) return [];
    const waiting = outbox.commands(box.value);
    return marksOn(document.value, waiting, me.value, shown.series, shown.stack)
      .filter(({ hidden }) => !hidden)
      .map((mark) => ({ ...mark, removable: mark.own || role.value === "host" }));
  }

  /** Pointers to draw in a pane: other people's and those of this person's other tabs; of his own those elsewhere. */
  pointersOn(pane: number): PanePointer[] {
    const people = this.room.document.value?.people ?? [];
    const names = new Map(people.map(({ principal, name }) => [principal, name]));
    const mine = this.room.welcome.value?.connection;
    const others = Object.values(this.room.presence.value).flatMap(({ connection, principal, pointer }) => {
      if (connection === mine || pointer == null || !reaches(pointer, pane)) return [];
      const name = names.get(principal) ?? "";
      return [
        {
          key: connection,
          name,
          color: colorOf(people, principal),
          place: pointer.place,
          laser: pointer.laser,
        },
      ];
    });
    const own = this.pointing.value;
    if (own === null || own.pane === pane || !reaches(own, pane)) return others;
    const color = colorOf(people, this.room.me.value ?? "");
    return [...others, { key: "own", name: "", color, place: own.place, laser: own.laser }];
  }

  /** The id of the mark it becomes; null when there is nowhere to put it. */
  add(shape: Shape, on: ShownStack | null): string | null {
    const id = freshId();
    return this.#put(id, shape, "annotation.create", on) ? id : null;
  }

  /** Asks for the words of a text or a question. It lies where it was begun, whatever is shown meanwhile. */
  async write(at: Place, kind: "text" | "pin", on: ShownStack | null): Promise<void> {
    const question = kind === "pin";
    const text = (await this.#words(question, question ? words.questions.whatIsThis : ""))
      ?.trim()
      .slice(0, LONGEST_TEXT);
    if (text) this.#put(freshId(), { kind, at, text }, "annotation.create", on);
  }

  /** Asks for other words of an own mark: of a text, of a question, or beside an arrow. */
  async rewrite(id: string): Promise<void> {
    const shape = this.#known(id)?.mark?.shape;
    if (shape === undefined) return;
    const before = shape.kind === "arrow" ? shape.label : "text" in shape ? shape.text : null;
    if (before === null) return;
    const longest = shape.kind === "arrow" ? LONGEST_LABEL : LONGEST_TEXT;
    const text = (await this.#words(shape.kind === "pin", before))?.trim().slice(0, longest);
    const now = this.#known(id)?.mark?.shape;
    if (!text || now === undefined) return;
    if (now.kind === "arrow") this.change(id, { ...now, label: text }, null);
    else if (now.kind === "text" || now.kind === "pin") this.change(id, { ...now, text }, null);
  }

  /** Another's mark out of everyone's sight, or back. */
  hide(id: string, hidden: boolean): void {
    this.#do({ kind: "annotation.hide", id, hidden });
  }

  /** Null: delete it, or take another's out of everyone's sight. */
  change(id: string, shape: Shape | null, on: ShownStack | null): void {
    const known = this.#known(id);
    const another = known !== undefined && known.by !== this.room.me.value;
    if (shape === null && another) this.hide(id, true);
    else if (shape === null) this.#do({ kind: "annotation.delete", id });
    else this.#put(id, shape, "annotation.update", known?.mark ?? on);
  }

  undo(): void {
    if (!this.undoing.value) this.#do({ kind: "annotation.undo" });
  }

  redo(): void {
    this.#do({ kind: "annotation.redo" });
  }

  #known(id: string): Annotation | undefined {
    return this.room.document.value?.annotations.find((mark) => mark.id === id && !mark.deleted);
  }

  /** The words somebody types for a text or a question; null when they do not want one after all. */
  #words(question: boolean, before: string): Promise<string | null> {
    this.asking.value?.(null);
    this.question.value = question;
    this.typed.value = before;
    return new Promise((resolve) => {
      const answer = (typed: string | null) => {
        if (this.asking.value === answer) this.asking.value = null;
        resolve(typed);
      };
      this.asking.value = answer;
    });
  }

  #put(
    id: string,
    shape: Shape,
    kind: "annotation.create" | "annotation.update",
    on: { series: string; stack: number } | null,
  ): boolean {
    return on !== null && this.#do({ kind, id, mark: { series: on.series, stack: on.stack, shape } });
  }

  #do(command: Command): boolean {
    const taken = this.session.do(command);
    if (!taken) this.room.notify(words.banners.full);
    return taken;
  }
}

/** Whether a pointer can be seen in a pane: its own one, and those that show the same patient. */
function reaches({ pane: from, place }: Pointer, pane: number): boolean {
  return from === pane || place.kind === "patient";
}
