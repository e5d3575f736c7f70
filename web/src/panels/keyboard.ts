// Listens to the keyboard for the whole room and does what `keys.ts` says a key means.
import { draws, presetsFor } from "../stage/index.ts";
import type { Desk } from "./desk.ts";
import { type KeyMeaning, meaning } from "./keys.ts";

/** Listens until what it returns is called. */
export function listenToKeys(desk: Desk): () => void {
  /** Space alone resets; held while dragging it moves the picture, which the pane does. */
  let spaceAlone = false;

  function down(event: KeyboardEvent): void {
    if (event.defaultPrevented || isTyping(event.target)) return;
    if (event.key === " ") {
      spaceAlone = !event.repeat && event.target === document.body && desk.singleKeys.value;
      if (event.target === document.body) event.preventDefault();
      return;
    }
    const meant = meaning(event, desk.singleKeys.value);
    if (meant === null) return;
    event.preventDefault();
    act(desk, meant);
  }
  function up(event: KeyboardEvent): void {
    if (event.key === " " && spaceAlone) desk.run("reset");
    spaceAlone = false;
  }
  function press(): void {
    spaceAlone = false;
  }

  addEventListener("keydown", down);
  addEventListener("keyup", up);
  addEventListener("pointerdown", press, true);
  return () => {
    removeEventListener("keydown", down);
    removeEventListener("keyup", up);
    removeEventListener("pointerdown", press, true);
  };
}

function act(desk: Desk, meant: KeyMeaning): void {
  switch (meant.kind) {
    case "run":
      desk.run(meant.command);
      break;
    case "tool":
      desk.choose(meant.tool);
      // What follows by keys happens on the picture.
      if (draws(meant.tool)) desk.pane?.host.focus({ preventScroll: true });
      break;
    case "preset": {
      const info = desk.picture.value?.info;
      const preset = info === undefined ? undefined : presetsFor(info)[meant.index];
      if (preset !== undefined) desk.preset(preset.window);
      break;
    }
    case "series":
      desk.step(meant.step);
      break;
    case "pane":
      desk.toPane(meant.step);
      break;
    case "undo":
      desk.marking.undo();
      break;
    case "redo":
      desk.marking.redo();
      break;
    case "overlays":
      desk.toggleOverlays();
      break;
    case "large screen":
      if (desk.room.role.value !== "patient") desk.largeScreen.toggle();
      break;
    case "help":
      desk.help.value = true;
      break;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null;
}
