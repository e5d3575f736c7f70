// Who is here, who steers, who follows and how good their picture is; and passing the lead on.
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { mayLead } from "../state/document.ts";
import type { Someone } from "../state/room.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

/** What a host can do about one person. */
export type ManagePerson = ComponentType<{ desk: Desk; person: Someone }>;
type PeopleProps = { desk: Desk; manage?: ManagePerson };

export function People({ desk, manage }: PeopleProps) {
  const { room } = desk;
  const people = room.people.value;
  const here = people.filter(({ standing }) => standing.here).length;
  return (
    <section class="people" aria-label={words.people.title} aria-busy={room.document.value === null}>
      <h2>
        {words.people.title}
        {here > 2 && <span>{words.people.here(here)}</span>}
      </h2>
      <ul>
        {room.document.value === null && <ComingRows />}
        {inOrder(people).map((person) => (
          <PersonRow key={person.principal} desk={desk} person={person} manage={manage} />
        ))}
      </ul>
    </section>
  );
}

/** Those who are not here now come last. */
function inOrder(people: readonly Someone[]): Someone[] {
  return [...people].sort((a, b) => Number(b.standing.here) - Number(a.standing.here));
}

/** The places of two people, before the room is known. */
function ComingRows() {
  return (
    <>
      {[1, 2].map((row) => (
        <li key={row} class="person coming pulse" aria-hidden="true">
          <span class="dot" />
          <p class="name" />
        </li>
      ))}
    </>
  );
}

type PersonRowProps = { desk: Desk; person: Someone; manage: ManagePerson | undefined };

function PersonRow({ desk, person, manage: Manage }: PersonRowProps) {
  const { room } = desk;
  const [managing, setManaging] = useState(false);
  const mayGive = room.leads.value || room.role.value === "host";
  const manages = Manage !== undefined && room.role.value === "host" && !person.me;
  const { here } = person.standing;
  return (
    <li class={here ? "person" : "person away"}>
      <span class="dot" style={{ backgroundColor: person.color }} aria-hidden="true" />
      <p class="name">
        {person.name}
        {person.me && <span class="you"> ({words.people.you})</span>}
      </p>
      <div class="acts">
        {person.leads && <Icon name="lead" />}
        {mayGive && !person.me && !person.leads && mayLead(person.role) && (
          <button
            type="button"
            class="sign"
            aria-label={words.lead.give(person.name)}
            title={words.lead.give(person.name)}
            disabled={!here}
            onClick={() => desk.session.do({ kind: "lead.give", to: person.principal })}
          >
            <Icon name="lead" />
          </button>
        )}
        {manages && (
          <button
            type="button"
            class="sign"
            aria-label={words.people.manage(person.name)}
            title={words.people.manage(person.name)}
            aria-expanded={managing}
            onClick={() => setManaging(!managing)}
          >
            <Icon name={managing ? "close" : "more"} />
          </button>
        )}
      </div>
      <Standing desk={desk} person={person} />
      {manages && managing && <Manage desk={desk} person={person} />}
    </li>
  );
}

/** What somebody does here, in one line; how well a person sees is for those who show something. */
function Standing({ desk, person }: { desk: Desk; person: Someone }) {
  const { here, quality } = person.standing;
  const toPatient = desk.room.role.value === "patient";
  const sees = here && !person.me && !toPatient ? seeing(person) : "";
  const rest = [stateOf(person), sees, here && !toPatient && words.quality[quality]];
  return (
    <p class="state">
      {`${words.people[person.role]} · `}
      {person.handUp && (
        <>
          <span class="hand-up">
            <Icon name="hand" />
            {words.people.handUp}
          </span>
          {" · "}
        </>
      )}
      {rest.filter(Boolean).join(" · ")}
    </p>
  );
}

/** What is really on somebody's screen, of what everyone is shown. */
function seeing(person: Someone): string {
  const { sees, typing } = person.standing;
  if (typing) return words.people.typing;
  switch (sees.kind) {
    case "same":
      return words.people.sees.same;
    case "own":
      return words.people.sees.own;
    case "behind":
      // Shorter than this nobody notices, and it comes and goes.
      return sees.ms < 300 ? "" : words.people.sees.behind((sees.ms / 1000).toFixed(1));
    case "unknown":
      return "";
  }
}

function stateOf(person: Someone): string {
  if (!person.standing.here) return words.people.away;
  if (person.leads) return words.people.leading;
  if (person.asking) return words.people.asks;
  return person.standing.following ? words.people.following : words.people.alone;
}

/** Who steers, in one visible place, and the one thing this person can do about it. */
export function LeadLine({ desk }: { desk: Desk }) {
  const { room } = desk;
  if (room.document.value === null) {
    return (
      <div class="lead-line">
        <p class="lead" role="status">
          <span class="spinner" aria-hidden="true" />
          {words.room.opening}
        </p>
      </div>
    );
  }
  const leader = room.leader.value;
  const me = room.people.value.find((person) => person.me);
  const text =
    leader === null ? words.lead.nobody : leader.me ? words.lead.you : words.lead.other(leader.name);
  return (
    <div class="lead-line">
      <p class={leader?.me ? "lead mine" : "lead"} role="status">
        {leader !== null && <span class="dot" style={{ backgroundColor: leader.color }} aria-hidden="true" />}
        {text}
      </p>
      {me !== undefined && <LeadButton desk={desk} me={me} leader={leader} />}
    </div>
  );
}

function LeadButton({ desk, me, leader }: { desk: Desk; me: Someone; leader: Someone | null }) {
  const { room, session } = desk;
  if (leader?.me) {
    const host = room.people.value.find((person) => person.role === "host" && !person.me);
    if (me.role === "host" || host === undefined) return null;
    return (
      <button type="button" onClick={() => session.do({ kind: "lead.give", to: host.principal })}>
        {words.lead.giveBack(host.name)}
      </button>
    );
  }
  if (me.role === "observer") return null;
  if (room.mayTakeLead.value) {
    return (
      <button type="button" onClick={() => session.do({ kind: "lead.take" })}>
        {words.lead.take}
      </button>
    );
  }
  return (
    <button type="button" onClick={() => session.do({ kind: "lead.ask", asking: !me.asking })}>
      {me.asking ? words.lead.unask : words.lead.ask}
    </button>
  );
}
