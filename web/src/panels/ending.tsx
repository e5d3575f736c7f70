// What a host does with the room as a whole.
import { useState } from "preact/hooks";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Section } from "./section.tsx";

export function RoomControls({ desk }: { desk: Desk }) {
  const { room, session } = desk;
  const [sure, setSure] = useState(false);
  if (room.role.value !== "host" || room.document.value?.ended) return null;
  return (
    <Section title={words.ending.title} note="">
      <div class="stacked">
        <button type="button" class="small" onClick={() => session.do({ kind: "stage.gather" })}>
          {words.ending.gather}
        </button>
        {sure ? (
          <div role="alert" class="stacked">
            <p>{words.ending.endSure}</p>
            <div class="row">
              <button type="button" class="small" onClick={() => setSure(false)}>
                {words.people.cancel}
              </button>
              <button
                type="button"
                class="small danger"
                onClick={() => {
                  setSure(false);
                  session.do({ kind: "room.end" });
                }}
              >
                {words.ending.end}
              </button>
            </div>
          </div>
        ) : (
          <button type="button" class="small" onClick={() => setSure(true)}>
            {words.ending.end}
          </button>
        )}
      </div>
    </Section>
  );
}
