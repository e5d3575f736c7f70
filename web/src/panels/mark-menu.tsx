// What can be done with one mark: go to it, change its words, copy its values, delete or hide it.
import type { Annotation, KeptMark } from "../protocol.ts";
import { anchorOf, remarkLines, valueLines } from "../stage/index.ts";
import { words } from "../words.ts";
import { copied } from "./copying.ts";
import type { Desk } from "./desk.ts";
import { type MenuItem, PopupMenu } from "./popup-menu.tsx";

export function MarkMenu({ desk }: { desk: Desk }) {
  const { menu } = desk.marking;
  const open = menu.value;
  const annotation = desk.room.document.value?.annotations.find(({ id }) => id === open?.id);
  if (open === null || annotation?.mark == null) return null;
  const items = itemsFor(desk, annotation, annotation.mark);
  if (items.length === 0) return null;
  const close = () => {
    menu.value = null;
  };
  return (
    <section aria-label={words.marks.title}>
      <PopupMenu key={open.id} label={words.marks.menu} items={items} at={open.at} close={close} />
    </section>
  );
}

function itemsFor(desk: Desk, { id, by }: Annotation, mark: KeptMark): MenuItem[] {
  const { room, marking } = desk;
  const own = by === room.me.value;
  const values = valuesOf(mark);
  const written = mark.shape.kind === "arrow" || mark.shape.kind === "text" || mark.shape.kind === "pin";
  const may = room.role.value !== "observer";
  const items: (MenuItem | false)[] = [
    { text: words.marks.goTo, act: () => goTo(desk, id, mark) },
    own && written && may && { text: words.marks.rewrite, act: () => void marking.rewrite(id) },
    values.length > 0 && { text: words.marks.copy, act: () => void copy(desk, values) },
    own && may && { text: words.marks.remove, act: () => marking.change(id, null, null) },
    !own && room.role.value === "host" && { text: words.marks.hide, act: () => marking.hide(id, true) },
  ];
  return items.filter((item) => item !== false);
}

/** Shows the picture on which a mark lies, and which of its marks it is. */
export function goTo(desk: Desk, id: string, { series, stack, shape }: KeptMark): void {
  const place = anchorOf(shape);
  if (place === null) return;
  desk.lookAt({ shown: { series, stack, mode: "stack" }, place });
  desk.pane?.select(id);
}

/** All that was measured, and what must be said about it. */
export function valuesOf({ measured, unmeasurable }: KeptMark): string[] {
  if (unmeasurable) return [unmeasurable];
  return measured ? [...valueLines(measured, "list"), ...remarkLines(measured)] : [];
}

async function copy(desk: Desk, lines: readonly string[]): Promise<void> {
  const done = await copied(lines.join("\n"));
  desk.room.notify(done ? words.marks.copied : words.marks.notCopied);
}
