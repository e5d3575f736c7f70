// Words that are heard in a consultation, explained in plain ones; each on a tap.
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Section } from "./section.tsx";

/** Which entry says what kind of picture is shown: that one comes first. */
const KIND: Record<string, string> = {
  CT: "ct",
  MR: "mri",
  US: "ultrasound",
  CR: "xray",
  DX: "xray",
  RF: "xray",
  XA: "xray",
  MG: "xray",
  PT: "pet",
};

export function Glossary({ desk }: { desk: Desk }) {
  const shown = KIND[desk.picture.value?.series.modality ?? ""];
  const entries = Object.entries(words.glossary.entries);
  const inOrder = [...entries].sort(([a], [b]) => Number(b === shown) - Number(a === shown));
  return (
    <Section title={words.glossary.title} note="">
      <ul class="glossary">
        {inOrder.map(([key, { term, meaning }]) => (
          <li key={key}>
            <details name="glossary">
              <summary>{term}</summary>
              <p>{meaning}</p>
            </details>
          </li>
        ))}
      </ul>
    </Section>
  );
}
