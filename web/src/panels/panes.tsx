// The panes of this screen as they lie; where there is room for one only, the way to the others.
import type { ComponentType } from "preact";
import { paneCount } from "../state/view.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import type { PaneDesk } from "./pane-desk.ts";
import { Viewport } from "./viewport.tsx";

/** What lies over each pane besides what all see there. */
type EdgeOfPane = ComponentType<{ desk: Desk; at: PaneDesk }>;

export function Panes({ desk, edge: Edge }: { desk: Desk; edge?: EdgeOfPane }) {
  const { arrangement, panes } = desk;
  const layout = arrangement.layout.value;
  const visible = arrangement.visible.value;
  const several = paneCount(layout) > 1;
  return (
    <div class={`panes panes-${visible.length === 1 ? "1x1" : layout}`}>
      {visible.map((index) => {
        const at = panes[index];
        const number = several ? index + 1 : null;
        const outlined = visible.length > 1 && desk.active.value === at;
        if (at === undefined) return null;
        return (
          <Viewport key={index} desk={desk} at={at} number={number} outlined={outlined}>
            {Edge && <Edge desk={desk} at={at} />}
          </Viewport>
        );
      })}
      {several && visible.length === 1 && <PaneChoice desk={desk} count={paneCount(layout)} />}
    </div>
  );
}

function PaneChoice({ desk, count }: { desk: Desk; count: number }) {
  const { arrangement } = desk;
  const filled = desk.panes.slice(0, count).filter(({ shown }) => shown.value !== null);
  return (
    <fieldset class="pane-choice" aria-label={words.panes.choice}>
      {filled.map(({ index }) => (
        <button
          key={index}
          type="button"
          aria-pressed={arrangement.active.value === index}
          aria-label={words.panes.choose(index + 1, count)}
          onClick={() => arrangement.choose(index)}
        >
          {index + 1}
        </button>
      ))}
      {arrangement.maximized.value !== null && !arrangement.narrow.value && (
        <button type="button" onClick={() => arrangement.toggleMaximized(arrangement.active.value)}>
          {words.panes.all}
        </button>
      )}
    </fieldset>
  );
}
