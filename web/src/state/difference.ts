// What this page knew and the server has no more: said to people after a loss, in kinds and numbers. Pure.
import { canonical } from "./canonical.ts";
import type { RoomDocument } from "./document.ts";

export type GoneKind = "marks" | "messages" | "keyImages" | "series" | "people";
export type Gone = { kind: GoneKind; count: number };

export function difference(known: RoomDocument, now: RoomDocument): Gone[] {
  // Entries are told without nulls, snapshots with them.
  const lost = (before: readonly unknown[], after: readonly unknown[]) => {
    const kept = new Set(after.map(canonical));
    return before.filter((one) => !kept.has(canonical(one))).length;
  };
  const counts: Record<GoneKind, number> = {
    marks: lost(
      known.annotations.filter(({ deleted }) => !deleted),
      now.annotations,
    ),
    messages: lost(known.chat, now.chat),
    keyImages: lost(known.key_images, now.key_images),
    series: lost(known.series, now.series),
    people: lost(known.people, now.people),
  };
  return (Object.entries(counts) as [GoneKind, number][])
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ kind, count }));
}
