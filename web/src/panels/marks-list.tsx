// All marks of the room, wherever they lie: to go to, to delete one's own, for hosts to hide and show others'.
// Questions have a list of their own, unless they are hidden.
import type { Annotation, Place, Shape } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Section } from "./section.tsx";

export function MarksList({ desk }: { desk: Desk }) {
  const { document, role } = desk.room;
  const host = role.value === "host";
  const marks = (document.value?.annotations ?? [])
    .filter(({ deleted, hidden, mark }) => !deleted && (hidden ? host : mark?.shape.kind !== "pin"))
    .sort((a, b) => a.revision - b.revision);
  return (
    <Section title={words.marks.title} note={marks.length > 0 ? String(marks.length) : ""}>
      {marks.length === 0 && <p class="note">{words.marks.none}</p>}
      <ul class="things">
        {marks.map((mark) => (
          <MarkRow key={mark.id} desk={desk} annotation={mark} />
        ))}
      </ul>
    </Section>
  );
}

function MarkRow({ desk, annotation }: { desk: Desk; annotation: Annotation }) {
  const { room, session } = desk;
  const { id, by, hidden, mark } = annotation;
  const name = room.document.value?.people.find(({ principal }) => principal === by)?.name ?? "";
  const place = mark == null ? null : placeOf(mark.shape);
  const hides = room.role.value === "host" && by !== room.me.value;
  return (
    <li class={hidden ? "done" : ""}>
      <p>
        <b>{name}</b> {mark != null && saying(mark.shape)}
        {hidden && <span class="note"> · {words.marks.hidden}</span>}
      </p>
      <div class="row">
        {mark != null && place !== null && (
          <button
            type="button"
            class="small"
            onClick={() =>
              desk.lookAt({ shown: { series: mark.series, stack: mark.stack, mode: "stack" }, place })
            }
          >
            {words.marks.goTo}
          </button>
        )}
        {by === room.me.value && (
          <button type="button" class="small" onClick={() => session.do({ kind: "annotation.delete", id })}>
            {words.marks.remove}
          </button>
        )}
        {hides && (
          <button
            type="button"
            class="small"
            onClick={() => session.do({ kind: "annotation.hide", id, hidden: !hidden })}
          >
            {hidden ? words.marks.show : words.marks.hide}
          </button>
        )}
      </div>
    </li>
  );
}

/** Where to look for it; a place where nothing of it is drawn would be none. */
function placeOf(shape: Shape): Place | null {
  switch (shape.kind) {
    case "text":
    case "pin":
    case "probe":
      return shape.at;
    case "arrow":
      return shape.head;
    case "length":
      return shape.start;
    case "angle":
      return shape.vertex;
    case "cobb":
    case "bidirectional":
      return shape.first.start;
    case "ellipse":
      return shape.center;
    case "rectangle":
      return shape.corner;
    case "polygon":
    case "freehand":
      return null;
  }
}

/** The words of a mark, or what it is. */
function saying(shape: Shape): string {
  switch (shape.kind) {
    case "text":
    case "pin":
      return shape.text;
    case "arrow":
      return shape.label || words.tools.arrow;
    default:
      return words.marks.measurement;
  }
}
