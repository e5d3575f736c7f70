// The first stop of the Tab key: over everything else to the picture. No link, for the address holds the room.
import { words } from "../words.ts";

export function SkipLink() {
  return (
    <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>(".pane")?.focus()}>
      {words.room.toPicture}
    </button>
  );
}
