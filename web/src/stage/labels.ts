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

/** Where a label goes beside what it belongs to: inside the area, away from the figure and from other labels. */
export function beside(figure: Box, size: Size, area: Box, taken: readonly Box[]): Box {
  const { left, top, width, height } = figure;
  const middle = top + height / 2 - size.height / 2;
  const wanted = [
    { left: left + width + GAP, top: middle },
    { left: left - GAP - size.width, top: middle },
    { left: left + width / 2 - size.width / 2, top: top + height + GAP },
    { left: left + width / 2 - size.width / 2, top: top - GAP - size.height },
    { left: left + width + GAP, top: top + height + GAP },
    { left: left - GAP - size.width, top: top - GAP - size.height },
  ].map((at) => inside({ ...at, ...size }, area));
  const [first, ...others] = wanted;
  let best = first ?? inside({ left, top, ...size }, area);
  let least = shared(best, [figure, ...taken]);
  for (const box of others) {
    const hidden = shared(box, [figure, ...taken]);
    if (hidden < least) [best, least] = [box, hidden];
  }
  return best;
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
