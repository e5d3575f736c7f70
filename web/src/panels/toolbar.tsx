// The doctor's tools: what a drag does, windows, fit, take back, help.
import { presetsFor, type Tool } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon } from "./icons.tsx";

const TOOLS: readonly Tool[] = ["window", "pan", "zoom", "scroll", "arrow", "text"];

export function Toolbar({ desk }: { desk: Desk }) {
  return (
    <div class="toolbar">
      <fieldset class="group" aria-label={words.tools.label}>
        {TOOLS.map((tool) => (
          <button
            key={tool}
            type="button"
            class="tool"
            aria-pressed={desk.tool.value === tool}
            onClick={() => desk.choose(tool)}
          >
            <Icon name={tool} />
            <span>{words.tools[tool]}</span>
          </button>
        ))}
      </fieldset>
      <fieldset class="group" aria-label={words.actions.label}>
        <Presets desk={desk} />
        <button type="button" class="tool" onClick={() => desk.run("fit")}>
          <Icon name="fit" />
          <span>{words.actions.fit}</span>
        </button>
        <button
          type="button"
          class="tool"
          title={words.actions.undoHint}
          disabled={desk.marking.newestOwn.value === null}
          onClick={() => desk.marking.undo()}
        >
          <Icon name="undo" />
          <span>{words.actions.undo}</span>
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

function Presets({ desk }: { desk: Desk }) {
  const info = desk.picture.value?.info;
  const presets = info === undefined ? [] : presetsFor(info);
  const now = desk.looked.value.window;
  const chosen = presets.findIndex(
    ({ window }) =>
      window.center === now?.center && window.width === now.width && window.function === now.function,
  );
  return (
    <select
      aria-label={words.actions.presets}
      disabled={presets.length === 0}
      value={chosen}
      onChange={(event) => {
        const preset = presets[Number(event.currentTarget.value)];
        if (preset !== undefined) desk.preset(preset.window);
      }}
    >
      <option value={-1}>{words.actions.preset}</option>
      {presets.map(({ name }, index) => (
        <option key={name} value={index}>
          {name}
        </option>
      ))}
    </select>
  );
}
