// The panes of this screen as they lie; where there is room for one only, the way to the others.
import { paneCount } from "../state/view.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Viewport } from "./viewport.tsx";

export function Panes({ desk }: { desk: Desk }) {
  const { arrangement, panes } = desk;
  const layout = arrangement.layout.value;
  const visible = arrangement.visible.value;
  const several = paneCount(layout) > 1;
  return (
    <div class={`panes panes-${visible.length === 1 ? "1x1" : layout}`}>
      {visible.map((index) => {
        const at = panes[index];
        return at && <Viewport key={index} desk={desk} at={at} number={several ? index + 1 : null} />;
      })}
      {several && visible.length === 1 && <PaneChoice desk={desk} count={paneCount(layout)} />}
    </div>
  );
}

function PaneChoice({ desk, count }: { desk: Desk; count: number }) {
  const { arrangement } = desk;
  return (
    <fieldset class="pane-choice" aria-label={words.panes.choice}>
      {[0, 1, 2, 3].slice(0, count).map((pane) => (
        <button
          key={pane}
          type="button"
          aria-pressed={arrangement.active.value === pane}
          aria-label={words.panes.choose(pane + 1, count)}
          onClick={() => arrangement.choose(pane)}
        >
          {pane + 1}
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
