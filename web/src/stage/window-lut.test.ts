import { expect, test } from "vitest";
import type { WireWindow } from "../protocol.ts";
import { type StoredType, windowLut, wireWindow } from "./window-lut.ts";

type Fixture = {
  dtype: StoredType;
  slope: number;
  intercept: number;
  padding: [number, number] | null;
  inverted: boolean;
  window: WireWindow;
  lut?: { first: number; levels: number[] };
  lut_sha256: string;
  samples: [number, number][];
};

const fixtures = import.meta.glob<Fixture>("../../../tests/wire/window_luts/*.json", {
  eager: true,
  import: "default",
});

test("there are fixtures of every function", () => {
  const functions = new Set(Object.values(fixtures).map((fixture) => fixture.window.function));
  expect([...functions].sort()).toEqual(["LINEAR", "LINEAR_EXACT", "SIGMOID"]);
});

test("there are fixtures of VOI LUTs, inverted ones too", () => {
  const tables = Object.values(fixtures).filter((fixture) => fixture.lut);
  expect(new Set(tables.map((fixture) => fixture.inverted))).toEqual(new Set([true, false]));
});

for (const [path, fixture] of Object.entries(fixtures)) {
  test(`the screen's table is the server's, entry by entry: ${path.split("/").at(-1)}`, async () => {
    const { dtype: type, lut_sha256, samples, lut: table, ...rest } = fixture;
    const voi = table && { first: table.first, levels: Uint8Array.from(table.levels) };
    const lut = windowLut({ type, ...rest, lut: voi ?? null });
    for (const [stored, gray] of samples)
      expect([stored, lut[stored & (lut.length - 1)]]).toEqual([stored, gray]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", lut));
    expect([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(lut_sha256);
  });
}

test("a window travels with 7 significant digits and a width its function allows", () => {
  expect(wireWindow({ center: 40.123456789, width: 0.2, function: "LINEAR" })).toEqual({
    center: 40.12346,
    width: 1,
    function: "LINEAR",
  });
  expect(wireWindow({ center: -1e15, width: 0, function: "SIGMOID" })).toEqual({
    center: -1e12,
    width: 1e-6,
    function: "SIGMOID",
  });
});
