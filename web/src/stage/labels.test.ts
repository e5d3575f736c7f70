import { expect, test } from "vitest";
import { beside, broken, type LabelLine, leader } from "./labels.ts";

const AREA = { left: 8, top: 8, width: 334, height: 584 };
const NOTHING = { labels: [], figures: [] };
// Every letter is ten pixels wide.
const widthOf = (text: string) => text.length * 10;
const words = (text: string): LabelLine => ({ text, style: "words" });
const name: LabelLine = { text: "Maria", style: "name" };

test("long words are broken at blanks, and anywhere when there is none", () => {
  expect(broken([words("this is far too long for one")], 100, 9, widthOf).map(({ text }) => text)).toEqual([
    "this is",
    "far too",
    "long for",
    "one",
  ]);
  expect(broken([words("unbreakable")], 50, 9, widthOf).map(({ text }) => text)).toEqual([
    "unbre",
    "akabl",
    "e",
  ]);
});

test("too many lines end in an ellipsis, and whose they are stays to be read", () => {
  const lines = broken([words("one two three four five"), name], 50, 4, widthOf);
  expect(lines.map(({ text }) => text)).toEqual(["one", "two", "thre…", "Maria"]);
});

test("a label stands at the right, and at the left where the right edge is near", () => {
  const size = { width: 100, height: 40 };
  const figure = { left: 100, top: 200, width: 50, height: 60 };
  expect(beside(figure, size, AREA, NOTHING)).toEqual({ left: 158, top: 210, ...size });
  const atEdge = { ...figure, left: 280 };
  expect(beside(atEdge, size, AREA, NOTHING)).toEqual({ left: 172, top: 210, ...size });
});

test("a label never runs out of the picture, wherever its figure is", () => {
  const size = { width: 200, height: 80 };
  for (const left of [-500, 0, 170, 340, 900]) {
    for (const top of [-500, 0, 300, 590, 900]) {
      const box = beside({ left, top, width: 30, height: 30 }, size, AREA, NOTHING);
      expect(box.left).toBeGreaterThanOrEqual(AREA.left);
      expect(box.top).toBeGreaterThanOrEqual(AREA.top);
      expect(box.left + box.width).toBeLessThanOrEqual(AREA.left + AREA.width);
      expect(box.top + box.height).toBeLessThanOrEqual(AREA.top + AREA.height);
    }
  }
});

test("a label gives way to one that stands there already", () => {
  const size = { width: 100, height: 40 };
  const figure = { left: 150, top: 200, width: 20, height: 20 };
  const labels = [beside(figure, size, AREA, NOTHING)];
  const second = beside(figure, size, AREA, { labels, figures: [] });
  expect(second.left + second.width).toBeLessThanOrEqual(figure.left);
  const third = beside(figure, size, AREA, { labels: [...labels, second], figures: [] });
  expect(third.top).toBeGreaterThanOrEqual(figure.top + figure.height);
});

test("a label that had to go farther away is joined to its figure by a line", () => {
  const figure = { left: 100, top: 100, width: 20, height: 20 };
  expect(leader({ left: 128, top: 90, width: 100, height: 40 }, figure)).toEqual([]);
  expect(leader({ left: 160, top: 200, width: 100, height: 40 }, figure)).toEqual([
    { x: 160, y: 200 },
    { x: 120, y: 120 },
  ]);
});
