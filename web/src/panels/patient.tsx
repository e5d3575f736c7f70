// The patient's view: warm and light, plain words, large targets, no numbers; made for a phone first.
import { useEffect, useRef, useState } from "preact/hooks";
import { presetsFor, type Tool } from "../stage/index.ts";
import { words } from "../words.ts";
import { Attendance } from "./attendance.tsx";
import { Banners } from "./banners.tsx";
import { Conversation } from "./conversation.tsx";
import type { Desk } from "./desk.ts";
import { Glossary } from "./glossary.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { KeyImages } from "./key-images.tsx";
import { Panes } from "./panes.tsx";
import { LeadLine, People } from "./people.tsx";
import { CloserKeys, HandKey, Key, MoreLightKeys, PictureKeys } from "./picture-keys.tsx";
import { Questions } from "./questions.tsx";
import { SeriesStrip } from "./series.tsx";
import { SkipLink } from "./skip-link.tsx";
import { Whereabouts } from "./whereabouts.tsx";

export function PatientView({ desk }: { desk: Desk }) {
  const [more, setMore] = useState(false);
  const sheet = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => (more ? closedByEscape(() => setMore(false), opener.current) : undefined), [more]);
  useEffect(() => sheet.current?.scrollIntoView({ block: "nearest" }), [more]);
  /** Where what is opened lies over the picture, it steps aside for what is done on the picture (WCAG 2.4.11). */
  function clearTheWay(): void {
    const shown = sheet.current;
    if (shown !== null && getComputedStyle(shown).position === "absolute") setMore(false);
  }
  return (
    <div class="patient">
      <SkipLink />
      <header>
        <h1 class="unseen">{words.product}</h1>
        <LeadLine desk={desk} />
      </header>
      <main class="picture-area" onFocusIn={clearTheWay}>
        <Banners desk={desk} />
        <Panes desk={desk} />
        <ToolHint desk={desk} />
      </main>
      <section class="controls" aria-label={words.patient.controls}>
        <Whereabouts desk={desk} />
        <div class="keys">
          <PictureKeys desk={desk} />
          <ToolKey desk={desk} tool="pin" text={words.patient.pin} taken={clearTheWay} />
          <HandKey desk={desk} />
          <button
            ref={opener}
            type="button"
            class="key"
            aria-expanded={more}
            aria-controls="more"
            onClick={() => setMore(!more)}
          >
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
          <div class="more" id="more" ref={sheet}>
            <More desk={desk} taken={clearTheWay} />
          </div>
        )}
      </section>
      <footer>
        <span class={`badge quality-${desk.quality.value}`}>{words.patient.quality[desk.quality.value]}</span>
        <span>{words.notForDiagnosis}</span>
      </footer>
      <Attendance desk={desk} />
    </div>
  );
}

function More({ desk, taken }: { desk: Desk; taken: () => void }) {
  const { room } = desk;
  const info = desk.picture.value?.info;
  const several = (room.series.value ?? []).reduce((count, { stacks }) => count + stacks.length, 0) > 1;
  return (
    <>
      <PlainWindows desk={desk} />
      <div class="keys">
        <MoreLightKeys desk={desk} />
        <CloserKeys desk={desk} />
        <ToolKey desk={desk} tool="scroll" text={words.patient.browse} taken={taken} />
        <ToolKey desk={desk} tool="pan" text={words.patient.move} taken={taken} />
        <ToolKey desk={desk} tool="arrow" text={words.patient.arrow} taken={taken} />
        <ToolKey desk={desk} tool="text" text={words.patient.text} taken={taken} />
        {info?.overlays && (
          <Key
            icon="overlays"
            text={words.patient.overlays}
            pressed={desk.overlays.value}
            press={() => desk.toggleOverlays()}
          />
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
      </div>
      {several && <SeriesStrip desk={desk} />}
      <div>
        <Conversation desk={desk} />
        <Questions desk={desk} />
        <KeyImages desk={desk} />
        <Glossary desk={desk} />
      </div>
      <People desk={desk} />
    </>
  );
}

/** A finger pages through the pictures until another tool is chosen. */
function toolInHand(desk: Desk): Tool {
  const tool = desk.tool.value;
  return tool === "window" && matchMedia("(pointer: coarse)").matches ? "scroll" : tool;
}

type ToolKeyProps = { desk: Desk; tool: Tool & IconName; text: string; taken: () => void };

function ToolKey({ desk, tool, text, taken }: ToolKeyProps) {
  const inHand = toolInHand(desk) === tool;
  return (
    <Key
      icon={tool}
      text={text}
      pressed={inHand}
      press={() => {
        desk.choose(tool);
        taken();
      }}
    />
  );
}

/** What to do with the tool in the hand, over the picture, and a way to lay it down. */
function ToolHint({ desk }: { desk: Desk }) {
  const hints: Partial<Record<Tool, string>> = words.patient.hints;
  const hint = hints[desk.tool.value];
  if (hint === undefined) return null;
  return (
    <p class="tool-hint" role="status">
      <span>{hint}</span>
      <button type="button" onClick={() => desk.run("cancel")}>
        {words.patient.stopTool}
      </button>
    </p>
  );
}

/** The windows that have a plain name, as one key each. */
function PlainWindows({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const { soft, lung, bone } = words.stage.presets;
  const plain = new Map([
    [soft, words.patient.presets.soft],
    [lung, words.patient.presets.lung],
    [bone, words.patient.presets.bone],
  ]);
  const presets = (info === undefined ? [] : presetsFor(info)).filter(({ name }) => plain.has(name));
  if (presets.length === 0) return null;
  return (
    <fieldset class="windows">
      <legend>{words.patient.see}</legend>
      {presets.map(({ name, window }) => (
        <button key={name} type="button" onClick={() => desk.preset(window)}>
          {plain.get(name)}
        </button>
      ))}
    </fieldset>
  );
}

/** Esc closes, until what it returns is called; the focus goes back to what opened. */
function closedByEscape(close: () => void, opener: HTMLElement | null): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    close();
    opener?.focus();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}
