// What a large screen shows beside the pictures: who presents, who is here, and a way back that shows when needed.
import { useEffect, useState } from "preact/hooks";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

/** How long after the pointer came to rest the way back stays in sight. */
const REST_MS = 2500;

export function LargeScreenButton({ desk }: { desk: Desk }) {
  return (
    <button
      type="button"
      class="sign to-large-screen"
      aria-label={words.conference.enter}
      title={words.conference.enterHint}
      onClick={desk.largeScreen.toggle}
    >
      <Icon name="largeScreen" />
    </button>
  );
}

export function ConferenceStrip({ desk }: { desk: Desk }) {
  const { room } = desk;
  const leader = room.leader.value;
  const here = room.people.value.filter(({ standing }) => standing.here);
  const resting = useRest();
  return (
    <aside class="conference-strip" aria-label={words.conference.label}>
      <h1 class="unseen">{words.product}</h1>
      <p class="presenter">
        {leader === null ? (
          words.lead.nobody
        ) : (
          <>
            <span class="dot" style={{ backgroundColor: leader.color }} aria-hidden="true" />
            <b>{leader.name}</b>
          </>
        )}
      </p>
      <ul class="attendees" aria-label={words.people.title}>
        {here
          .filter(({ leads }) => !leads)
          .map(({ principal, name, color, handUp }) => (
            <li key={principal}>
              <span class="dot" style={{ backgroundColor: color }} aria-hidden="true" />
              {name}
              {handUp && <Icon name="hand" />}
              {handUp && <span class="unseen">{words.people.handUp}</span>}
            </li>
          ))}
      </ul>
      <p class="fine">{words.notForDiagnosis}</p>
      <button
        type="button"
        class={resting ? "way-back resting" : "way-back"}
        onClick={desk.largeScreen.leave}
      >
        <Icon name="close" />
        {words.conference.leave}
      </button>
    </aside>
  );
}

/** Whether the pointer has rested for a while. */
function useRest(): boolean {
  const [resting, setResting] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const moved = () => {
      clearTimeout(timer);
      setResting(false);
      timer = setTimeout(() => setResting(true), REST_MS);
    };
    moved();
    addEventListener("pointermove", moved, true);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointermove", moved, true);
    };
  }, []);
  return resting;
}
