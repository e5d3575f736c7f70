// Series of the library put into the room; those of another patient only when that is meant.
import "../styles/studies.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { freshId } from "../net/clock.ts";
import type { StudyInfo, StudySeries } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Dialog } from "./dialogs.tsx";
import { Library } from "./library.ts";
import { StudyList, StudyRow } from "./study-rows.tsx";
import { StudySearch } from "./study-search.tsx";
import { StudyThumbnail } from "./study-thumbnail.tsx";
import { seriesFactsOf, seriesNameOf } from "./study-words.ts";

/** Which series was sent under which name. */
type Sent = Readonly<Record<string, string>>;

export function AddPictures({ desk, closed }: { desk: Desk; closed: () => void }) {
  const { room, session } = desk;
  const library = useMemo(() => new Library(desk.pass), [desk]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sent, setSent] = useState<Sent>({});
  useEffect(() => {
    void library.ask();
    return () => {
      library.close();
      room.otherPatient.value = null;
    };
  }, [library]);
  const other = room.otherPatient.value;
  const inRoom = (study: string, number: number) => {
    const name = sent[`${study} ${number}`];
    return room.document.value?.series.some(({ series }) => series === name) ?? false;
  };
  const put = (study: string, number: number, other_patient: boolean) => {
    const series = freshId();
    setSent({ ...sent, [`${study} ${number}`]: series });
    session.do({ kind: "series.open", series, study, number, other_patient });
  };

  return (
    <Dialog title={words.addPictures.title} closed={closed}>
      <div class="add-pictures">
        <StudySearch library={library} />
        {other !== null && (
          <div class="asked-other" role="alert">
            <p>{words.addPictures.otherPatient}</p>
            <div class="row">
              <button
                type="button"
                onClick={() => {
                  room.otherPatient.value = null;
                }}
              >
                {words.addPictures.cancel}
              </button>
              <button
                type="button"
                class="primary"
                onClick={() => {
                  room.otherPatient.value = null;
                  put(other.study, other.number, true);
                }}
              >
                {words.addPictures.otherPatientYes}
              </button>
            </div>
          </div>
        )}
        <StudyList library={library}>
          {(study) => (
            <li key={study.study} class="study">
              <StudyRow
                library={library}
                study={study}
                chosen={chosen === study.study}
                choose={() => setChosen(chosen === study.study ? null : study.study)}
              />
              {chosen === study.study && (
                <SeriesToPut
                  library={library}
                  study={study}
                  added={(number) => inRoom(study.study, number)}
                  put={(number) => put(study.study, number, false)}
                />
              )}
            </li>
          )}
        </StudyList>
        <div class="row">
          <button type="button" class="primary" onClick={closed}>
            {words.addPictures.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

type SeriesToPutProps = {
  library: Library;
  study: StudyInfo;
  added: (number: number) => boolean;
  put: (number: number) => void;
};

function SeriesToPut({ library, study, added, put }: SeriesToPutProps) {
  return (
    <div class="study-details">
      <ul class="study-series">
        {study.series.map((series: StudySeries) => {
          const { number, viewable } = series;
          const there = added(number);
          return (
            <li key={number}>
              <StudyThumbnail asker={library.asker} study={study.study} number={viewable ? number : null} />
              <b>{seriesNameOf(series)}</b>
              <span>{seriesFactsOf(series)}</span>
              <button
                type="button"
                class="small"
                aria-label={words.addPictures.putOf(seriesNameOf(series))}
                disabled={!viewable || there}
                onClick={() => put(number)}
              >
                {there ? words.addPictures.added : words.addPictures.put}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
