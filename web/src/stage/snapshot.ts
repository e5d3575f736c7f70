// The picture as it is on the screen, as a PNG to keep: its pixels, the marks, the words in its corners, and below it
// what must be said of every copy.
import { FONTS } from "./labels.ts";
import type { Figure, Label, Sketch } from "./sketch.ts";
import { fontOf } from "./text-width.ts";
import type { PaneMark, Pixels } from "./types.ts";

export type SnapshotWords = {
  /** Whether it is said which series this is, and of which day. */
  titled: boolean;
  /** Below the picture. */
  below: readonly string[];
  /** What the author of a mark is called. */
  nameOf(mark: PaneMark): string;
};

export type Seen = {
  host: HTMLElement;
  pixels: Pixels;
  /** What the file draws over its picture. */
  overlay: HTMLCanvasElement | null;
  sketches: readonly Sketch[];
  /** Device pixels per CSS pixel. */
  ratio: number;
};

const BAND_LINE_PX = 20;
const BAND_EDGE_PX = 8;
const EDGE_COLOR = "#000";

/** Null: the browser could not make it. */
export function snapshot(seen: Seen, words: SnapshotWords): Promise<Blob | null> {
  const { pixels, ratio } = seen;
  const canvas = document.createElement("canvas");
  const band = words.below.length * BAND_LINE_PX + 2 * BAND_EDGE_PX;
  canvas.width = pixels.width;
  canvas.height = pixels.height + Math.ceil(band * ratio);
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.fillStyle = EDGE_COLOR;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const copy = new Uint8ClampedArray(pixels.data);
  context.putImageData(new ImageData(copy, pixels.width, pixels.height), 0, 0);
  if (seen.overlay) context.drawImage(seen.overlay, 0, 0);
  context.scale(ratio, ratio);
  context.save();
  context.beginPath();
  context.rect(0, 0, pixels.width / ratio, pixels.height / ratio);
  context.clip();
  for (const sketch of seen.sketches) paintMark(context, sketch, words.nameOf(sketch.mark));
  for (const corner of cornersIn(seen.host, words.titled)) paintCorner(context, seen.host, corner);
  context.restore();
  paintBelow(context, words.below, pixels.height / ratio);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function paintMark(context: CanvasRenderingContext2D, { mark, figure, label }: Sketch, name: string): void {
  context.globalAlpha = mark.pending ? 0.6 : 1;
  paintLines(context, figure, mark.color);
  paintLeader(context, label, mark.color);
  paintLabel(context, label, mark.color, name);
  context.globalAlpha = 1;
}

/** All dark edges lie under all colored lines. */
function paintLines(context: CanvasRenderingContext2D, { lines, head, dots }: Figure, color: string): void {
  context.lineJoin = context.lineCap = "round";
  const way = (points: readonly { x: number; y: number }[], closed: boolean) => {
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    if (closed) context.closePath();
  };
  for (const edge of [true, false]) {
    context.strokeStyle = edge ? EDGE_COLOR : color;
    context.fillStyle = edge ? EDGE_COLOR : color;
    for (const { points, closed, dashed } of lines) {
      context.lineWidth = edge ? 5.5 : dashed ? 1.5 : 2.5;
      context.setLineDash(dashed && !edge ? [5, 6] : []);
      way(points, closed);
      context.stroke();
    }
    context.setLineDash([]);
    if (head.length > 0) {
      way(head, true);
      context.lineWidth = 5.5;
      if (edge) context.stroke();
      context.fill();
    }
    for (const { x, y } of dots) {
      context.beginPath();
      context.arc(x, y, edge ? 4.5 : 3.5, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

function paintLeader(
  context: CanvasRenderingContext2D,
  { leader: [from, to], lines }: Label,
  color: string,
): void {
  if (!from || !to || lines.length === 0) return;
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
  context.setLineDash([]);
}

function paintLabel(
  context: CanvasRenderingContext2D,
  { lines, box }: Label,
  color: string,
  name: string,
): void {
  let bottom = box.top;
  for (const { text, style } of lines) {
    bottom += FONTS[style].line;
    context.font = fontOf(style);
    outlined(
      context,
      style === "name" ? name : text,
      box.left,
      bottom - 4,
      style === "note" ? "#ffd479" : color,
    );
  }
}

function outlined(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
): void {
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = EDGE_COLOR;
  context.fillStyle = color;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

/** The words in the corners, as they stand there now. */
function cornersIn(host: HTMLElement, titled: boolean): HTMLElement[] {
  const all = [...host.querySelectorAll<HTMLElement>(".stage-corner")];
  return all.filter(
    (corner) =>
      corner.textContent !== "" &&
      corner.getClientRects().length > 0 &&
      (titled || !corner.classList.contains("stage-title")),
  );
}

function paintCorner(context: CanvasRenderingContext2D, host: HTMLElement, corner: HTMLElement): void {
  const frame = host.getBoundingClientRect();
  const box = corner.getBoundingClientRect();
  const [left, top] = [box.left - frame.left, box.top - frame.top];
  const style = getComputedStyle(corner);
  const line = Number.parseFloat(style.lineHeight) || Number.parseFloat(style.fontSize) * 1.3;
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  if (corner.classList.contains("stage-bar"))
    paintBar(context, { left, top, right: left + box.width, bottom: top + box.height });
  const ends = style.textAlign === "end" || style.textAlign === "right";
  const middle = style.textAlign === "center";
  context.textAlign = middle ? "center" : ends ? "right" : "left";
  const x = middle ? left + box.width / 2 : ends ? left + box.width : left;
  inLines(context, corner.textContent ?? "", box.width + 1).forEach((text, index) => {
    outlined(context, text, x, top + line * (index + 0.8), style.color);
  });
  context.textAlign = "left";
}

function inLines(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

type Sides = { left: number; top: number; right: number; bottom: number };

function paintBar(context: CanvasRenderingContext2D, { left, top, right, bottom }: Sides): void {
  for (const [color, width] of [
    [EDGE_COLOR, 4],
    ["#fff", 2],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(left + 0.5, top);
    context.lineTo(left + 0.5, bottom - 1);
    context.lineTo(right - 0.5, bottom - 1);
    context.lineTo(right - 0.5, top);
    context.stroke();
  }
}

function paintBelow(context: CanvasRenderingContext2D, lines: readonly string[], from: number): void {
  context.fillStyle = "#fff";
  context.font = "14px system-ui, sans-serif";
  lines.forEach((line, index) => {
    context.fillText(line, BAND_EDGE_PX, from + BAND_EDGE_PX + BAND_LINE_PX * (index + 0.75));
  });
}
