// What the page says, in the language of the person before it. `words` is the language that is spoken now.
import { en } from "./words/en.ts";

export type Words = typeof en;

export let words: Words = en;

/** From here on the page speaks so; what is on the screen already has to be drawn again. */
export function speak(language: Words): void {
  words = language;
}
