// On a narrow screen the two sides of the desk are drawers: these open one of them over the picture, or close it.
import { useEffect } from "preact/hooks";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

export type Drawer = "series" | "people" | null;
type SideTabsProps = { desk: Desk; open: Drawer; choose: (drawer: Drawer) => void };

export function SideTabs({ desk, open, choose }: SideTabsProps) {
  useEffect(() => {
    if (open === null) return undefined;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) choose(null);
    };
    addEventListener("keydown", pressed, true);
    return () => removeEventListener("keydown", pressed, true);
  }, [open]);
  const toggle = (drawer: Drawer) => choose(open === drawer ? null : drawer);
  const unread = desk.unread.value;
  return (
    <div class="side-tabs">
      <button type="button" aria-expanded={open === "series"} onClick={() => toggle("series")}>
        <Icon name="images" />
        <span>{words.room.pictures}</span>
      </button>
      <button type="button" aria-expanded={open === "people"} onClick={() => toggle("people")}>
        <Icon name="people" />
        <span>{words.people.title}</span>
        {unread > 0 && <span class="count">{unread}</span>}
      </button>
    </div>
  );
}
