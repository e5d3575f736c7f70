// The words on the picture for people who are no radiologists: sides by name, and what is not perfect about it. Pure.
import { words } from "../words.ts";
import type { SideLetters } from "./bearings.ts";
import type { Note } from "./corner-text.ts";
import type { Drawn } from "./drawn.ts";

/** Only what lies straight toward a side has a plain name. */
export function plainSides(letters: SideLetters | null): SideLetters | null {
  const names: Record<string, string> = words.stage.plain.sides;
  const named = (letter: string) => names[letter] ?? "";
  return (
    letters && {
      left: named(letters.left),
      right: named(letters.right),
      top: named(letters.top),
      bottom: named(letters.bottom),
    }
  );
}

export function plainState(drawn: Drawn, note: Note, lossy: boolean): string {
  const { preview, lossy: fine, overlaysHidden } = words.stage.plain;
  const coming = drawn.quality === "preview" && !drawn.final;
  const { mode, info } = drawn.shown;
  const between = mode !== "stack" && info.mpr_note !== "";
  const quality = coming ? preview : lossy || between || drawn.quality === "preview" ? fine : "";
  return [quality, note === "no-overlays" ? overlaysHidden : ""].filter(Boolean).join(" · ");
}

/** What there is to say of the picture beside where it lies, which the page says. */
export function plainSentence(drawn: Drawn, running: boolean): string {
  if (drawn.refusal) return words.stage.plain.cannotBeShown;
  return running ? words.stage.plain.film : "";
}
