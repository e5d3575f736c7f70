import { expect, test } from "vitest";
import { firstFrame } from "./first-picture.ts";

const ADDRESS = "/api/rooms/r-1/series/s_1/2/display/100/3/0/0?c=-600.0&w=1500.0&f=LINEAR";

test("the address of a display tile says which frame of which stack it shows in which window", () => {
  expect(firstFrame("r-1", ADDRESS)).toEqual({
    shown: { series: "s_1", stack: 2, mode: "stack" },
    frame: 100,
    level: 3,
    window: { center: -600, width: 1500, function: "LINEAR" },
  });
});

test("its window may be a VOI LUT, and colors have none", () => {
  expect(firstFrame("r-1", `${ADDRESS}&lut=3`)?.window?.lut).toBe(3);
  expect(firstFrame("r-1", ADDRESS.replace(/\?.*/, ""))?.window).toBeNull();
});

test.each([
  ["another room", ADDRESS.replace("r-1", "r-2")],
  ["another server", `https://elsewhere.test${ADDRESS}`],
  ["one tile of several", ADDRESS.replace("/0/0?", "/0/1?")],
  ["no window", ADDRESS.replace("c=-600.0&", "")],
  ["a window that is no number", ADDRESS.replace("1500.0", "wide")],
  ["half a query", ADDRESS.replace(/\?.*/, "?")],
  ["a VOI LUT that is no number", `${ADDRESS}&lut=first`],
  ["an unknown function", ADDRESS.replace("LINEAR", "CUBIC")],
])("an address of %s shows nothing", (_what, address) => {
  expect(firstFrame("r-1", address)).toBeNull();
});
