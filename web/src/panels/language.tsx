// Which language the page speaks with the person before it.
import { choose, LANGUAGES, type Language, language, words } from "../words.ts";

const ALL = Object.keys(LANGUAGES) as Language[];

export function LanguageChoice() {
  if (ALL.length < 2) return null;
  return (
    <label class="language">
      <span class="unseen">{words.language}</span>
      <select
        value={language.value}
        onChange={(event) => void choose(event.currentTarget.value as Language).catch(() => undefined)}
      >
        {ALL.map((one) => (
          <option key={one} value={one} lang={one}>
            {LANGUAGES[one].name}
          </option>
        ))}
      </select>
    </label>
  );
}
