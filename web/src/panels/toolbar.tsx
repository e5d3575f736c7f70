// The doctor's tools: what a drag does, windows, fit, take back, help. What has no room goes into menus.
import { useEffect, useRef, useState } from "preact/hooks";
import { draws, type NamedPreset, sameWindow, type Tool, windowMenu } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { keyOf } from "./keys.ts";
import { PopupMenu } from "./popup-menu.tsx";
import { Bar } from "./roving.tsx";

/** Tools that belong together; from this width of the page on (CSS pixels, more where letters are larger) each has a button. */
type Group = { name: "navigate" | "annotate" | "measure"; tools: readonly ToolName[]; from: number };
type ToolName = Tool & keyof typeof words.tools;

const GROUPS: readonly Group[] = [
  { name: "navigate", tools: ["window", "pan", "zoom", "scroll", "crosshair"], from: 560 },
  { name: "annotate", tools: ["laser", "arrow", "text", "freehand", "pin"], from: 960 },
  {
    name: "measure",
    tools: ["length", "angle", "cobb", "bidirectional", "ellipse", "rectangle", "polygon", "probe"],
    from: 1280,
  },
];

export function Toolbar({ desk }: { desk: Desk }) {
  return (
    <div class="toolbar">
      <Bar label={words.tools.label}>
        {GROUPS.map((group) => (
          <Tools key={group.name} desk={desk} group={group} />
        ))}
        <ToolButton desk={desk} tool="eraser" />
      </Bar>
      <Windows desk={desk} />
      <Bar label={words.actions.label}>
        <Overlays desk={desk} />
        <button type="button" class="tool" title={words.actions.fit} onClick={() => desk.run("fit")}>
          <Icon name="fit" />
          <span class="unseen">{words.actions.fit}</span>
        </button>
        <button
          type="button"
          class="tool"
          title={words.actions.undoHint}
          disabled={!desk.marking.canUndo.value || desk.marking.undoing.value}
          onClick={() => desk.marking.undo()}
        >
          <Icon name="undo" />
          <span class="unseen">{words.actions.undo}</span>
        </button>
        <button
          type="button"
          class="tool"
          title={words.actions.redoHint}
          disabled={!desk.marking.canUndo.value}
          onClick={() => desk.marking.redo()}
        >
          <Icon name="redo" />
          <span class="unseen">{words.actions.redo}</span>
        </button>
        <button
          type="button"
          class="tool"
          title={words.actions.help}
          onClick={() => {
            desk.help.value = true;
          }}
        >
          <Icon name="help" />
          <span class="unseen">{words.actions.help}</span>
        </button>
      </Bar>
    </div>
  );
}

function Tools({ desk, group }: { desk: Desk; group: Group }) {
  const inline = useMedia(`(min-width: ${group.from / 16}em)`);
  if (!inline) return <ToolMenu desk={desk} group={group} />;
  return (
    <fieldset class="group" aria-label={words.tools[group.name]}>
      {group.tools.map((tool) => (
        <ToolButton key={tool} desk={desk} tool={tool} />
      ))}
    </fieldset>
  );
}

function ToolButton({ desk, tool }: { desk: Desk; tool: ToolName }) {
  const name = words.tools[tool] as string;
  const key = keyOf(tool);
  const unable = unableFor(desk, tool);
  return (
    <button
      type="button"
      class="tool"
      aria-label={name}
      aria-pressed={desk.tool.value === tool}
      aria-disabled={unable}
      aria-keyshortcuts={key ?? undefined}
      title={unable ? words.stage.colorHasNoWindow : key ? words.tools.hint(name, key) : name}
      onClick={(event) => choose(desk, tool, event.detail === 0)}
    >
      <Icon name={tool} />
    </button>
  );
}

/** The tools of a group behind one button, which shows the one in hand. */
function ToolMenu({ desk, group }: { desk: Desk; group: Group }) {
  const [at, open] = useState<{ x: number; y: number } | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const inHand = group.tools.find((tool) => tool === desk.tool.value);
  const name = words.tools[group.name];
  const label = inHand ? words.tools.inGroup(name, words.tools[inHand] as string) : name;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="tool several"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={at !== null}
        data-inhand={inHand !== undefined}
        onClick={() => {
          const box = button.current?.getBoundingClientRect();
          open(box && at === null ? { x: box.left, y: box.bottom + 4 } : null);
        }}
      >
        <Icon name={inHand ?? group.tools[0] ?? "more"} />
        <Icon name="down" />
      </button>
      {at !== null && (
        <PopupMenu
          label={name}
          at={at}
          close={() => open(null)}
          items={group.tools.map((tool) => ({
            text: words.tools[tool] as string,
            icon: tool,
            hint: keyOf(tool),
            chosen: tool === inHand,
            act: () => choose(desk, tool, false),
          }))}
        />
      )}
    </>
  );
}

function unableFor(desk: Desk, tool: Tool): boolean {
  return tool === "window" && desk.picture.value?.info.samples === 3;
}

/** `byKey`: what follows by keys happens on the picture. */
function choose(desk: Desk, tool: Tool, byKey: boolean): void {
  if (unableFor(desk, tool)) {
    desk.room.notify(words.stage.colorHasNoWindow);
    return;
  }
  desk.choose(tool);
  if (byKey && draws(tool)) desk.pane?.host.focus({ preventScroll: true });
}

function useMedia(query: string): boolean {
  const [holds, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const look = () => set(media.matches);
    look();
    media.addEventListener("change", look);
    return () => media.removeEventListener("change", look);
  }, [query]);
  return holds;
}

/** Shows and hides what the file draws over its pictures; only where it does. */
function Overlays({ desk }: { desk: Desk }) {
  if (!desk.picture.value?.info.overlays) return null;
  return (
    <button
      type="button"
      class="tool"
      title={words.actions.overlaysHint}
      aria-pressed={desk.overlays.value}
      onClick={() => desk.toggleOverlays()}
    >
      <Icon name="overlays" />
      <span class="unseen">{words.actions.overlays}</span>
    </button>
  );
}

/** What a drag does to the window, without one (WCAG 2.5.7). */
const STEPS = ["brighter", "darker", "moreContrast", "lessContrast"] as const;

function Windows({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const { own, usual } = info === undefined ? { own: [], usual: [] } : windowMenu(info);
  const all = [...own, ...usual];
  const now = desk.looked.value.window;
  const chosen = all.findIndex(({ window }) => now != null && sameWindow(window, now));
  const options = (presets: readonly NamedPreset[], first: number) =>
    presets.map(({ name }, index) => (
      <option key={first + index} value={first + index}>
        {name}
      </option>
    ));
  return (
    <select
      aria-label={words.actions.presets}
      disabled={all.length === 0}
      value={chosen}
      onChange={(event) => {
        const { value } = event.currentTarget;
        const step = STEPS.find((one) => one === value);
        const preset = all[Number(value)];
        if (step !== undefined) desk.run(step);
        else if (preset !== undefined) desk.preset(preset.window);
        // A step is no choice that stays.
        event.currentTarget.value = String(chosen);
      }}
    >
      <option value={-1}>{info?.samples === 3 ? words.actions.noPreset : words.actions.preset}</option>
      {own.length > 0 && <optgroup label={words.actions.ownPresets}>{options(own, 0)}</optgroup>}
      {usual.length > 0 && (
        <optgroup label={words.actions.usualPresets}>{options(usual, own.length)}</optgroup>
      )}
      <optgroup label={words.actions.steps}>
        {STEPS.map((step) => (
          <option key={step} value={step}>
            {words.patient[step]}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
