// Where the picture lies in the body, for people who read no letters: a small figure and a plain sentence.
import { words } from "../words.ts";
import { type Covered, coveredBy, shareDown, thirdOf } from "./body-regions.ts";
import type { Desk } from "./desk.ts";
import { directionsOf, type PlainOrientation, plainOrientation, turned } from "./plain-orientation.ts";

export function Whereabouts({ desk }: { desk: Desk }) {
  const picture = desk.picture.value;
  if (picture === null) return <div class="whereabouts" />;
  const { series, info, shown } = picture;
  const { turn = null, camera = null } = desk.looked.value;
  const covered = coveredBy(series);
  const frame = desk.frame.value;
  const share = frame === null || shown.mode !== "stack" ? null : shareDown(series, info, frame);
  const directions = directionsOf(info, shown.mode, camera);
  const looking = directions === null ? null : plainOrientation(turned(directions, turn));
  return (
    <div class="whereabouts">
      {covered && <BodyFigure covered={covered} share={share} />}
      <p aria-live="polite">{looking === null ? kindOf(series.modality) : sentenceOf(looking)}</p>
    </div>
  );
}

function sentenceOf({ from, landmark }: PlainOrientation): string {
  const start = words.whereabouts.from[from];
  return words.whereabouts.sentence(start, landmark && words.whereabouts[landmark.part][landmark.on]);
}

/** What kind of picture it is, where nobody can say from where one looks. */
function kindOf(modality: string): string {
  const kinds: Record<string, string> = words.whereabouts.kinds;
  return Object.hasOwn(kinds, modality) ? (kinds[modality] ?? "") : words.whereabouts.kinds.other;
}

/** `share`: how far down the covered part the slice lies, from 0 to 1; null: only the part is known. */
function BodyFigure({ covered, share }: { covered: Covered; share: number | null }) {
  const { first, last, top, bottom } = covered;
  const region = words.whereabouts.region(
    words.whereabouts.regions[first],
    first === last ? null : words.whereabouts.regions[last],
  );
  const text =
    share === null ? region : words.whereabouts.height(region, words.whereabouts.thirds[thirdOf(share)]);
  const line = share === null ? null : top + share * (bottom - top);
  return (
    <svg class="body-figure" viewBox="0 0 60 120" role="img" aria-label={text}>
      <title>{text}</title>
      <g class="body">
        <ellipse cx="30" cy="10" rx="7" ry="8.6" />
        <path d="M26.5 15h7v9h-7z" />
        <path d="M19 23h22q5 0 5 5l-4 4-1.5 14 2.5 14q0 5-5 5H22q-5 0-5-5l2.500-14L18 32l-4-4q0-5 5-5z" />
        <path class="limb" d="M16.500 27.500 11 46 9.500 62M43.500 27.500 49 46l1.500 16" />
        <path class="limb leg" d="M24 62 23 88l1 26M36 62l1 26-1 26" />
      </g>
      <rect class="covered" x="2" y={top} width="56" height={bottom - top} rx="3" />
      {line !== null && <path class="slice" d={`M0 ${line}h60`} />}
    </svg>
  );
}
