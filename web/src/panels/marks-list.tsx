// All marks of the room, wherever they lie, with what was measured: to go to, to delete one's own, for hosts to hide
// and show others'. Questions have a list of their own, unless they are hidden.
import type { Annotation, KeptMark, Shape } from "../protocol.ts";
import { anchorOf, imagePoint, spaceOf } from "../stage/index.ts";
import { colorOf } from "../state/colors.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { goTo, valuesOf } from "./mark-menu.tsx";
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
  const { room, marking } = desk;
  const { id, by, hidden, mark } = annotation;
  const people = room.document.value?.people ?? [];
  const name = people.find(({ principal }) => principal === by)?.name ?? "";
  const own = by === room.me.value;
  return (
    <li class={hidden ? "done" : ""}>
      <p>
        <b class="author" ref={(element) => element?.style.setProperty("--mark", colorOf(people, by))}>
          {name}
        </b>{" "}
        {mark != null && saying(mark.shape)}
        {hidden && <span class="note"> · {words.marks.hidden}</span>}
      </p>
      {mark != null && (
        <>
          {valuesOf(mark).map((line) => (
            <p key={line} class="measured">
              {line}
            </p>
          ))}
          <p class="note">{pictureOf(desk, mark)}</p>
        </>
      )}
      <div class="row">
        {mark != null && anchorOf(mark.shape) !== null && (
          <button type="button" class="small" onClick={() => goTo(desk, id, mark)}>
            {words.marks.goTo}
          </button>
        )}
        {own && (
          <button type="button" class="small" onClick={() => marking.change(id, null, null)}>
            {words.marks.remove}
          </button>
        )}
        {!own && room.role.value === "host" && (
          <button type="button" class="small" onClick={() => marking.hide(id, !hidden)}>
            {hidden ? words.marks.show : words.marks.hide}
          </button>
        )}
      </div>
    </li>
  );
}

/** Which picture a mark lies on, and of which series if that is not the one shown. */
export function pictureOf(desk: Desk, mark: KeptMark): string {
  const series = desk.room.series.value?.find((one) => one.series === mark.series);
  const info = series?.stacks[mark.stack];
  const place = anchorOf(mark.shape);
  if (series === undefined || info === undefined || place === null) return "";
  const frame = imagePoint(spaceOf(info), place)?.frame;
  const picture = frame === undefined ? "" : words.marks.picture(frame + 1);
  const shown = desk.shown.value;
  if (shown?.series === mark.series && shown.stack === mark.stack) return picture;
  return words.marks.elsewhere(series.description || series.modality || words.room.unnamedSeries, picture);
}

/** The words of a mark, or what it is. */
function saying(shape: Shape): string {
  if (shape.kind === "text" || shape.kind === "pin") return shape.text;
  return (shape.kind === "arrow" && shape.label) || words.tools[shape.kind];
}
