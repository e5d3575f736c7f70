// A study in words: whose it is, of which day, and how much there is of it.
import type { StudyInfo, StudySeries } from "../protocol.ts";
import { dayOf, personOf } from "../state/dicom-text.ts";
import { words } from "../words.ts";

export function patientOf({ identity }: StudyInfo): string {
  return personOf(identity.patient_name) || words.studies.unnamed;
}

export function studyDayOf({ identity }: StudyInfo): string {
  return dayOf(identity.study_date) || words.studies.undated;
}

/** The patient's ID and birth date. */
export function bearerOf({ identity }: StudyInfo): string {
  const born = dayOf(identity.birth_date);
  return [identity.patient_id, born && words.studies.born(born)].filter(Boolean).join(" · ");
}

export function countsOf({ series }: StudyInfo): string {
  return words.studies.counts(
    series.length,
    series.reduce((sum, { pictures }) => sum + pictures, 0),
  );
}

export function seriesNameOf(series: StudySeries): string {
  return series.description || words.studies.series(series.series_number);
}

export function seriesFactsOf({ modality, pictures, viewable }: StudySeries): string {
  const count = viewable ? words.room.frames(pictures) : words.studies.notViewable;
  return [modality, count].filter(Boolean).join(" · ");
}

/** The series that stands for a study. */
export function faceOf({ series }: StudyInfo): StudySeries | undefined {
  return series.reduce<StudySeries | undefined>(
    (most, one) => (one.viewable && one.pictures > (most?.pictures ?? 0) ? one : most),
    undefined,
  );
}
