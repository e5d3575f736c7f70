// The patient's view: warm and light, plain words, large targets, no numbers; made for a phone first.
import { useState } from "preact/hooks";
import { presetsFor, type Tool } from "../stage/index.ts";
import { words } from "../words.ts";
import { Banners } from "./banners.tsx";
import type { Desk } from "./desk.ts";
import { Icon, type IconName } from "./icons.tsx";
import { later } from "./later.tsx";
import { Panes } from "./panes.tsx";
import { HandButton, LeadLine, People } from "./people.tsx";

const SeriesStrip = later(async () => (await import("./series.tsx")).SeriesStrip);
const Questions = later(async () => (await import("./questions.tsx")).Questions);
const KeyImages = later(async () => (await import("./key-images.tsx")).KeyImages);
const Conversation = later(async () => (await import("./conversation.tsx")).Conversation);

export function PatientView({ desk }: { desk: Desk }) {
  const [more, setMore] = useState(false);
  const { room } = desk;
  const info = desk.picture.value?.info;
  const alone = info?.frames === 1;
  const colored = info?.samples === 3;
  const several = (room.series.value ?? []).reduce((count, { stacks }) => count + stacks.length, 0) > 1;
  return (
    <div class="patient">
      <header>
        <h1 class="unseen">{words.product}</h1>
        <LeadLine desk={desk} />
      </header>
      <main class="picture-area">
        <Banners desk={desk} />
        <Panes desk={desk} />
      </main>
      <section class="controls" aria-label={words.patient.controls}>
        <div class="keys">
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
          <button type="button" class="key" aria-expanded={more} onClick={() => setMore(!more)}>
            <Icon name={more ? "close" : "more"} />
            <span>{more ? words.patient.less : words.patient.more}</span>
            {!more && desk.unread.value > 0 && (
              <span class="count">{words.chat.unread(desk.unread.value)}</span>
            )}
          </button>
        </div>
        <p class="unseen" role="status">
          {desk.unread.value > 0 && words.chat.announced(desk.unread.value)}
        </p>
        {more && (
          <div class="more">
            <div class="keys">
              <Key
                icon="darker"
                text={words.patient.darker}
                press={() => desk.run("darker")}
                unable={colored}
              />
              <Key
                icon="lessContrast"
                text={words.patient.lessContrast}
                press={() => desk.run("lessContrast")}
                unable={colored}
              />
              <ToolKey desk={desk} tool="scroll" text={words.patient.browse} />
              <ToolKey desk={desk} tool="pan" text={words.patient.move} />
              <ToolKey desk={desk} tool="arrow" text={words.patient.arrow} />
              <ToolKey desk={desk} tool="text" text={words.patient.text} />
              <ToolKey desk={desk} tool="pin" text={words.patient.pin} />
              {info?.overlays && (
                <button
                  type="button"
                  class="key"
                  aria-pressed={desk.overlays.value}
                  onClick={() => desk.toggleOverlays()}
                >
                  <Icon name="overlays" />
                  <span>{words.patient.overlays}</span>
                </button>
              )}
              {desk.marking.canUndo.value && (
                <>
                  <Key
                    icon="undo"
                    text={words.patient.undo}
                    press={() => desk.marking.undo()}
                    unable={desk.marking.undoing.value}
                  />
                  <Key icon="redo" text={words.patient.redo} press={() => desk.marking.redo()} />
                </>
              )}
              <PlainWindows desk={desk} />
            </div>
            {several && <SeriesStrip desk={desk} />}
            <HandButton desk={desk} />
            <People desk={desk} />
            <Questions desk={desk} />
            <KeyImages desk={desk} />
            <Conversation desk={desk} />
          </div>
        )}
      </section>
      <footer>
        <span class={`badge quality-${desk.quality.value}`}>
          {words.quality.label}: {words.quality[desk.quality.value]}
        </span>
        <span>{words.notForDiagnosis}</span>
      </footer>
    </div>
  );
}

type KeyProps = {
  icon: IconName;
  text: string;
  press: () => void;
  /** It does nothing for this picture, and says so where a word is needed. */
  unable?: boolean;
};

function Key({ icon, text, press, unable = false }: KeyProps) {
  return (
    <button type="button" class="key" aria-disabled={unable} onClick={press}>
      <Icon name={icon} />
      <span>{text}</span>
    </button>
  );
}

/** A finger pages through the pictures until another tool is chosen. */
function toolInHand(desk: Desk): Tool {
  const tool = desk.tool.value;
  return tool === "window" && matchMedia("(pointer: coarse)").matches ? "scroll" : tool;
}

function ToolKey({ desk, tool, text }: { desk: Desk; tool: Tool; text: string }) {
  return (
    <button
      type="button"
      class="key"
      aria-pressed={toolInHand(desk) === tool}
      onClick={() => desk.choose(tool)}
    >
      <Icon name={tool} />
      <span>{text}</span>
    </button>
  );
}

/** The windows that have a plain name, as one key each. */
function PlainWindows({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const presets = info === undefined ? [] : presetsFor(info);
  return (
    <>
      {presets.map(({ name, window }) => {
        const plain = words.patient.presets[name];
        return plain && <Key key={name} icon="window" text={plain} press={() => desk.preset(window)} />;
      })}
    </>
  );
}
