// The doctor's desk: dark and calm; tools above, series at the left, people at the right.
import "./desk-icons.ts";
import "../styles/doctor.css";
import { useState } from "preact/hooks";
import { isFilm } from "../stage/index.ts";
import { dayOf, personOf } from "../state/dicom-text.ts";
import { words } from "../words.ts";
import { Attendance } from "./attendance.tsx";
import { Banners } from "./banners.tsx";
import { CloseSeries } from "./close-series.tsx";
import { ConferenceStrip, LargeScreenButton } from "./conference.tsx";
import { Conversation } from "./conversation.tsx";
import type { Desk } from "./desk.ts";
import { RoomControls } from "./ending.tsx";
import { Exports } from "./exports.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { HostTools } from "./host-tools.tsx";
import { Brand } from "./icons.tsx";
import { KeyImages } from "./key-images.tsx";
import { Layouts } from "./layouts.tsx";
import { Manage } from "./manage.tsx";
import { MarksList } from "./marks-list.tsx";
import { Panes } from "./panes.tsx";
import { LeadLine, People } from "./people.tsx";
import { Questions } from "./questions.tsx";
import { SeriesStrip } from "./series.tsx";
import { type Drawer, SideTabs } from "./side-tabs.tsx";
import { SkipLink } from "./skip-link.tsx";
import { SlabChoice } from "./slab.tsx";
import { Toolbar } from "./toolbar.tsx";
import { TurnMenu } from "./turning.tsx";

export function DoctorDesk({ desk }: { desk: Desk }) {
  const [drawer, setDrawer] = useState<Drawer>(null);
  const large = desk.largeScreen.on.value;
  return (
    <div class={large ? "doctor large-screen" : "doctor"} data-drawer={drawer}>
      <SkipLink />
      <header>
        <h1>
          <Brand />
        </h1>
        <Toolbar desk={desk} />
        <Layouts desk={desk} />
        <TurnMenu desk={desk} />
        <LeadLine desk={desk} />
        <LargeScreenButton desk={desk} />
        <SideTabs desk={desk} open={drawer} choose={setDrawer} />
      </header>
      <SeriesStrip desk={desk} close={CloseSeries} />
      <main class="picture-area">
        <Banners desk={desk} />
        <Panes desk={desk} edge={SlabChoice} />
      </main>
      <aside class="beside">
        <Identity desk={desk} />
        <People desk={desk} manage={Manage} />
        <HostTools desk={desk} />
        <Questions desk={desk} />
        <MarksList desk={desk} />
        <KeyImages desk={desk} />
        <Exports desk={desk} />
        <Conversation desk={desk} />
        <RoomControls desk={desk} />
      </aside>
      <footer>
        <span class={`badge quality-${desk.quality.value}`}>
          {words.quality.label}: {words.quality[desk.quality.value]}
        </span>
        <span>{words.notForDiagnosis}</span>
      </footer>
      {large && <ConferenceStrip desk={desk} />}
      <Attendance desk={desk} />
      <HelpDialog desk={desk} />
    </div>
  );
}

/** Whose pictures these are, which the server tells hosts only, and what is special about the shown ones. */
function Identity({ desk }: { desk: Desk }) {
  const picture = desk.picture.value;
  const identity = picture?.series.identity;
  if (picture === null || identity == null) return null;
  const { series, info } = picture;
  const born = dayOf(identity.birth_date);
  const studied = dayOf(identity.study_date);
  const irregular = info.mpr ? words.identity.unevenVolume : words.identity.noVolume;
  const facts = [
    identity.patient_id,
    born && words.identity.born(born),
    studied && words.identity.study(studied),
    [series.modality, series.description].filter(Boolean).join(" · "),
    info.kind === "stack" && info.reason && irregular(info.reason),
    isFilm(info) && words.identity.film(info.reason),
  ];
  return (
    <section class="identity" aria-label={words.identity.label}>
      <h2>{personOf(identity.patient_name) || words.identity.unnamed}</h2>
      {facts.map((fact) => fact && <p key={fact}>{fact}</p>)}
      {series.refused > 0 && <p class="trouble">{words.identity.refusedFiles(series.refused)}</p>}
    </section>
  );
}
