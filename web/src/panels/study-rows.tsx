// Studies one below the other: arrows go from row to row, Enter opens, and each shows its series on demand.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { StudyInfo } from "../protocol.ts";
import { words } from "../words.ts";
import { Icon } from "./icons.tsx";
import type { Library } from "./library.ts";
import { StudyThumbnail } from "./study-thumbnail.tsx";
import {
  bearerOf,
  countsOf,
  faceOf,
  patientOf,
  seriesFactsOf,
  seriesNameOf,
  studyDayOf,
} from "./study-words.ts";

type StudyRowsProps = {
  library: Library;
  /** Studies that have just been brought in. */
  fresh: readonly string[];
  /** The study a room is being made of. */
  opening: string | null;
  open: (studies: StudyInfo[]) => void;
};

export function StudyRows({ library, fresh, opening, open }: StudyRowsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    if (fresh.length > 0) setChosen(fresh[0] ?? null);
  }, [fresh]);
  return (
    <StudyList library={library}>
      {(study) => (
        <li key={study.study} class={fresh.includes(study.study) ? "study fresh" : "study"}>
          <StudyRow
            library={library}
            study={study}
            chosen={chosen === study.study}
            choose={() => setChosen(chosen === study.study ? null : study.study)}
            open={() => open([study])}
          />
          <button
            type="button"
            class="primary open-study"
            aria-label={words.studies.openOf(patientOf(study), studyDayOf(study))}
            disabled={opening !== null || !isViewable(study)}
            onClick={() => open([study])}
          >
            {opening === study.study ? words.studies.opening : words.studies.open}
          </button>
          {chosen === study.study && (
            <StudyDetails library={library} study={study} opening={opening !== null} open={open} />
          )}
        </li>
      )}
    </StudyList>
  );
}

/** What is found, or why nothing is shown; `children` draws one study. */
export function StudyList(props: { library: Library; children: (study: StudyInfo) => ComponentChildren }) {
  const { library, children } = props;
  const found = library.found.value;
  const trouble = library.trouble.value;
  const list = useRef<HTMLUListElement>(null);
  if (trouble !== null) {
    return (
      <div class="studies-nothing" role="alert">
        <p>{trouble.message}</p>
        <button type="button" onClick={() => void library.ask()}>
          {words.studies.again}
        </button>
      </div>
    );
  }
  if (found === null) {
    return (
      <p class="studies-nothing pulse" role="status">
        {words.studies.loading}
      </p>
    );
  }
  if (found.library === 0) {
    return (
      <div class="studies-nothing">
        <Icon name="study" />
        <h2>{words.studies.empty}</h2>
        <p>{words.studies.emptyHint}</p>
      </div>
    );
  }
  if (found.studies.length === 0) {
    return (
      <p class="studies-nothing" role="status">
        {words.studies.nothingFound(library.answered.value)}
      </p>
    );
  }
  return (
    <>
      <ul
        ref={list}
        class="study-list"
        aria-busy={library.asking.value}
        onKeyDown={(event) => {
          if (list.current !== null && moved(list.current, event.key)) event.preventDefault();
        }}
      >
        {found.studies.map(children)}
      </ul>
      {found.studies.length < found.total && (
        <button type="button" disabled={library.asking.value} onClick={() => void library.more()}>
          {words.studies.more}
        </button>
      )}
    </>
  );
}

type StudyRowProps = {
  library: Library;
  study: StudyInfo;
  chosen: boolean;
  choose: () => void;
  /** What Enter does; without it, the same as a click. */
  open?: () => void;
};

export function StudyRow({ library, study, chosen, choose, open }: StudyRowProps) {
  return (
    <button
      type="button"
      class="study-row"
      aria-expanded={chosen}
      title={words.studies.details(patientOf(study), studyDayOf(study))}
      onClick={choose}
      onDblClick={open}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || open === undefined) return;
        event.preventDefault();
        open();
      }}
    >
      <StudyThumbnail asker={library.asker} study={study.study} number={faceOf(study)?.number ?? null} />
      <span class="study-patient">
        <b>{patientOf(study)}</b>
        <span>{bearerOf(study)}</span>
      </span>
      <span class="study-what">
        <span>{study.description || study.series[0]?.description}</span>
        <span>{countsOf(study)}</span>
      </span>
      <span class="study-modality">{study.modalities.join(" ")}</span>
      <span class="study-day">{studyDayOf(study)}</span>
    </button>
  );
}

type StudyDetailsProps = {
  library: Library;
  study: StudyInfo;
  opening: boolean;
  open: (studies: StudyInfo[]) => void;
};

function StudyDetails({ library, study, opening, open }: StudyDetailsProps) {
  const [priors, setPriors] = useState<StudyInfo[] | null>(null);
  useEffect(() => {
    let wanted = true;
    library.priors(study).then(
      (found) => wanted && setPriors(found.filter(isViewable)),
      () => wanted && setPriors([]),
    );
    return () => {
      wanted = false;
    };
  }, [study.study]);
  return (
    <div class="study-details">
      <ul class="study-series">
        {study.series.map((series) => (
          <li key={series.number}>
            <StudyThumbnail
              asker={library.asker}
              study={study.study}
              number={series.viewable ? series.number : null}
            />
            <b>{seriesNameOf(series)}</b>
            <span>{seriesFactsOf(series)}</span>
          </li>
        ))}
      </ul>
      {study.refused > 0 && <p class="trouble">{words.identity.refusedFiles(study.refused)}</p>}
      <div class="study-priors">
        <h2>{words.studies.compare}</h2>
        {priors?.length === 0 && <p class="note">{words.studies.noPrior}</p>}
        {priors?.map((prior) => (
          <button
            key={prior.study}
            type="button"
            class="small with-icon"
            disabled={opening || !isViewable(study)}
            onClick={() => open([study, prior])}
          >
            <Icon name="twoPanes" />
            {words.studies.compareWith(studyDayOf(prior), prior.description)}
          </button>
        ))}
      </div>
    </div>
  );
}

function isViewable({ series }: StudyInfo): boolean {
  return series.some(({ viewable }) => viewable);
}

/** To another row by an arrow. */
function moved(list: HTMLElement, key: string): boolean {
  const rows = [...list.querySelectorAll<HTMLElement>(".study-row")];
  const now = rows.findIndex((row) => row.matches(":focus"));
  if (now < 0) return false;
  const steps: Record<string, number> = {
    ArrowDown: now + 1,
    ArrowUp: now - 1,
    Home: 0,
    End: rows.length - 1,
  };
  const to = steps[key];
  if (to === undefined) return false;
  rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
  return true;
}
