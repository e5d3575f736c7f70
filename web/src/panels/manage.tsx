// What a host can do about somebody: another role, a hand taken down, out of the room.
import { useState } from "preact/hooks";
import type { Role } from "../protocol.ts";
import type { Someone } from "../state/room.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";

const ROLES: readonly Role[] = ["host", "clinician", "patient", "observer"];

export function Manage({ desk, person }: { desk: Desk; person: Someone }) {
  const { session } = desk;
  const { principal, name } = person;
  const [sure, setSure] = useState(false);
  return (
    <div class="managing stacked">
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
  );
}
