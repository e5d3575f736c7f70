// The series of the room as a strip of thumbnails; choosing one shows it.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { thumbnail } from "../net/http.ts";
import type { SeriesInfo, StackInfo } from "../protocol.ts";
import { dayOf } from "../state/dicom-text.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { carry } from "./dragged-stack.ts";

/** What takes a series out of the room; only a host's desk has it. */
export type CloseSeriesButton = ComponentType<{ desk: Desk; series: SeriesInfo; name: string }>;

export function SeriesStrip({ desk, close }: { desk: Desk; close?: CloseSeriesButton }) {
  const { room } = desk;
  const all = room.document.value === null ? [] : (room.series.value ?? []);
  const title = room.role.value === "host" ? words.room.series : words.room.pictures;
  return (
    <nav class="series" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {all
          .flatMap((series) => series.stacks.map((info, stack) => ({ series, info, stack })))
          .map((card, index) => (
            <StackCard
              key={`${card.series.series}/${card.stack}`}
              desk={desk}
              place={index + 1}
              close={close}
              {...card}
            />
          ))}
      </ul>
    </nav>
  );
}

/** `place`: which of all cards it is, from 1; that alone is told to a patient. */
type CardProps = {
  desk: Desk;
  series: SeriesInfo;
  info: StackInfo;
  stack: number;
  place: number;
  close: CloseSeriesButton | undefined;
};

function StackCard({ desk, series, info, stack, place, close: Close }: CardProps) {
  const { room } = desk;
  const shown = desk.shown.value;
  const current = shown?.series === series.series && shown.stack === stack;
  const name = room.role.value === "patient" ? words.patient.pictures(place) : nameOf(series, stack);
  const host = room.role.value === "host";
  const does = room.leads.value ? words.room.openForAll : words.room.openForMe;
  return (
    <li>
      <button
        type="button"
        class="stack-card"
        aria-current={current}
        title={current ? undefined : does}
        draggable
        onDragStart={(event) => carry(event.dataTransfer, { series: series.series, stack })}
        onClick={() => desk.open(series.series, stack)}
      >
        <Thumbnail desk={desk} series={series.series} stack={stack} ready={info.ready > 0} />
        <span class="stack-name">{name}</span>
        {host && (
          <span class="stack-facts">
            {factsOf(series, info).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </span>
        )}
        {!info.complete && <progress value={info.ready} max={info.frames} aria-hidden="true" />}
      </button>
      {host && isOfAnother(desk, series) && <p class="trouble">{words.room.otherPatient}</p>}
      {host && info.damaged.length > 0 && <p class="trouble">{words.room.damaged(info.damaged.length)}</p>}
      {host && stack === 0 && Close !== undefined && <Close desk={desk} series={series} name={name} />}
    </li>
  );
}

/** Whether these pictures are of another patient than the room is for. */
function isOfAnother(desk: Desk, { series }: SeriesInfo): boolean {
  const open = desk.room.document.value?.series.find((one) => one.series === series);
  return open?.other_patient === true;
}

export function nameOf(series: SeriesInfo, stack: number): string {
  const name = series.description || [series.modality, series.body_part].filter(Boolean).join(" ");
  const plain = name || words.room.unnamedSeries;
  return series.stacks.length > 1 ? `${plain} (${stack + 1})` : plain;
}

function factsOf(series: SeriesInfo, info: StackInfo): string[] {
  const first = [series.modality, words.room.frames(info.frames)].filter(Boolean).join(" · ");
  return [first, dayOf(series.date)].filter(Boolean);
}

type ThumbnailProps = { desk: Desk; series: string; stack: number; ready: boolean };

function Thumbnail({ desk, series, stack, ready }: ThumbnailProps) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!ready) return undefined;
    let made: string | null = null;
    let gone = false;
    thumbnail(desk.pass, series, stack).then(
      (picture) => {
        if (gone) return;
        made = URL.createObjectURL(picture);
        setAddress(made);
      },
      () => setAddress(null),
    );
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [desk, series, stack, ready]);
  return <span class="thumbnail">{address !== null && <img src={address} alt="" />}</span>;
}
