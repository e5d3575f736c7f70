// The menu of a mark, fetched when somebody asks for one: few do, and the first picture does not wait for it.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";

type Shown = ComponentType<{ desk: Desk }>;

export function LateMarkMenu({ desk }: { desk: Desk }) {
  const { menu } = desk.marking;
  const [part, setPart] = useState<{ Menu: Shown } | null>(null);
  const wanted = menu.value !== null && part === null;
  useEffect(() => {
    if (!wanted) return;
    import("./mark-menu.tsx").then(
      ({ MarkMenu }) => setPart({ Menu: MarkMenu }),
      () => {
        menu.value = null;
        desk.room.notify(words.refusals.unreachable);
      },
    );
  }, [wanted]);
  return menu.value !== null && part !== null ? <part.Menu desk={desk} /> : null;
}
