import { expect, test } from "vitest";
import tokens from "./tokens.css?raw";

/** The colors of one rule, by name. */
function colors(rule: string): Record<string, string> {
  const body = tokens.match(new RegExp(`\\n${rule} \\{[^}]*--ground[^}]*\\}`))?.[0] ?? "";
  return Object.fromEntries([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

/** Relative luminance of an sRGB color (WCAG 2.2). */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const ROOMS = { warm: colors(":root"), dark: colors(':root\\[data-light="dark"\\]') };
const GROUNDS = ["ground", "surface", "raised"];
const TEXT = [
  ...GROUNDS.flatMap((ground) => ["text", "muted", "accent"].map((text) => [text, ground])),
  ["on-accent", "accent"],
  ["on-chosen", "chosen"],
  ["warn-text", "warn-ground"],
  ["warn-text", "surface"],
  ["danger-text", "danger-ground"],
  ["danger-text", "surface"],
] as [string, string][];
const CONTROLS = GROUNDS.flatMap((ground) =>
  ["edge", "accent", "focus", "fair", "good"].map((color) => [color, ground]),
) as [string, string][];

test("black on white is 21 to 1, as WCAG says", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
});

test.each(Object.entries(ROOMS))("in the %s room all text has a contrast of 4.5 to 1", (_, room) => {
  const weak = TEXT.filter(([text, ground]) => !(contrast(room[text] ?? "", room[ground] ?? "") >= 4.5));
  expect(weak).toEqual([]);
});

test.each(Object.entries(ROOMS))("in the %s room controls and focus have a contrast of 3 to 1", (_, room) => {
  const weak = CONTROLS.filter(([color, ground]) => !(contrast(room[color] ?? "", room[ground] ?? "") >= 3));
  expect(weak).toEqual([]);
});

const sheets = import.meta.glob<string>("./*.css", { eager: true, query: "?raw", import: "default" });

test.each(Object.entries(sheets))("%s knows beginning and end, not left and right", (_, sheet) => {
  const physical =
    /^\s+(?:(?:margin|padding|border|scroll-margin)-)?(?:left|right)(?:-[a-z]+)?:|: (?:left|right);/;
  expect(sheet.split("\n").filter((rule) => physical.test(rule))).toEqual([]);
});
