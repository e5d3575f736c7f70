// What a room is, in one number: whoever differs from the server's at the same revision is wrong (SPEC.md R56).
import { canonical } from "./canonical.ts";
import type { RoomDocument } from "./document.ts";
import { panesOf, type SharedView } from "./view.ts";

type Part = [id: string, part: unknown];

/** Parts that did not change are the same objects, and are not hashed again. */
const known = new WeakMap<object, Promise<string>>();

export function documentHash(document: RoomDocument): Promise<string> {
  const { ended, epoch, gathered, lead } = document;
  return together([
    ["room", { ended, epoch, gathered }],
    ["lead", lead],
    ...document.people.map((person): Part => [`p:${person.principal}`, person]),
    ...document.series.map((one): Part => [`s:${one.series}`, one]),
    ...document.annotations.map((mark): Part => [`a:${mark.id}`, mark]),
    ...document.hands.map((hand): Part => [`h:${hand.principal}`, hand]),
    ...document.chat.map((said): Part => [`c:${said.revision}`, said]),
    ...document.key_images.map((image): Part => [`k:${image.id}`, image]),
  ]);
}

export function viewHash(shared: SharedView): Promise<string> {
  const panes = Object.entries(panesOf(shared)).map(([pane, view]): Part => [`v:${pane}`, view]);
  return together([["layout", shared.layout.layout], ...panes]);
}

async function together(parts: Part[]): Promise<string> {
  const lines = await Promise.all(parts.map(async ([id, part]) => `${id}:${await partHash(part)}`));
  return sha256(lines.sort().join("\n"));
}

function partHash(part: unknown): Promise<string> {
  if (typeof part !== "object" || part === null) return sha256(canonical(part));
  const before = known.get(part);
  if (before !== undefined) return before;
  const hash = sha256(canonical(part));
  known.set(part, hash);
  return hash;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
