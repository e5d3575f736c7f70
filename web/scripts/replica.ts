// A page's own reducers without a page: orders come as lines of JSON, and so goes what they made of a room.
import { createInterface } from "node:readline";
import { received } from "../src/net/wire.ts";
import type { LogEntry, Snapshot, ViewChange } from "../src/protocol.ts";
import { fromSnapshot, type RoomDocument, withEntries } from "../src/state/document.ts";
import { documentHash, viewHash } from "../src/state/state-hash.ts";
import { NOTHING_SHARED, panesOf, type SharedView, withChange, withWhole } from "../src/state/view.ts";

/** Only `ask` is answered, with one line; all else is kept silently, or ends the program with its reason. */
type Order =
  | { snapshot: Snapshot }
  | { entries: LogEntry[] }
  | { view: ViewChange }
  | { ask: "state" | "hashes" };

let document: RoomDocument | null = null;
let shared: SharedView = NOTHING_SHARED;

/** What has arrived is what a page would take; an Error if it is not. */
function checked<M>(message: M | null): M {
  if (message === null) throw new Error("a page would not take this message");
  return message;
}

function known(): RoomDocument {
  if (document === null) throw new Error("no snapshot has come yet");
  return document;
}

function begin(snapshot: Snapshot): void {
  const stamp = { fence: snapshot.lead.fence, viewRevision: snapshot.view_revision };
  document = fromSnapshot(snapshot);
  shared = withWhole(NOTHING_SHARED, snapshot.layout, snapshot.panes, stamp);
}

function take(entries: LogEntry[]): void {
  const before = known();
  const taken = withEntries(before, entries);
  if (taken.gap) throw new Error(`entries are missing after revision ${taken.document.revision}`);
  document = taken.document;
}

async function answer(what: "state" | "hashes"): Promise<object> {
  const [mine, view] = [known(), shared];
  const view_revision = view.latest.viewRevision;
  const hashes = {
    revision: mine.revision,
    view_revision,
    document: await documentHash(mine),
    view: await viewHash(view),
  };
  if (what === "hashes") return { hashes };
  return {
    document: mine,
    view: { view_revision, layout: view.layout.layout, panes: panesOf(view) },
    hashes,
  };
}

async function obey(order: Order): Promise<void> {
  if ("snapshot" in order) begin(checked(received("Snapshot", order.snapshot)));
  else if ("entries" in order) take(checked(received("Entries", { entries: order.entries })).entries);
  else if ("view" in order) shared = withChange(shared, checked(received("ViewChange", order.view)));
  else process.stdout.write(`${JSON.stringify(await answer(order.ask))}\n`);
}

for await (const line of createInterface({ input: process.stdin })) await obey(JSON.parse(line) as Order);
process.exit(0);
