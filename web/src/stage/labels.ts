// Words beside figures: broken into lines, and put where they are inside the picture and in nobody's way. Pure.

export type Style = "words" | "value" | "note" | "name";
export type LabelLine = { text: string; style: Style };
export type Box = { left: number; top: number; width: number; height: number };
export type Size = { width: number; height: number };
/** How wide a text is in a style, in CSS pixels. */
export type WidthOf = (text: string, style: Style) => number;

/** As stage.css draws them: font size, weight, and what a line takes. CSS pixels. */
export const FONTS: Record<Style, { size: number; weight: number; line: number }> = {
  words: { size: 16, weight: 600, line: 20 },
  value: { size: 14, weight: 600, line: 18 },
  note: { size: 12, weight: 400, line: 15 },
  name: { size: 12, weight: 400, line: 15 },
};
/** Between a figure and its words. */
const GAP = 8;

/** The lines broken at blanks, long words anywhere; at most `most`, the last of the others ends in "…". */
export function broken(
  lines: readonly LabelLine[],
  widest: number,
  most: number,
  widthOf: WidthOf,
): LabelLine[] {
  const all = lines.flatMap(({ text, style }) =>
    brokenText(text, widest, (part) => widthOf(part, style)).map((part) => ({ text: part, style })),
  );
  if (all.length <= most) return all;
  // Whose it is stays to be read.
  const name = all.at(-1)?.style === "name" ? all.slice(-1) : [];
  const room = all.slice(0, most - name.length);
  const cut = room.at(-1);
  return cut ? [...room.slice(0, -1), { ...cut, text: `${cut.text.replace(/.?$/u, "")}…` }, ...name] : name;
}

function brokenText(text: string, widest: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/u).filter(Boolean)) {
    const longer = line ? `${line} ${word}` : word;
    if (widthOf(longer) <= widest) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = word;
    while (widthOf(line) > widest && line.length > 1) {
      let fits = 1;
      while (fits < line.length - 1 && widthOf(line.slice(0, fits + 1)) <= widest) fits++;
      lines.push(line.slice(0, fits));
      line = line.slice(fits);
    }
  }
  return line ? [...lines, line] : lines;
}

export function sizeOf(lines: readonly LabelLine[], widthOf: WidthOf): Size {
  return {
    width: Math.max(0, ...lines.map(({ text, style }) => widthOf(text, style))),
    height: lines.reduce((height, { style }) => height + FONTS[style].line, 0),
  };
}

/** What a label must keep clear of: other labels, and, where there is room, figures. */
export type InTheWay = { labels: readonly Box[]; figures: readonly Box[] };

/** How much less it is to lie over a figure than over words. */
const OVER_FIGURE = 0.2;
/** How far a label is moved away at most, and in which steps. CSS pixels. */
const STEP_PX = 22;
const STEPS = 9;

/** Where a label goes: beside its figure if it can be read there, else as near as it can be. */
export function beside(figure: Box, size: Size, area: Box, { labels, figures }: InTheWay): Box {
  let best: Box | null = null;
  let least = Infinity;
  for (const at of spotsAround(figure, size)) {
    const box = inside({ ...at, ...size }, area);
    const hidden = shared(box, labels) + OVER_FIGURE * shared(box, [figure, ...figures]);
    if (hidden < least) [best, least] = [box, hidden];
    if (least === 0) break;
  }
  return best ?? inside({ left: figure.left, top: figure.top, ...size }, area);
}

/** The nearest first: right, left, below, above; then farther up and down on both sides. */
function spotsAround({ left, top, width, height }: Box, size: Size): { left: number; top: number }[] {
  const [onRight, onLeft] = [left + width + GAP, left - GAP - size.width];
  const [middle, center] = [top + height / 2 - size.height / 2, left + width / 2 - size.width / 2];
  const farther = Array.from({ length: STEPS }, (_, n) => (n + 1) * STEP_PX).flatMap((away) =>
    [middle + away, middle - away].flatMap((y) => [
      { left: onRight, top: y },
      { left: onLeft, top: y },
      { left: center, top: y },
    ]),
  );
  return [
    { left: onRight, top: middle },
    { left: onLeft, top: middle },
    { left: center, top: top + height + GAP },
    { left: center, top: top - GAP - size.height },
    ...farther,
  ];
}

/** The shortest way between two boxes, if they are so far apart that one would not see what belongs together. */
export function leader(from: Box, to: Box): { x: number; y: number }[] {
  const x = nearest(from.left, from.width, to.left, to.width);
  const y = nearest(from.top, from.height, to.top, to.height);
  const [a, b] = [
    { x: x[0], y: y[0] },
    { x: x[1], y: y[1] },
  ];
  return Math.hypot(a.x - b.x, a.y - b.y) > 2 * GAP ? [a, b] : [];
}

/** Where two stretches come nearest to each other; in the middle of what they share. */
function nearest(a: number, aSize: number, b: number, bSize: number): [number, number] {
  if (a + aSize < b) return [a + aSize, b];
  if (b + bSize < a) return [a, b + bSize];
  const shared = (Math.max(a, b) + Math.min(a + aSize, b + bSize)) / 2;
  return [shared, shared];
}

function inside(box: Box, area: Box): Box {
  const left = Math.max(area.left, Math.min(box.left, area.left + area.width - box.width));
  const top = Math.max(area.top, Math.min(box.top, area.top + area.height - box.height));
  return { ...box, left, top };
}

/** How much of a box others cover, in square pixels. */
function shared(box: Box, others: readonly Box[]): number {
  const overlap = (a: number, aSize: number, b: number, bSize: number) =>
    Math.max(0, Math.min(a + aSize, b + bSize) - Math.max(a, b));
  return others.reduce(
    (sum, other) =>
      sum +
      overlap(box.left, box.width, other.left, other.width) *
        overlap(box.top, box.height, other.top, other.height),
    0,
  );
}

/** Whether a point lies in a box, or so near to it. */
export function holds(
  { left, top, width, height }: Box,
  at: { x: number; y: number },
  reach: number,
): boolean {
  return (
    at.x >= left - reach &&
    at.x <= left + width + reach &&
    at.y >= top - reach &&
    at.y <= top + height + reach
  );
}

/** The smallest box around some points. */
export function boxAround(points: readonly { x: number; y: number }[]): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
