// What the page says, in the language of the person before it. `words` is the language that is spoken now; what was
// said before a change of `language` has to be drawn again.
import { signal } from "@preact/signals";
import { en } from "./words/en.ts";

export type Words = typeof en;

/** Each language with its own name for itself, the way it is written, and where its words are. */
export const LANGUAGES = {
  en: { name: "English", direction: "ltr", load: async () => en },
} as const satisfies Record<string, { name: string; direction: "ltr" | "rtl"; load: () => Promise<Words> }>;

export type Language = keyof typeof LANGUAGES;

export let words: Words = en;
export const language = signal<Language>("en");

const KEPT = "readingroom-language";

/** The language somebody chose in this browser, else the first of theirs that we speak, else English. */
export function preferred(): Language {
  const wanted = [kept(), ...navigator.languages].map((tag) => tag.toLowerCase().split("-", 1)[0] ?? "");
  return wanted.find(isSpoken) ?? "en";
}

/** The page speaks so from now on; words that cannot be loaded leave it as it was. */
export async function speak(chosen: Language): Promise<void> {
  words = await LANGUAGES[chosen].load();
  document.documentElement.lang = chosen;
  document.documentElement.dir = LANGUAGES[chosen].direction;
  language.value = chosen;
}

/** As `speak`, and remembered in this browser. */
export async function choose(chosen: Language): Promise<void> {
  await speak(chosen);
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

function isSpoken(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

function kept(): string {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}
