// Who is here, who steers, who follows and how good their picture is; and passing the lead on.
import { useState } from "preact/hooks";
import type { Role } from "../protocol.ts";
import type { Someone } from "../state/room.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

export function People({ desk }: { desk: Desk }) {
  return (
    <section class="people" aria-label={words.people.title}>
      <h2>{words.people.title}</h2>
      <ul>
        {desk.room.people.value.map((person) => (
          <PersonRow key={person.principal} desk={desk} person={person} />
        ))}
      </ul>
    </section>
  );
}

function PersonRow({ desk, person }: { desk: Desk; person: Someone }) {
  const { room } = desk;
  const mayGive = (room.leads.value || room.role.value === "host") && !person.me && !person.leads;
  const { here, quality } = person.standing;
  return (
    <li class={here ? "person" : "person away"}>
      <span class="dot" style={{ backgroundColor: person.color }} aria-hidden="true" />
      <div class="who">
        <p class="name">
          {person.name}
          {person.me && <span class="you"> ({words.people.you})</span>}
        </p>
        <p class="state">
          {words.people[person.role]} · {stateOf(person)}
        </p>
        {here && (
          <p class={`badge quality-${quality}`}>
            {words.quality.label}: {words.quality[quality]}
          </p>
        )}
        {here && !person.me && <Sees person={person} />}
        {person.handUp && <p class="state">{words.people.handUp}</p>}
        {mayGive && (
          <button
            type="button"
            class="small"
            disabled={!here}
            onClick={() => desk.session.do({ kind: "lead.give", to: person.principal })}
          >
            {words.lead.give(person.name)}
          </button>
        )}
        {room.role.value === "host" && !person.me && <Manage desk={desk} person={person} />}
      </div>
      {person.handUp && <Icon name="hand" />}
      {person.leads && <Icon name="lead" />}
    </li>
  );
}

/** What is really on somebody's screen, of what everyone is shown. */
function Sees({ person }: { person: Someone }) {
  const { sees, typing } = person.standing;
  if (typing) return <p class="state">{words.people.typing}</p>;
  switch (sees.kind) {
    case "same":
      return <p class="state">{words.people.sees.same}</p>;
    case "own":
      return <p class="state">{words.people.sees.own}</p>;
    case "behind":
      // Shorter than this nobody notices, and it comes and goes.
      return sees.ms < 300 ? null : (
        <p class="state late">{words.people.sees.behind((sees.ms / 1000).toFixed(1))}</p>
      );
    case "unknown":
      return null;
  }
}

const ROLES: readonly Role[] = ["host", "clinician", "patient", "observer"];

/** What a host can do about somebody; folded away, for it is rarely wanted. */
function Manage({ desk, person }: { desk: Desk; person: Someone }) {
  const { session } = desk;
  const { principal, name } = person;
  const [sure, setSure] = useState(false);
  return (
    <details class="manage">
      <summary aria-label={words.people.manage(name)}>
        <Icon name="more" />
      </summary>
      <div class="stacked">
        {person.handUp && (
          <button type="button" class="small" onClick={() => session.do({ kind: "hand.lower", principal })}>
            {words.people.lower}
          </button>
        )}
        <label>
          {words.people.role}{" "}
          <select
            value={person.role}
            onChange={(event) =>
              session.do({ kind: "person.role", principal, role: event.currentTarget.value as Role })
            }
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {words.people[role]}
              </option>
            ))}
          </select>
        </label>
        {sure ? (
          <div role="alert" class="stacked">
            <p>{words.people.removeSure(name)}</p>
            <div class="row">
              <button type="button" class="small" onClick={() => setSure(false)}>
                {words.people.cancel}
              </button>
              <button
                type="button"
                class="small danger"
                onClick={() => session.do({ kind: "person.remove", principal })}
              >
                {words.people.remove}
              </button>
            </div>
          </div>
        ) : (
          <button type="button" class="small" onClick={() => setSure(true)}>
            {words.people.remove}
          </button>
        )}
      </div>
    </details>
  );
}

/** One's own hand. */
export function HandButton({ desk }: { desk: Desk }) {
  const me = desk.room.people.value.find((person) => person.me);
  if (me === undefined) return null;
  return (
    <button
      type="button"
      class="hand"
      aria-pressed={me.handUp}
      onClick={() => desk.session.do({ kind: "hand.raise", raised: !me.handUp })}
    >
      <Icon name="hand" />
      <span>{me.handUp ? words.people.lower : words.people.raise}</span>
    </button>
  );
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
        <p class="lead pulse" role="status">
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
