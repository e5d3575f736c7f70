// The view of those who only follow: the picture large, who presents, a hand to raise, what people say.
import "./desk-icons.ts";
import "../styles/observer.css";
import { words } from "../words.ts";
import { Attendance } from "./attendance.tsx";
import { Banners } from "./banners.tsx";
import { ConferenceStrip, LargeScreenButton } from "./conference.tsx";
import { Conversation } from "./conversation.tsx";
import type { Desk } from "./desk.ts";
import { HelpDialog } from "./help-dialog.tsx";
import { Brand } from "./icons.tsx";
import { Panes } from "./panes.tsx";
import { LeadLine, People } from "./people.tsx";
import { CloserKeys, HandKey, MoreLightKeys, PictureKeys } from "./picture-keys.tsx";
import { Questions } from "./questions.tsx";
import { SeriesStrip } from "./series.tsx";
import { SkipLink } from "./skip-link.tsx";

export function ObserverView({ desk }: { desk: Desk }) {
  const large = desk.largeScreen.on.value;
  return (
    <div class={large ? "observer large-screen" : "observer"}>
      <SkipLink />
      <header>
        <h1>
          <Brand />
        </h1>
        <LeadLine desk={desk} />
        <LargeScreenButton desk={desk} />
      </header>
      <main class="picture-area">
        <Banners desk={desk} />
        <Panes desk={desk} />
      </main>
      <aside class="beside">
        <div class="keys">
          <HandKey desk={desk} />
          <PictureKeys desk={desk} />
          <MoreLightKeys desk={desk} />
          <CloserKeys desk={desk} />
        </div>
        <People desk={desk} />
        <Questions desk={desk} />
        <Conversation desk={desk} />
        <SeriesStrip desk={desk} />
      </aside>
      <footer>{words.notForDiagnosis}</footer>
      {large && <ConferenceStrip desk={desk} />}
      <Attendance desk={desk} />
      <HelpDialog desk={desk} />
    </div>
  );
}
