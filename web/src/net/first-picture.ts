// The picture a person sees first: the frame everyone looks at, as a JPEG, asked for in the moment of joining.
import type { ShownStack, WireWindow } from "../protocol.ts";
import { type Pass, picture } from "./http.ts";

/** One whole frame in one tile, in one window; colors have none. */
export type FirstFrame = { shown: ShownStack; frame: number; level: number; window: WireWindow | null };
export type FirstPicture = FirstFrame & { jpeg: Promise<Blob> };

const PATH = /^\/api\/rooms\/([\w-]+)\/series\/([\w-]+)\/(\d+)\/display\/(\d+)\/(\d+)\/0\/0(?:\?|$)/;
const FUNCTIONS = ["LINEAR", "LINEAR_EXACT", "SIGMOID"] as const;

/** Asks for it now; null when there is none, or its address says less than we need to show it rightly. */
export function firstPicture(pass: Pass, address: string | null): FirstPicture | null {
  const first = address === null ? null : firstFrame(pass.room, address);
  if (address === null || first === null) return null;
  const jpeg = picture(pass, address);
  // Whoever shows it looks whether it came; until then nobody may listen.
  jpeg.catch(() => undefined);
  return { ...first, jpeg };
}

/** What a display tile's address says of its picture. */
export function firstFrame(room: string, address: string): FirstFrame | null {
  const [path, of, series, stack, frame, level] = PATH.exec(address) ?? [];
  if (path === undefined || of !== room || series === undefined) return null;
  const asked = path.endsWith("?") ? new URLSearchParams(address.slice(path.length)) : null;
  const window = asked && windowOf(asked);
  if (window === undefined) return null;
  const shown: ShownStack = { series, stack: Number(stack), mode: "stack" };
  return { shown, frame: Number(frame), level: Number(level), window };
}

/** The window in an address; undefined: it says less than a window. */
function windowOf(asked: URLSearchParams): WireWindow | undefined {
  const kind = FUNCTIONS.find((one) => one === asked.get("f"));
  const number = (name: string) => Number(asked.get(name) || "none");
  const [center, width] = [number("c"), number("w")];
  if (kind === undefined || !Number.isFinite(center) || !Number.isFinite(width)) return undefined;
  const plain: WireWindow = { center, width, function: kind };
  if (!asked.has("lut")) return plain;
  const lut = number("lut");
  return Number.isInteger(lut) && lut >= 0 ? { ...plain, lut } : undefined;
}
