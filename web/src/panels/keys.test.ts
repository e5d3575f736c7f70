import { expect, test } from "vitest";
import { keyOf, meaning } from "./keys.ts";

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test("radiology viewers' keys mean what they mean elsewhere", () => {
  expect(meaning({ ...plain, key: "ArrowDown" }, true)).toEqual({ kind: "run", command: "next" });
  expect(meaning({ ...plain, key: "z" }, true)).toEqual({ kind: "tool", tool: "zoom" });
  expect(meaning({ ...plain, key: "2" }, true)).toEqual({ kind: "preset", index: 1 });
  expect(meaning({ ...plain, key: "c" }, true)).toEqual({ kind: "run", command: "cine" });
  expect(meaning({ ...plain, key: "o" }, true)).toEqual({ kind: "overlays" });
  expect(meaning({ ...plain, key: "f" }, true)).toEqual({ kind: "large screen" });
  expect(meaning({ ...plain, key: "c", ctrlKey: true }, true)).toBeNull();
  expect(meaning({ ...plain, key: "z", ctrlKey: true }, true)).toEqual({ kind: "undo" });
  expect(meaning({ ...plain, key: "Z", ctrlKey: true, shiftKey: true }, true)).toEqual({ kind: "redo" });
  expect(meaning({ ...plain, key: "y", ctrlKey: true }, true)).toEqual({ kind: "redo" });
});

test("= fits, page keys go from series to series, Shift pages by ten; letters turn, mirror and invert", () => {
  const run = (key: string, shiftKey = false) => meaning({ ...plain, key, shiftKey }, true);
  expect(run("=")).toEqual({ kind: "run", command: "fit" });
  expect(run("PageDown")).toEqual({ kind: "series", step: 1 });
  expect(run("PageUp")).toEqual({ kind: "series", step: -1 });
  expect(run("ArrowDown", true)).toEqual({ kind: "run", command: "pageDown" });
  expect(run("ArrowUp", true)).toEqual({ kind: "run", command: "pageUp" });
  const commands = ["r", "l", "h", "v", "i"].map((key) => run(key));
  expect(commands).toEqual(
    ["rotateRight", "rotateLeft", "flipHorizontal", "flipVertical", "invert"].map((command) => ({
      kind: "run",
      command,
    })),
  );
});

test("single-key shortcuts can be switched off; arrows and the browser's own keys stay", () => {
  expect(meaning({ ...plain, key: "z" }, false)).toBeNull();
  expect(meaning({ ...plain, key: "?" }, false)).toBeNull();
  expect(meaning({ ...plain, key: "Home" }, false)).toEqual({ kind: "run", command: "first" });
  expect(meaning({ ...plain, key: "r", ctrlKey: true }, true)).toBeNull();
});

test("each drawing tool has a letter, and it is the one on its button", () => {
  expect(meaning({ ...plain, key: "d" }, true)).toEqual({ kind: "tool", tool: "length" });
  expect(meaning({ ...plain, key: "g" }, true)).toEqual({ kind: "tool", tool: "angle" });
  expect(meaning({ ...plain, key: "e" }, true)).toEqual({ kind: "tool", tool: "ellipse" });
  expect([keyOf("length"), keyOf("arrow"), keyOf("eraser")]).toEqual(["D", "A", null]);
});

test("Alt and arrows move the picture, F6 goes from pane to pane; neither is a single key", () => {
  for (const single of [true, false]) {
    expect(meaning({ ...plain, key: "ArrowLeft", altKey: true }, single)).toEqual({
      kind: "run",
      command: "panLeft",
    });
    expect(meaning({ ...plain, key: "F6" }, single)).toEqual({ kind: "pane", step: 1 });
    expect(meaning({ ...plain, key: "F6", shiftKey: true }, single)).toEqual({ kind: "pane", step: -1 });
  }
  expect(meaning({ ...plain, key: "ArrowLeft", altKey: true, ctrlKey: true }, true)).toBeNull();
  expect(meaning({ ...plain, key: "a", altKey: true }, true)).toBeNull();
});
