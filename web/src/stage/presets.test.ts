import { expect, test } from "vitest";
import { axialStack, imageStack, sagittalStack } from "./info.testing.ts";
import { firstWindow, presetName, presetsFor, sameWindow, windowMenu } from "./presets.ts";

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

test("PET is offered in SUV, whatever unit its values have", () => {
  // One modality unit is 0.0005 g/ml: SUV 5 is 10,000.
  const pet = axialStack({ unit: "BQML", suv_bw: 0.0005, windows: [] });
  expect(presetsFor(pet)).toEqual([
    { name: "SUV 0–5", window: { center: 5000, width: 10_000, function: "LINEAR_EXACT" } },
    { name: "SUV 0–10", window: { center: 10_000, width: 20_000, function: "LINEAR_EXACT" } },
  ]);
});

test("the menu offers the file's own windows and VOI LUTs first, and none twice", () => {
  const lung = { center: -600, width: 1500, function: "LINEAR" } as const;
  const lut = { center: 0, width: 1024, function: "LINEAR", lut: 0 } as const;
  const { own, usual } = windowMenu(
    axialStack({
      windows: [
        { explanation: "", window: { center: 1, width: 2, function: "LINEAR" } },
        { explanation: "Square", window: lut },
        { explanation: "Lung", window: lung },
      ],
    }),
  );
  expect(own.map(({ name }) => name)).toEqual(["Window 1", "Square"]);
  expect(usual.map(({ name }) => name)).toContain("Lung");
  expect(windowMenu(axialStack({ samples: 3 }))).toEqual({ own: [], usual: [] });
});

test("a VOI LUT is another window than the numbers that stand for it; null and nothing are one", () => {
  const plain = { center: 0, width: 1024, function: "LINEAR" } as const;
  expect(sameWindow(plain, { ...plain, lut: 0 })).toBe(false);
  expect(sameWindow({ ...plain, lut: 1 }, { ...plain, lut: 0 })).toBe(false);
  expect(sameWindow(plain, { ...plain, lut: null })).toBe(true);
});

test("a stack opens in its first window, and in some window when it has none", () => {
  expect(firstWindow(axialStack())).toEqual({ center: 40, width: 400, function: "LINEAR" });
  expect(firstWindow(imageStack()).width).toBeGreaterThan(1);
});
