// How many pictures lie side by side: for everyone by the leader, else for those who look on their own.
import type { Layout } from "../protocol.ts";
import { paneCount } from "../state/view.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Menu } from "./menu.tsx";

const ICONS = {
  "1x1": "onePane",
  "1x2": "twoPanes",
  "2x1": "twoRows",
  "2x2": "fourPanes",
} as const satisfies Record<Layout, IconName>;
const LAYOUTS = Object.keys(ICONS) as Layout[];

export function Layouts({ desk }: { desk: Desk }) {
  const now = desk.arrangement.layout.value;
  return (
    <>
      <LayoutMenu desk={desk} />
      {paneCount(now) > 1 && <LinkButton desk={desk} />}
    </>
  );
}

/** Whether panes are scrolled together, and by what. */
function LinkButton({ desk }: { desk: Desk }) {
  const kind = desk.linking.kind.value;
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={kind !== null}
      title={words.panes.linkHint}
      onClick={() => desk.toggleLink()}
    >
      <Icon name={kind === null ? "unlinked" : "linked"} />
      <span>{words.panes.links[kind ?? "none"]}</span>
    </button>
  );
}

function LayoutMenu({ desk }: { desk: Desk }) {
  const now = desk.arrangement.layout.value;
  return (
    <Menu icon={ICONS[now]} title={words.panes.layout}>
      {(close) => [
        ...LAYOUTS.map((layout) => (
          <button
            key={layout}
            type="button"
            aria-pressed={now === layout}
            onClick={() => {
              desk.arrange(layout);
              close();
            }}
          >
            <Icon name={ICONS[layout]} />
            <span>{words.panes.layouts[layout]}</span>
          </button>
        )),
        <button
          key="planes"
          type="button"
          onClick={() => {
            desk.showPlanes();
            close();
          }}
        >
          <Icon name="planes" />
          <span>{words.panes.planes}</span>
        </button>,
      ]}
    </Menu>
  );
}
