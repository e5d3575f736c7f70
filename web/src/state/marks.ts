// The marks to draw on one stack: the document's, and over them what this person did that is not kept yet.
import type { Command, Measured, Shape } from "../protocol.ts";
import { colorOf } from "./colors.ts";
import type { RoomDocument } from "./document.ts";

/** A mark as it is to be drawn. `pending`: not yet kept by the server; `hidden`: by a host, from everyone. */
export type StandingMark = {
  id: string;
  name: string;
  color: string;
  own: boolean;
  pending: boolean;
  hidden: boolean;
  shape: Shape;
  /** The server's; null for what has no measure, and while it is being measured. */
  measured: Measured | null;
  /** Why it could not be measured, in words. */
  unmeasurable: string | null;
};

/** `waiting`: own commands in the order they were given. */
export function marksOn(
  document: RoomDocument,
  waiting: readonly Command[],
  me: string,
  series: string,
  stack: number,
): StandingMark[] {
  const marks = new Map<string, StandingMark>();
  const names = new Map(document.people.map((person) => [person.principal, person.name]));
  for (const { id, by, deleted, hidden, mark } of document.annotations) {
    if (deleted || mark == null || mark.series !== series || mark.stack !== stack) continue;
    marks.set(id, {
      id,
      name: names.get(by) ?? "",
      color: colorOf(document.people, by),
      own: by === me,
      pending: false,
      hidden,
      shape: mark.shape,
      measured: mark.measured ?? null,
      unmeasurable: mark.unmeasurable ?? null,
    });
  }
  for (const command of notTakenBack(waiting)) {
    if (command.kind === "annotation.delete") marks.delete(command.id);
    const known = "id" in command ? marks.get(command.id) : undefined;
    if (command.kind === "annotation.hide" && known !== undefined) {
      marks.set(command.id, { ...known, hidden: command.hidden });
    }
    if (command.kind !== "annotation.create" && command.kind !== "annotation.update") continue;
    const { id, mark } = command;
    if (mark.series !== series || mark.stack !== stack) continue;
    if (command.kind === "annotation.update" && known === undefined) continue;
    marks.set(id, {
      id,
      name: names.get(me) ?? "",
      color: colorOf(document.people, me),
      own: true,
      pending: true,
      hidden: known?.hidden ?? false,
      shape: mark.shape,
      measured: null,
      unmeasurable: null,
    });
  }
  return [...marks.values()];
}

/** The changes of marks that will stand once all that waits is done: a waiting undo takes the last of them back. */
function notTakenBack(waiting: readonly Command[]): Command[] {
  const done: Command[] = [];
  const undone: Command[] = [];
  for (const command of waiting) {
    const [from, to] = command.kind === "annotation.redo" ? [undone, done] : [done, undone];
    if (command.kind === "annotation.undo" || command.kind === "annotation.redo") {
      const last = from.pop();
      if (last !== undefined) to.push(last);
    } else if (command.kind.startsWith("annotation.")) {
      done.push(command);
      undone.length = 0;
    }
  }
  return done;
}

/**
 * Whether this person has changed marks here, so that there may be something to take back.
 *
 * `hides`: he may have hidden marks of others, which leaves no name.
 */
export function hasChangedMarks(
  document: RoomDocument,
  waiting: readonly Command[],
  me: string,
  hides: boolean,
): boolean {
  return (
    document.annotations.some(({ by, hidden }) => by === me || (hides && hidden)) ||
    waiting.some(({ kind }) => kind.startsWith("annotation."))
  );
}
