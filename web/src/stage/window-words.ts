// What a window is called on the picture and in a sentence: by its VOI LUT, in SUV, or by center and width. Pure.
import type { StackInfo, WireWindow } from "../protocol.ts";
import { words } from "../words.ts";
import { presetName } from "./presets.ts";
import { lutOf } from "./stack-tables.ts";

/** A number as it is written on the picture. */
export function short(value: number): string {
  const text = String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
  return text.replace("-", "\u2212");
}

/** In a corner of the picture. */
export function windowCorner(info: StackInfo, window: WireWindow): string {
  if (info.samples === 3) return words.stage.color;
  if (lutOf(info, window) !== null) return lutName(info, window);
  const { width, center, function: kind } = window;
  const curve = kind === "LINEAR" ? "" : ` ${kind.toLowerCase().replace("_", " ")}`;
  const plain = words.stage.window(short(width), short(center), curve);
  if (!info.suv_bw) return plain;
  const [low, high] = [center - width / 2, center + width / 2];
  return `${words.stage.suv(short(low * info.suv_bw), short(high * info.suv_bw))} · ${plain}`;
}

/** In a sentence for those who do not see it. */
export function windowSentence(info: StackInfo, window: WireWindow): string {
  if (info.samples === 3) return words.stage.colorPicture;
  if (lutOf(info, window) !== null) return words.stage.namedWindow(lutName(info, window));
  const name = presetName(info, window);
  return name ? words.stage.namedWindow(name) : words.stage.ownWindow(window.width, window.center);
}

function lutName(info: StackInfo, { lut }: WireWindow): string {
  return info.windows.find((named) => named.window.lut === lut)?.explanation || words.stage.voiLut;
}
