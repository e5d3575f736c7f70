// Who came and who went between two looks at the room. Pure.

/** Names by principal of those who are here. */
export type Here = ReadonlyMap<string, string>;
export type Comings = { came: string[]; went: string[] };

export function comings(before: Here, now: Here): Comings {
  const missing = (from: Here, other: Here) =>
    [...from].filter(([principal]) => !other.has(principal)).map(([, name]) => name);
  return { came: missing(now, before), went: missing(before, now) };
}
