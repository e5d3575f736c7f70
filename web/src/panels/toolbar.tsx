// The doctor's tools: what a drag does, windows, fit, take back, help.
import { type NamedPreset, sameWindow, type Tool, windowMenu } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

const TOOLS: readonly Tool[] = ["window", "pan", "zoom", "scroll", "arrow", "text", "pin"];

export function Toolbar({ desk }: { desk: Desk }) {
  return (
    <div class="toolbar">
      <fieldset class="group" aria-label={words.tools.label}>
        {TOOLS.map((tool) => {
          const unable = tool === "window" && desk.picture.value?.info.samples === 3;
          return (
            <button
              key={tool}
              type="button"
              class="tool"
              aria-pressed={desk.tool.value === tool}
              aria-disabled={unable}
              title={unable ? words.stage.colorHasNoWindow : undefined}
              onClick={() => (unable ? desk.room.notify(words.stage.colorHasNoWindow) : desk.choose(tool))}
            >
              <Icon name={tool} />
              <span>{words.tools[tool]}</span>
            </button>
          );
        })}
      </fieldset>
      <fieldset class="group" aria-label={words.actions.label}>
        <Windows desk={desk} />
        <Overlays desk={desk} />
        <button type="button" class="tool" onClick={() => desk.run("fit")}>
          <Icon name="fit" />
          <span>{words.actions.fit}</span>
        </button>
        <button
          type="button"
          class="tool known"
          title={words.actions.undoHint}
          disabled={!desk.marking.canUndo.value || desk.marking.undoing.value}
          onClick={() => desk.marking.undo()}
        >
          <Icon name="undo" />
          <span>{words.actions.undo}</span>
        </button>
        <button
          type="button"
          class="tool known"
          title={words.actions.redoHint}
          disabled={!desk.marking.canUndo.value}
          onClick={() => desk.marking.redo()}
        >
          <Icon name="redo" />
          <span>{words.actions.redo}</span>
        </button>
        <button
          type="button"
          class="tool"
          onClick={() => {
            desk.help.value = true;
          }}
        >
          <Icon name="help" />
          <span>{words.actions.help}</span>
        </button>
      </fieldset>
    </div>
  );
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
      <span>{words.actions.overlays}</span>
    </button>
  );
}

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
        const preset = all[Number(event.currentTarget.value)];
        if (preset !== undefined) desk.preset(preset.window);
      }}
    >
      <option value={-1}>{info?.samples === 3 ? words.actions.noPreset : words.actions.preset}</option>
      {own.length > 0 && <optgroup label={words.actions.ownPresets}>{options(own, 0)}</optgroup>}
      {usual.length > 0 && (
        <optgroup label={words.actions.usualPresets}>{options(usual, own.length)}</optgroup>
      )}
    </select>
  );
}
