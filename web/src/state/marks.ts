// The marks to draw on one stack: the document's, and over them what this person did that is not kept yet.
import type { Command, Shape } from "../protocol.ts";
import { colorOf } from "./colors.ts";
import type { RoomDocument } from "./document.ts";

/** A mark as it is to be drawn. `pending`: not yet kept by the server. */
export type StandingMark = {
  id: string;
  name: string;
  color: string;
  own: boolean;
  pending: boolean;
  shape: Shape;
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
  for (const { id, by, deleted, mark } of document.annotations) {
    if (deleted || mark == null || mark.series !== series || mark.stack !== stack) continue;
    marks.set(id, {
      id,
      name: names.get(by) ?? "",
      color: colorOf(document.people, by),
      own: by === me,
      pending: false,
      shape: mark.shape,
    });
  }
  for (const command of waiting) {
    if (command.kind === "annotation.delete") marks.delete(command.id);
    if (command.kind !== "annotation.create" && command.kind !== "annotation.update") continue;
    const { id, mark } = command;
    if (mark.series !== series || mark.stack !== stack) continue;
    if (command.kind === "annotation.update" && !marks.has(id)) continue;
    marks.set(id, {
      id,
      name: names.get(me) ?? "",
      color: colorOf(document.people, me),
      own: true,
      pending: true,
      shape: mark.shape,
    });
  }
  return [...marks.values()];
}

/** This person's newest mark that still stands, for taking it back. */
export function newestOwn(document: RoomDocument, waiting: readonly Command[], me: string): string | null {
  const removed = new Set(
    waiting.flatMap((command) => (command.kind === "annotation.delete" ? [command.id] : [])),
  );
  const kept = document.annotations
    .filter(({ by, deleted }) => by === me && !deleted)
    .sort((a, b) => a.revision - b.revision)
    .map(({ id }) => id);
  const made = waiting.flatMap((command) => (command.kind === "annotation.create" ? [command.id] : []));
  return [...kept, ...made].filter((id) => !removed.has(id)).at(-1) ?? null;
}
