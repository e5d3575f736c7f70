// Large keys for what a hand would do on the picture: one sign and one plain word each.
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon, type IconName } from "./icons.tsx";

type KeyProps = {
  icon: IconName;
  text: string;
  press: () => void;
  /** It does nothing for this picture, and says so where a word is needed. */
  unable?: boolean;
  pressed?: boolean;
};

export function Key({ icon, text, press, unable = false, pressed }: KeyProps) {
  return (
    <button type="button" class="key" aria-disabled={unable} aria-pressed={pressed} onClick={press}>
      <Icon name={icon} />
      <span>{text}</span>
    </button>
  );
}

/** To the next picture and back, light, and the whole picture. */
export function PictureKeys({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const alone = info?.frames === 1;
  const colored = info?.samples === 3;
  return (
    <>
      <Key icon="up" text={words.patient.previous} press={() => desk.run("previous")} unable={alone} />
      <Key icon="down" text={words.patient.next} press={() => desk.run("next")} unable={alone} />
      <Key
        icon="brighter"
        text={words.patient.brighter}
        press={() => desk.run("brighter")}
        unable={colored}
      />
      <Key
        icon="moreContrast"
        text={words.patient.moreContrast}
        press={() => desk.run("moreContrast")}
        unable={colored}
      />
      <Key icon="fit" text={words.patient.whole} press={() => desk.run("fit")} />
    </>
  );
}

/** The other way: less light, less contrast. */
export function MoreLightKeys({ desk }: { desk: Desk }) {
  const colored = desk.picture.value?.info.samples === 3;
  return (
    <>
      <Key icon="darker" text={words.patient.darker} press={() => desk.run("darker")} unable={colored} />
      <Key
        icon="lessContrast"
        text={words.patient.lessContrast}
        press={() => desk.run("lessContrast")}
        unable={colored}
      />
    </>
  );
}

/** What two fingers do, with one (WCAG 2.5.1). */
export function CloserKeys({ desk }: { desk: Desk }) {
  return (
    <>
      <Key icon="closer" text={words.patient.closer} press={() => desk.run("zoomIn")} />
      <Key icon="farther" text={words.patient.farther} press={() => desk.run("zoomOut")} />
    </>
  );
}

/** One's own hand. */
export function HandKey({ desk }: { desk: Desk }) {
  const me = desk.room.people.value.find((person) => person.me);
  const up = me?.handUp ?? false;
  return (
    <Key
      icon="hand"
      text={up ? words.people.lower : words.people.raise}
      unable={me === undefined}
      pressed={up}
      press={() => {
        if (me !== undefined) desk.session.do({ kind: "hand.raise", raised: !up });
      }}
    />
  );
}
