// A color per person: the same on every screen, told apart also by people who see red and green alike.
import type { Person } from "../protocol.ts";

/** After Okabe and Ito, lightened until each stands 4.5:1 against black. */
export const COLORS = [
  "#ffb000",
  "#56b4e9",
  "#2fc99a",
  "#f0e442",
  "#ff8a65",
  "#d79ad0",
  "#9fb4ff",
  "#c8d96f",
] as const;
export const UNKNOWN = "#c9ccd1";

/** By the order in which people joined, which every page knows alike. */
export function colorOf(people: readonly Person[], principal: string): string {
  const place = people.findIndex((person) => person.principal === principal);
  return COLORS[place % COLORS.length] ?? UNKNOWN;
}
