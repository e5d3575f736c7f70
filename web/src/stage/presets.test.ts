import { expect, test } from "vitest";
import { axialStack, imageStack, sagittalStack } from "./info.testing.ts";
import { firstWindow, presetName, presetsFor } from "./presets.ts";

test("Hounsfield units get the usual nine windows, in the order of the keys", () => {
  const names = presetsFor(axialStack()).map((preset) => preset.name);
  expect(names).toHaveLength(9);
  expect(names.slice(0, 3)).toEqual(["Soft tissue", "Lung", "Bone"]);
});

test("other stacks get the file's own windows by their explanation", () => {
  expect(presetsFor(sagittalStack())).toEqual([
    { name: "brain", window: { center: 128, width: 256, function: "LINEAR" } },
  ]);
});

test("a window is called by its name, or not at all", () => {
  expect(presetName(axialStack(), { center: -600, width: 1500, function: "LINEAR" })).toBe("Lung");
  expect(presetName(axialStack(), { center: -601, width: 1500, function: "LINEAR" })).toBeNull();
});

test("a stack opens in its first window, and in some window when it has none", () => {
  expect(firstWindow(axialStack())).toEqual({ center: 40, width: 400, function: "LINEAR" });
  expect(firstWindow(imageStack()).width).toBeGreaterThan(1);
});
