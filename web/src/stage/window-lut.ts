// Windows: from stored values to the 256 grays of the screen, as a table. The server computes the same table in numpy.
// Float64 throughout, rounded as floor(y + 0.5). Source: PS3.3 C.11.2.1.2, C.11.2.1.3.
import type { WireWindow } from "../protocol.ts";

export type StoredType = "uint8" | "uint16" | "int16";

/** A VOI LUT as display bytes, not inverted: `levels[i]` is for modality value `first + i`, ends are held. */
export type VoiLut = { first: number; levels: Uint8Array };

export type Shading = {
  type: StoredType;
  slope: number;
  intercept: number;
  /** MONOCHROME1 or Presentation LUT Shape INVERSE: inverted once. */
  inverted: boolean;
  window: WireWindow;
  /** Makes the grays in place of the window's center and width. Source: PS3.3 C.11.2.1.1. */
  lut?: VoiLut | null;
  /** Closed range of stored values that are no picture: black in both polarities. */
  padding: readonly [number, number] | null;
};

/** One gray per stored bit pattern: entry `value & 0xffff` (256 entries for uint8). */
export function windowLut(shading: Shading): Uint8Array<ArrayBuffer> {
  const { type, slope, intercept, inverted, padding } = shading;
  const size = type === "uint8" ? 256 : 65536;
  const lut = new Uint8Array(size);
  const gray = shading.lut ? levelOf(shading.lut) : grayOf(shading.window);
  const [low, high] = padding ?? [1, 0];
  for (let bits = 0; bits < size; bits++) {
    const stored = type === "int16" && bits >= 32768 ? bits - 65536 : bits;
    if (stored >= low && stored <= high) continue;
    const y = gray(stored * slope + intercept);
    lut[bits] = Math.floor((inverted ? 255 - y : y) + 0.5);
  }
  return lut;
}

function levelOf({ first, levels }: VoiLut): (x: number) => number {
  const last = levels.length - 1;
  return (x) => levels[Math.min(last, Math.max(0, Math.floor(x + 0.5) - first))] ?? 0;
}

function grayOf({ center, width, function: kind }: WireWindow): (x: number) => number {
  switch (kind) {
    case "LINEAR": {
      // Width 1 is a threshold: both borders are the same and the division by zero is never reached.
      const middle = center - 0.5;
      const span = width - 1;
      const black = middle - span / 2;
      const white = middle + span / 2;
      return (x) => (x <= black ? 0 : x > white ? 255 : ((x - middle) / span + 0.5) * 255);
    }
    case "LINEAR_EXACT": {
      const black = center - width / 2;
      const white = center + width / 2;
      return (x) => (x <= black ? 0 : x > white ? 255 : ((x - center) / width + 0.5) * 255);
    }
    case "SIGMOID":
      return (x) => 255 / (1 + Math.exp((-4 * (x - center)) / width));
  }
}

const digits = (value: number) => Number(value.toPrecision(7));

/** A window as it may travel: 7 significant digits, a width its function allows; it keeps its VOI LUT. */
export function wireWindow(window: WireWindow): WireWindow {
  const least = window.function === "LINEAR" ? 1 : 1e-6;
  const limit = 1e12;
  return {
    ...window,
    center: digits(Math.min(limit, Math.max(-limit, window.center))),
    width: digits(Math.min(limit, Math.max(least, window.width))),
  };
}
