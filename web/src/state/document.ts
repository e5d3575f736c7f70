// The room's document as this page knows it: the twin of the server's pure reducer. Entries in, documents out.
import type {
  Annotation,
  ChatMessage,
  Hand,
  KeyImage,
  Lead,
  LogEntry,
  OpenSeries,
  Person,
  Role,
  Snapshot,
} from "../protocol.ts";

export type RoomDocument = {
  epoch: string;
  revision: number;
  head: string;
  ended: boolean;
  /** The revision at which everyone was last brought to the shared view. */
  gathered: number;
  lead: Lead;
  people: Person[];
  series: OpenSeries[];
  annotations: Annotation[];
  hands: Hand[];
  chat: ChatMessage[];
  key_images: KeyImage[];
};

/** A room before anything happened in it. */
export function emptyDocument(epoch: string): RoomDocument {
  return {
    epoch,
    revision: 0,
    head: "",
    ended: false,
    gathered: 0,
    lead: { holder: null, fence: 0, asking: [] },
    people: [],
    series: [],
    annotations: [],
    hands: [],
    chat: [],
    key_images: [],
  };
}

/** Messages in the document; the log keeps all. */
export const CHAT_KEPT = 500;

export function fromSnapshot(snapshot: Snapshot): RoomDocument {
  const { view_revision: _, layout: _layout, panes: _panes, ...document } = snapshot;
  return document;
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
  const { command, by, revision } = entry;
  switch (command.kind) {
    case "annotation.create": {
      const { id, mark } = command;
      const made = { id, by, revision, deleted: false, hidden: false, answered: false, mark };
      return { ...document, annotations: [...before.annotations, made].sort(byId) };
    }
    case "annotation.update":
      return withAnnotation(document, command.id, { revision, mark: command.mark });
    case "annotation.delete":
      return withAnnotation(document, command.id, { revision, deleted: true, hidden: false, mark: null });
    case "annotation.hide":
      return withAnnotation(document, command.id, { revision, hidden: command.hidden });
    case "annotation.reverted": {
      const { id, hidden, mark = null } = command;
      return withAnnotation(document, id, { revision, deleted: mark === null, hidden, mark });
    }
    case "question.answer":
      return withAnnotation(document, command.id, { revision, answered: command.answered });
    case "lead.take":
      return ledBy(document, by, entry.fence);
    case "lead.give":
      return ledBy(document, command.to, entry.fence);
    case "lead.ask":
      return asking(document, by, command.asking);
    case "stage.gather":
      return { ...document, gathered: revision };
    case "series.opened": {
      const { series, other_patient } = command;
      return { ...document, series: [...withoutSeries(before, series), { series, other_patient }] };
    }
    case "series.close":
      return { ...document, series: withoutSeries(before, command.series) };
    case "key_image.add": {
      const { id, view, note } = command;
      const others = before.key_images.filter((image) => image.id !== id);
      return { ...document, key_images: [...others, { id, by, revision, view, note }].sort(byId) };
    }
    case "key_image.remove":
      return { ...document, key_images: before.key_images.filter(({ id }) => id !== command.id) };
    case "chat.say": {
      const said = { revision, at_ms: entry.at_ms, by, text: command.text };
      return { ...document, chat: [...before.chat, said].slice(-CHAT_KEPT) };
    }
    case "hand.raise": {
      if (!command.raised) return handDown(document, by);
      const up = before.hands.some(({ principal }) => principal === by);
      return up ? document : { ...document, hands: [...before.hands, { principal: by, revision }] };
    }
    case "hand.lower":
      return handDown(document, command.principal);
    case "person.joined":
      return withPerson(document, { principal: by, name: command.name, role: command.role, removed: false });
    case "person.remove": {
      const gone = personWith(document, command.principal, { removed: true });
      return withoutLead(handDown(gone, command.principal), command.principal, entry);
    }
    case "person.role": {
      const changed = personWith(document, command.principal, { role: command.role });
      return mayLead(command.role) ? changed : withoutLead(changed, command.principal, entry);
    }
    case "room.end":
      return { ...document, ended: true };
    case "room.reopen":
      return { ...document, ended: false };
    case "room.continued":
      return { ...document, epoch: command.epoch };
    default:
      return never(command);
  }
}

/** Whether somebody of this role can hold the lead, as in the server's table of rights. */
export function mayLead(role: Role): boolean {
  return role !== "observer";
}

/** As in a snapshot: in the order of their ids, which are plain ASCII. */
function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function withAnnotation(document: RoomDocument, id: string, change: Partial<Annotation>): RoomDocument {
  const annotations = document.annotations.map((known) =>
    known.id === id ? { ...known, ...change } : known,
  );
  return { ...document, annotations };
}

function ledBy(document: RoomDocument, holder: string, fence: number): RoomDocument {
  return { ...document, lead: { holder, fence, asking: [] } };
}

function asking(document: RoomDocument, principal: string, asks: boolean): RoomDocument {
  const others = document.lead.asking.filter((one) => one !== principal);
  return { ...document, lead: { ...document.lead, asking: asks ? [...others, principal] : others } };
}

/** He neither leads nor asks; a lead he held is of whoever changed that. */
function withoutLead(document: RoomDocument, principal: string, entry: LogEntry): RoomDocument {
  const leads = document.lead.holder === principal;
  return leads ? ledBy(document, entry.by, entry.fence) : asking(document, principal, false);
}

function handDown(document: RoomDocument, principal: string): RoomDocument {
  return { ...document, hands: document.hands.filter((hand) => hand.principal !== principal) };
}

function withoutSeries(document: RoomDocument, series: string): OpenSeries[] {
  return document.series.filter((one) => one.series !== series);
}

function personWith(document: RoomDocument, principal: string, change: Partial<Person>): RoomDocument {
  const people = document.people.map((one) => (one.principal === principal ? { ...one, ...change } : one));
  return { ...document, people };
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
