// One pane with what lies at its edges: slice slider, load bar, and words where there is nothing to show.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isFilm, RATES } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { STACK_TYPE, stackIn } from "./dragged-stack.ts";
import { Icon } from "./icons.tsx";
import type { PaneDesk } from "./pane-desk.ts";

type ViewportProps = {
  desk: Desk;
  at: PaneDesk;
  /** Which of several panes this is, from 1; null: it is the only one. */
  number: number | null;
  /** Whether it shows that it is the one that is worked in. */
  outlined: boolean;
  children: ComponentChildren;
};

export function Viewport({ desk, at, number, outlined, children }: ViewportProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current === null ? undefined : at.mount(host.current)), [at]);
  const active = desk.active.value === at;
  const seen = [at.sentence.value || words.room.picture, at.pointing.value].filter(Boolean).join("; ");
  const drop = dropping(desk, at);
  return (
    <section class={outlined ? "viewport active" : "viewport"} {...drop}>
      <div
        ref={host}
        class="pane"
        role="img"
        aria-label={number === null ? seen : words.panes.sentence(number, seen)}
        data-quality={at.quality.value}
      />
      <Emptiness desk={desk} at={at} />
      <FilmBar desk={desk} at={at} />
      <SliceSlider desk={desk} at={at} />
      <LoadBar desk={desk} at={at} />
      {children}
      {active && (
        <p class="unseen" aria-live="polite">
          {at.spoken.value}
        </p>
      )}
    </section>
  );
}

/** A card of the series strip that is let go over a pane is shown in it. */
function dropping(desk: Desk, at: PaneDesk) {
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer?.types.includes(STACK_TYPE)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      const stack = stackIn(event.dataTransfer);
      if (stack === null) return;
      event.preventDefault();
      desk.arrangement.choose(at.index);
      desk.open(stack.series, stack.stack, at);
    },
  };
}

type EdgeProps = { desk: Desk; at: PaneDesk };

function Emptiness({ desk, at }: EdgeProps) {
  const { room } = desk;
  const refused = at.screen.trouble.value;
  if (refused !== null) {
    return (
      <div class="empty" role="alert">
        <p>{refused}</p>
      </div>
    );
  }
  if (at.picture.value !== null) return null;
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
      {loaded && at.shown.value === null ? (
        <p>{at.index > 0 ? words.panes.empty : waiting}</p>
      ) : (
        <p class="pulse">{words.room.opening}</p>
      )}
    </div>
  );
}

/** Play, stop and speed of a film. What is pressed here is for everyone, or for those who look on their own. */
function FilmBar({ desk, at }: EdgeProps) {
  const info = at.picture.value?.info;
  if (info === undefined || !isFilm(info) || desk.room.document.value === null) return null;
  const running = at.film.value !== null;
  const cine = at.looked.value.cine;
  return (
    <fieldset class="film" aria-label={words.film.label}>
      {cine?.playing && !running && <span>{words.film.playsForOthers}</span>}
      <button
        type="button"
        onClick={() => {
          desk.arrangement.choose(at.index);
          desk.run("cine");
        }}
      >
        <Icon name={running ? "pause" : "play"} />
        <span>{running ? words.film.stop : words.film.play}</span>
      </button>
      <select
        aria-label={words.film.speed}
        value={cine?.rate ?? 1}
        onChange={(event) => desk.rate(Number(event.currentTarget.value), at)}
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

function SliceSlider({ desk, at }: EdgeProps) {
  const frames = at.picture.value?.info.frames ?? 0;
  const frame = at.frame.value;
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
        onInput={(event) => desk.goTo(event.currentTarget.valueAsNumber, at)}
      />
    </div>
  );
}

function LoadBar({ desk, at }: EdgeProps) {
  const info = at.picture.value?.info;
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
