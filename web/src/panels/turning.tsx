// Turning, mirroring and inverting the picture that is worked at.
import type { PaneCommand } from "../stage/index.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Menu } from "./menu.tsx";

type Turning = PaneCommand & keyof typeof words.turning.commands & IconName;

const TURNS: readonly Turning[] = ["rotateRight", "rotateLeft", "flipHorizontal", "flipVertical", "invert"];

export function TurnMenu({ desk }: { desk: Desk }) {
  if (desk.picture.value === null) return null;
  return (
    <Menu icon="rotateRight" title={words.turning.title}>
      {() =>
        TURNS.map((command) => (
          <button key={command} type="button" onClick={() => desk.run(command)}>
            <Icon name={command} />
            <span>{words.turning.commands[command]}</span>
          </button>
        ))
      }
    </Menu>
  );
}
