// The picture with what lies at its edges: slice slider, load bar, and words where there is nothing to show.
import { useEffect, useRef } from "preact/hooks";
import { isFilm, RATES } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

export function Viewport({ desk }: { desk: Desk }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current === null ? undefined : desk.mount(host.current)), [desk]);
  return (
    <section class="viewport">
      <div
        ref={host}
        class="pane"
        role="img"
        aria-label={desk.sentence.value || words.room.picture}
        data-quality={desk.quality.value}
      />
      <Emptiness desk={desk} />
      <FilmBar desk={desk} />
      <SliceSlider desk={desk} />
      <LoadBar desk={desk} />
      <p class="unseen" aria-live="polite">
        {desk.sentence.value}
      </p>
    </section>
  );
}

function Emptiness({ desk }: { desk: Desk }) {
  const { room } = desk;
  if (desk.picture.value !== null) return null;
  const trouble = room.seriesTrouble.value;
  if (room.connection.value === "live" && trouble !== null) {
    return (
      <div class="empty" role="alert">
        <p>{trouble}</p>
        <button type="button" onClick={() => desk.loadSeries()}>
          {words.doors.retry}
        </button>
      </div>
    );
  }
  const loaded = room.series.value !== null && room.document.value !== null;
  const leader = room.leader.value;
  const waiting =
    room.series.value?.length === 0
      ? words.room.noSeries
      : words.room.nothingShown(leader?.me ? null : (leader?.name ?? null));
  return (
    <div class="empty">
      {loaded && desk.shown.value === null ? <p>{waiting}</p> : <p class="pulse">{words.room.opening}</p>}
    </div>
  );
}

/** Play, stop and speed of a film. What is pressed here is for everyone, or for those who look on their own. */
function FilmBar({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  if (info === undefined || !isFilm(info) || desk.room.document.value === null) return null;
  const running = desk.film.value !== null;
  const cine = desk.looked.value.cine;
  return (
    <fieldset class="film" aria-label={words.film.label}>
      {cine?.playing && !running && <span>{words.film.playsForOthers}</span>}
      <button type="button" onClick={() => desk.run("cine")}>
        <Icon name={running ? "pause" : "play"} />
        <span>{running ? words.film.stop : words.film.play}</span>
      </button>
      <select
        aria-label={words.film.speed}
        value={cine?.rate ?? 1}
        onChange={(event) => desk.rate(Number(event.currentTarget.value))}
      >
        {RATES.map((rate) => (
          <option key={rate} value={rate}>
            {words.film.rate(rate)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

function SliceSlider({ desk }: { desk: Desk }) {
  const frames = desk.picture.value?.info.frames ?? 0;
  const frame = desk.frame.value;
  if (frames < 2 || frame === null || desk.room.document.value === null) return null;
  return (
    <div class="slider">
      <input
        type="range"
        min={0}
        max={frames - 1}
        step={1}
        value={frame}
        aria-label={words.room.slider}
        aria-orientation="vertical"
        aria-valuetext={words.room.sliderValue(frame, frames)}
        onInput={(event) => desk.goTo(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

function LoadBar({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const role = desk.room.role.value;
  if (info === undefined || info.complete || role === null) return null;
  const text = words.room.reading(role === "host" ? "host" : "patient", info.ready, info.frames);
  return (
    <div class="load">
      <progress value={info.ready} max={info.frames} aria-label={text} />
      <span>{text}</span>
    </div>
  );
}
