// Who is here now, by connection: the newest word of each wins; frames may be lost, a full one mends it.
import type { PersonPresent, PresenceFrame } from "../protocol.ts";

export type Presence = Record<string, PersonPresent>;

export function withFrame(presence: Presence, frame: PresenceFrame): Presence {
  const next: Presence = frame.full ? {} : { ...presence };
  for (const person of frame.people) {
    const known = next[person.connection];
    if (known === undefined || person.n > known.n) next[person.connection] = person;
  }
  for (const connection of frame.gone) delete next[connection];
  return next;
}

const QUALITIES = ["none", "preview", "full"] as const;

export type Learned = { viewRevision: number; at: number };
/** What somebody's screen shows, of what everyone is shown: the same, an older view, or something of his own. */
export type Sees = { kind: "same" } | { kind: "behind"; ms: number } | { kind: "own" } | { kind: "unknown" };
export type Standing = {
  here: boolean;
  following: boolean;
  typing: boolean;
  quality: PersonPresent["quality"];
  sees: Sees;
};

/**
 * How somebody with perhaps several tabs stands: here if any is, following if all do, the best picture of them.
 * `learned` is when this page knew which view, `now` on the same clock.
 */
export function standing(
  presence: Presence,
  principal: string,
  learned: readonly Learned[],
  now: number,
): Standing {
  const all = Object.values(presence).filter((person) => person.principal === principal);
  const best = Math.max(0, ...all.map((person) => QUALITIES.indexOf(person.quality)));
  return {
    here: all.length > 0,
    following: all.every((person) => person.following),
    typing: all.some((person) => person.typing),
    quality: QUALITIES[best] ?? "none",
    sees: seesOf(all, learned, now),
  };
}

function seesOf(all: readonly PersonPresent[], learned: readonly Learned[], now: number): Sees {
  const [person] = all.filter(({ drawn }) => drawn != null);
  if (person?.drawn == null) return { kind: "unknown" };
  if (all.some(({ following }) => !following)) return { kind: "own" };
  const { view_revision } = person.drawn;
  if (view_revision == null) return { kind: "unknown" };
  // Not by fences: a lead that moved has shown nothing new, and those who came later know only its new fence.
  const missed = learned.find(({ viewRevision }) => viewRevision > view_revision);
  return missed === undefined ? { kind: "same" } : { kind: "behind", ms: Math.max(0, now - missed.at) };
}
