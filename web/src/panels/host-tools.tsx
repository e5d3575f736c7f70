// What a host can bring into the room: people by invitation, pictures from the library.
import { useState } from "preact/hooks";
import { STUDIES } from "../state/address.ts";
import { words } from "../words.ts";
import { AddPictures } from "./add-pictures.tsx";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { Invite } from "./invite.tsx";

export function HostTools({ desk }: { desk: Desk }) {
  const [adding, setAdding] = useState(false);
  if (desk.room.role.value !== "host" || desk.room.document.value === null) return null;
  return (
    <>
      <div class="room-pictures">
        <button type="button" class="with-icon" onClick={() => setAdding(true)}>
          <Icon name="addPictures" />
          {words.addPictures.button}
        </button>
        <a href={STUDIES}>{words.studies.all}</a>
      </div>
      <Invite desk={desk} />
      {adding && <AddPictures desk={desk} closed={() => setAdding(false)} />}
    </>
  );
}
