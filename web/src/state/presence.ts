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

export type Standing = { here: boolean; following: boolean; quality: PersonPresent["quality"] };

/** How somebody with perhaps several tabs stands: here if any is, following if all do, the best picture of them. */
export function standing(presence: Presence, principal: string): Standing {
  const all = Object.values(presence).filter((person) => person.principal === principal);
  const best = Math.max(0, ...all.map((person) => QUALITIES.indexOf(person.quality)));
  return {
    here: all.length > 0,
    following: all.every((person) => person.following),
    quality: QUALITIES[best] ?? "none",
  };
}
