// Views that somebody has kept, to come back to.
import { freshId } from "../net/clock.ts";
import type { KeyImage } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Section, Thing, Things } from "./section.tsx";

export function KeyImages({ desk }: { desk: Desk }) {
  const { room } = desk;
  const images = [...(room.document.value?.key_images ?? [])].sort((a, b) => a.revision - b.revision);
  const keeps = room.role.value === "host" || room.role.value === "clinician";
  return (
    <Section title={words.keyImages.title} note={images.length > 0 ? String(images.length) : ""}>
      <Things known={room.document.value !== null} icon="images" none={words.keyImages.none}>
        {images.map((image) => (
          <KeyImageRow key={image.id} desk={desk} image={image} />
        ))}
      </Things>
      {keeps && (
        <button type="button" class="small" disabled={desk.shown.value === null} onClick={() => keep(desk)}>
          {words.keyImages.keep}
        </button>
      )}
    </Section>
  );
}

function KeyImageRow({ desk, image }: { desk: Desk; image: KeyImage }) {
  const { room, session } = desk;
  const { id, by, view } = image;
  // The note names the series and the number of the picture, which is nothing to a patient.
  const note = room.role.value === "patient" ? "" : image.note;
  const name = room.document.value?.people.find(({ principal }) => principal === by)?.name ?? "";
  return (
    <Thing text={note || words.keyImages.by(name)}>
      <button type="button" class="small" onClick={() => desk.lookAt(view)}>
        {words.keyImages.show}
      </button>
      {(room.role.value === "host" || by === room.me.value) && (
        <button type="button" class="small" onClick={() => session.do({ kind: "key_image.remove", id })}>
          {words.keyImages.remove}
        </button>
      )}
    </Thing>
  );
}

/** What is on this screen now, under the number of its picture. */
function keep(desk: Desk): void {
  const view = desk.standing();
  const picture = desk.picture.value;
  if (view === null || picture === null) return;
  const title = picture.series.description || picture.series.modality;
  const note = `${title} · ${(desk.frame.value ?? 0) + 1}/${picture.info.frames}`.slice(0, 120);
  desk.session.do({ kind: "key_image.add", id: freshId(), view, note });
}
