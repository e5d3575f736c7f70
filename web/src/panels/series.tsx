// The series of the room as a strip of thumbnails; choosing one shows it.
import { useEffect, useState } from "preact/hooks";
import { thumbnail } from "../net/http.ts";
import type { SeriesInfo, StackInfo } from "../protocol.ts";
import { dayOf } from "../state/dicom-text.ts";
import type { Desk } from "./desk.ts";
import { words } from "./words.ts";

export function SeriesStrip({ desk }: { desk: Desk }) {
  const { room } = desk;
  const all = room.series.value ?? [];
  const title = room.role.value === "host" ? words.room.series : words.room.pictures;
  return (
    <nav class="series" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {all.flatMap((series) =>
          series.stacks.map((info, stack) => (
            <StackCard
              key={`${series.series}/${stack}`}
              desk={desk}
              series={series}
              info={info}
              stack={stack}
            />
          )),
        )}
      </ul>
    </nav>
  );
}

type CardProps = { desk: Desk; series: SeriesInfo; info: StackInfo; stack: number };

function StackCard({ desk, series, info, stack }: CardProps) {
  const { room } = desk;
  const shown = desk.shown.value;
  const current = shown?.series === series.series && shown.stack === stack;
  const name = nameOf(series, stack);
  const label = room.leads.value ? words.room.openForAll(name) : words.room.openForMe(name);
  const host = room.role.value === "host";
  return (
    <li>
      <button
        type="button"
        class="stack-card"
        aria-current={current}
        aria-label={label}
        title={host ? info.reason : undefined}
        onClick={() => desk.open(series.series, stack)}
      >
        <Thumbnail desk={desk} series={series.series} stack={stack} ready={info.ready > 0} />
        <span class="stack-name">{name}</span>
        {host && <span class="stack-facts">{factsOf(series, info)}</span>}
        {!info.complete && <progress value={info.ready} max={info.frames} aria-hidden="true" />}
      </button>
      {host && stack === 0 && series.refused > 0 && (
        <p class="stack-facts">{words.room.refusedFiles(series.refused)}</p>
      )}
    </li>
  );
}

export function nameOf(series: SeriesInfo, stack: number): string {
  const name = series.description || [series.modality, series.body_part].filter(Boolean).join(" ");
  const plain = name || words.room.unnamedSeries;
  return series.stacks.length > 1 ? `${plain} (${stack + 1})` : plain;
}

function factsOf(series: SeriesInfo, info: StackInfo): string {
  return [series.modality, words.room.frames(info.frames), dayOf(series.date)].filter(Boolean).join(" · ");
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
