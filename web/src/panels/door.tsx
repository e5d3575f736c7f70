// The pages before the room: what a link is, joining, and why somebody cannot come in.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { join, Refusal } from "../net/http.ts";
import type { JoinAnswer } from "../protocol.ts";
import { words } from "../words.ts";
import { Brand, Icon, type IconName } from "./icons.tsx";
import { LanguageChoice } from "./language.tsx";

export type Door = keyof Omit<typeof words.doors, "retry" | "reload" | "lookAgain">;

/** The page for a refusal's code; `told` is the server's sentence where we have none of our own. */
export function doorOf(code: string): Door {
  return Object.hasOwn(words.doors, code) ? (code as Door) : "other";
}

const SIGNS: Record<Door, IconName> = {
  none: "link",
  broken: "brokenLink",
  LINK_UNKNOWN: "brokenLink",
  LINK_USED: "usedLink",
  LINK_EXPIRED: "expired",
  DENIED: "locked",
  NO_SUCH_ROOM: "closedDoor",
  REMOVED: "openDoor",
  ROOM_ENDED: "done",
  REPLACED: "elsewhere",
  OLD_PROTOCOL: "reload",
  NOT_SIGNED_IN: "locked",
  HOST_LINK_UNKNOWN: "brokenLink",
  HOST_LINK_USED: "usedLink",
  HOST_LINK_EXPIRED: "expired",
  insecure: "unprotected",
  unreachable: "unreachable",
  other: "unreachable",
};

/** What every page before the room has: the name of the house, a card, and what the pictures are not for. */
function Entrance({ children }: { children: ComponentChildren }) {
  return (
    <main class="door">
      <header>
        <Brand />
        <LanguageChoice />
      </header>
      {children}
      <p class="fine">{words.notForDiagnosis}</p>
    </main>
  );
}

/** While the room, or a part of the page, is on its way. */
export function OpeningPage() {
  return (
    <Entrance>
      <section class="card opening">
        <span class="spinner" aria-hidden="true" />
        <p role="status">{words.room.opening}</p>
      </section>
    </Entrance>
  );
}

export function DoorPage(props: { door: Door; told?: string; retry?: (() => void) | undefined }) {
  const { title, text } = words.doors[props.door];
  return (
    <Entrance>
      <section class="card refusal" role="alert">
        <span class="medallion">
          <Icon name={SIGNS[props.door]} />
        </span>
        <h1>{title}</h1>
        <p>{text || props.told}</p>
        {props.retry && (
          <button type="button" class="large" onClick={props.retry}>
            {retryWords(props.door)}
          </button>
        )}
      </section>
    </Entrance>
  );
}

function retryWords(door: Door): string {
  if (door === "OLD_PROTOCOL") return words.doors.reload;
  return door === "ROOM_ENDED" ? words.doors.lookAgain : words.doors.retry;
}

type JoinProps = { room: string; secret: string; joined: (answer: JoinAnswer) => void };

export function JoinPage({ room, secret, joined }: JoinProps) {
  const [name, setName] = useState("");
  const [state, setState] = useState<"asking" | "joining" | Refusal>("asking");
  const [missing, setMissing] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const typed = name.trim();
    setMissing(typed === "");
    if (typed === "" || state === "joining") return;
    setState("joining");
    try {
      joined(await join({ room, secret, name: typed }));
    } catch (error) {
      setState(error instanceof Refusal ? error : new Refusal("INTERNAL", String(error)));
    }
  }

  if (state instanceof Refusal) {
    const known = doorOf(state.code);
    const retry = known === "other" ? () => setState("asking") : undefined;
    return <DoorPage door={known} told={state.message} retry={retry} />;
  }
  return (
    <Entrance>
      <form class="card" onSubmit={submit} noValidate>
        <h1>{words.join.title}</h1>
        <p>{words.join.promise}</p>
        <label for="name">{words.join.name}</label>
        <input
          id="name"
          name="name"
          autocomplete="name"
          maxLength={60}
          value={name}
          aria-invalid={missing}
          aria-describedby="name-hint"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p id="name-hint" class={missing ? "hint wrong" : "hint"} aria-live="polite">
          {missing ? words.join.nameMissing : words.join.nameHint}
        </p>
        <button type="submit" class="large" disabled={state === "joining"}>
          {state === "joining" ? words.join.joining : words.join.button}
        </button>
      </form>
    </Entrance>
  );
}
