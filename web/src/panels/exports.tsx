// What leaves the room as a file: the picture as it is on this screen, and what was measured. For hosts and clinicians.
import { useState } from "preact/hooks";
import { dayOf, personOf } from "../state/dicom-text.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { download } from "./download.ts";
import { pictureOf } from "./marks-list.tsx";
import { isMeasured, measurementTable } from "./measurement-table.ts";
import { Section } from "./section.tsx";

export function Exports({ desk }: { desk: Desk }) {
  const [named, setNamed] = useState(false);
  const role = desk.room.role.value;
  if (role !== "host" && role !== "clinician") return null;
  const identity = desk.picture.value?.series.identity ?? null;
  const measured = (desk.room.document.value?.annotations ?? []).some(isMeasured);
  return (
    <Section title={words.exports.title} note="">
      {identity !== null && (
        <label class="check">
          <input
            type="checkbox"
            checked={named}
            onChange={(event) => setNamed(event.currentTarget.checked)}
          />
          {words.exports.named}
        </label>
      )}
      <div class="row">
        <button
          type="button"
          class="small"
          disabled={desk.picture.value === null}
          onClick={() => void savePicture(desk, named && identity !== null)}
        >
          {words.exports.picture}
        </button>
        <button
          type="button"
          class="small"
          disabled={!measured}
          onClick={() => saveTable(desk, named && identity !== null)}
        >
          {words.exports.table}
        </button>
      </div>
    </Section>
  );
}

async function savePicture(desk: Desk, named: boolean): Promise<void> {
  const frame = desk.frame.value ?? 0;
  const authors = authorsIn(desk, named);
  const byMark = new Map(desk.room.document.value?.annotations.map(({ id, by }) => [id, by]));
  const file = await desk.pane
    ?.snapshot({
      titled: named,
      below: [words.notForDiagnosis, ...(named ? [identityWords(desk)] : [])].filter(Boolean),
      // One that is not kept yet is this person's own.
      nameOf: ({ id }) => authors(byMark.get(id) ?? desk.room.me.value ?? ""),
    })
    .catch(() => null);
  if (file) download(file, `readingroom-picture-${frame + 1}.png`);
  else desk.room.notify(words.exports.failed);
}

function saveTable(desk: Desk, named: boolean): void {
  const annotations = desk.room.document.value?.annotations ?? [];
  const table = measurementTable(annotations, {
    nameOf: authorsIn(desk, named),
    pictureOf: (mark) => pictureOf(desk, mark),
  });
  download(new Blob([table], { type: "text/csv;charset=utf-8" }), "readingroom-measurements.csv");
}

/** What people are called in a file. A patient's own name is identity too. */
function authorsIn(desk: Desk, named: boolean): (principal: string) => string {
  const people = new Map(desk.room.document.value?.people.map((person) => [person.principal, person]));
  return (principal) => {
    const person = people.get(principal);
    if (person === undefined) return "";
    return person.role === "patient" && !named ? words.people.patient : person.name;
  };
}

function identityWords(desk: Desk): string {
  const identity = desk.picture.value?.series.identity;
  if (identity == null) return "";
  const born = dayOf(identity.birth_date);
  const studied = dayOf(identity.study_date);
  return [
    personOf(identity.patient_name),
    identity.patient_id,
    born && words.identity.born(born),
    studied && words.identity.study(studied),
  ]
    .filter(Boolean)
    .join(" · ");
}
