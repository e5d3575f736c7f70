// The doctor's desk: dark and calm; tools above, series at the left, people at the right.

import { dayOf, personOf } from "../state/dicom-text.ts";
import { Banners } from "./banners.tsx";
import type { Desk } from "./desk.ts";
import { Brand } from "./icons.tsx";
import { LeadLine, People } from "./people.tsx";
import { SeriesStrip } from "./series.tsx";
import { Toolbar } from "./toolbar.tsx";
import { Viewport } from "./viewport.tsx";
import { words } from "./words.ts";

export function DoctorDesk({ desk }: { desk: Desk }) {
  return (
    <div class="doctor">
      <header>
        <Brand />
        <Toolbar desk={desk} />
        <LeadLine desk={desk} />
      </header>
      <SeriesStrip desk={desk} />
      <main class="picture-area">
        <Banners desk={desk} />
        <Viewport desk={desk} />
      </main>
      <aside>
        <Identity desk={desk} />
        <People desk={desk} />
      </aside>
      <footer>
        <span class={`badge quality-${desk.quality.value}`}>
          {words.quality.label}: {words.quality[desk.quality.value]}
        </span>
        <span>{words.notForDiagnosis}</span>
      </footer>
    </div>
  );
}

/** Whose pictures these are: the server tells hosts only. */
function Identity({ desk }: { desk: Desk }) {
  const series = desk.picture.value?.series;
  const identity = series?.identity;
  if (series === undefined || identity == null) return null;
  const facts = [identity.patient_id, dayOf(identity.birth_date), dayOf(identity.study_date)].filter(Boolean);
  return (
    <section class="identity">
      <h2>{personOf(identity.patient_name)}</h2>
      {facts.length > 0 && <p>{facts.join(" · ")}</p>}
      <p>{[series.modality, series.description].filter(Boolean).join(" · ")}</p>
    </section>
  );
}
