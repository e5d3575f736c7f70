import { expect, test } from "vitest";
import { type Budgets, budgetsOf } from "./budgets.ts";

const MB = 1 << 20;
const total = ({ values, display, textures, tables, overlays, preview }: Budgets) =>
  values + display + textures + 2 * tables + overlays + preview;

test("a phone's page keeps at most 150 MB, a desk's 260, in however many panes", () => {
  for (const panes of [1, 2, 4]) {
    expect(panes * total(budgetsOf(panes, true))).toBeLessThanOrEqual(140 * MB);
    expect(panes * total(budgetsOf(panes, false))).toBeLessThanOrEqual(260 * MB);
  }
});

test("panes share evenly, and each keeps some slices of 512 × 512", () => {
  const four = budgetsOf(4, true);
  expect(four.values).toBe(budgetsOf(1, true).values / 4);
  expect(Math.floor(four.values / (512 * 512 * 2))).toBe(20);
  expect(budgetsOf(0, false)).toEqual(budgetsOf(1, false));
});
