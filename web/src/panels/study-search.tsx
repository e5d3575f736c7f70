// Looking for studies, as somebody types.
import { words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { Library } from "./library.ts";

export function StudySearch({ library }: { library: Library }) {
  return (
    <label class="study-search">
      <Icon name="search" />
      <span class="unseen">{words.studies.search}</span>
      <input
        placeholder={words.studies.searchHint}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        value={library.search.value}
        onInput={(event) => library.look(event.currentTarget.value)}
      />
    </label>
  );
}
