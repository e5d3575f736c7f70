import { expect, test } from "vitest";
import { axialStack } from "./info.testing.ts";
import { windowCorner, windowSentence } from "./window-words.ts";

const window = { center: 2500, width: 5000, function: "LINEAR_EXACT" } as const;

test("a window is written by its width, center and curve", () => {
  expect(windowCorner(axialStack(), { center: -600, width: 1500, function: "LINEAR" })).toBe("W 1500 C −600");
  expect(windowCorner(axialStack(), window)).toBe("W 5000 C 2500 linear exact");
});

test("in PET it is written in SUV too", () => {
  const pet = axialStack({ suv_bw: 0.001 });
  expect(windowCorner(pet, window)).toBe("SUV 0–5 · W 5000 C 2500 linear exact");
});

test("a VOI LUT is called by its name where the stack has it; elsewhere its numbers are what is drawn", () => {
  const square = { explanation: "Square", window: { ...window, lut: 1 } };
  expect(windowCorner(axialStack({ windows: [square] }), square.window)).toBe("Square");
  expect(windowSentence(axialStack({ windows: [square] }), square.window)).toBe("square window");
  expect(windowCorner(axialStack(), square.window)).toBe("W 5000 C 2500 linear exact");
});

test("color has no window", () => {
  expect(windowCorner(axialStack({ samples: 3 }), window)).toBe("Color");
  expect(windowSentence(axialStack({ samples: 3 }), window)).toBe("in color");
});
