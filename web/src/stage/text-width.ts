// How wide words are on the picture, measured by a canvas that is never shown.
import { FONTS, type Style } from "./labels.ts";

const MOST_KNOWN = 2000;
const known = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

export function fontOf(style: Style): string {
  const { size, weight } = FONTS[style];
  return `${weight} ${size}px system-ui, sans-serif`;
}

/** In CSS pixels. */
export function textWidth(text: string, style: Style): number {
  const key = `${style} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * FONTS[style].size;
  context.font = fontOf(style);
  const { width } = context.measureText(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, width);
  return width;
}
