// The room's document as this page knows it: the twin of the server's pure reducer. Entries in, documents out.
import type { Annotation, Lead, LogEntry, Person, Snapshot } from "../protocol.ts";

export type RoomDocument = {
  epoch: string;
  revision: number;
  head: string;
  lead: Lead;
  people: Person[];
  series: string[];
  annotations: Annotation[];
};

export function fromSnapshot(snapshot: Snapshot): RoomDocument {
  const { epoch, revision, head, lead, people, series, annotations } = snapshot;
  return { epoch, revision, head, lead, people, series, annotations };
}

export type Taken = { document: RoomDocument; gap: boolean };

/** Entries in the order they came: known ones are dropped, the next ones applied; a gap stops, and says so. */
export function withEntries(document: RoomDocument, entries: readonly LogEntry[]): Taken {
  let known = document;
  for (const entry of entries) {
    if (entry.revision <= known.revision) continue;
    if (entry.revision > known.revision + 1) return { document: known, gap: true };
    known = withEntry(known, entry);
  }
  return { document: known, gap: false };
}

function withEntry(before: RoomDocument, entry: LogEntry): RoomDocument {
  const document = { ...before, revision: entry.revision, head: entry.head };
  const { command } = entry;
  switch (command.kind) {
    case "annotation.create": {
      const { id, mark } = command;
      const made = { id, by: entry.by, revision: entry.revision, deleted: false, mark };
      return { ...document, annotations: [...before.annotations, made].sort(byId) };
    }
    case "annotation.update":
      return withAnnotation(document, command.id, { revision: entry.revision, mark: command.mark });
    case "annotation.delete":
      return withAnnotation(document, command.id, { revision: entry.revision, deleted: true, mark: null });
    case "lead.take":
      return { ...document, lead: { holder: entry.by, fence: entry.fence, asking: [] } };
    case "lead.give":
      return { ...document, lead: { holder: command.to, fence: entry.fence, asking: [] } };
    case "lead.ask": {
      const others = before.lead.asking.filter((principal) => principal !== entry.by);
      const asking = command.asking ? [...others, entry.by] : others;
      return { ...document, lead: { ...before.lead, asking } };
    }
    case "person.joined":
      return withPerson(document, { principal: entry.by, name: command.name, role: command.role });
    case "series.opened":
      return before.series.includes(command.series)
        ? document
        : { ...document, series: [...before.series, command.series] };
    default:
      return never(command);
  }
}

/** As in a snapshot: in the order of their ids, which are plain ASCII. */
function byId(a: Annotation, b: Annotation): number {
  return a.id < b.id ? -1 : 1;
}

function withAnnotation(document: RoomDocument, id: string, change: Partial<Annotation>): RoomDocument {
  const annotations = document.annotations.map((known) =>
    known.id === id ? { ...known, ...change } : known,
  );
  return { ...document, annotations };
}

function withPerson(document: RoomDocument, person: Person): RoomDocument {
  const known = document.people.some(({ principal }) => principal === person.principal);
  const people = known
    ? document.people.map((one) => (one.principal === person.principal ? person : one))
    : [...document.people, person];
  return { ...document, people };
}

function never(value: never): never {
  throw new Error(`unknown command ${JSON.stringify(value)}`);
}
