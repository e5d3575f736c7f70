// Named windows: the usual ones for Hounsfield units, else the file's own.
import type { StackInfo, WireWindow } from "../protocol.ts";
import { words } from "../words.ts";

export type NamedPreset = { name: string; window: WireWindow };

function linear(name: string, width: number, center: number): NamedPreset {
  return { name, window: { center, width, function: "LINEAR" } };
}

/** The order is that of the keys 1 to 9. */
const CT_PRESETS: readonly NamedPreset[] = [
  linear(words.stage.presets.soft, 400, 40),
  linear(words.stage.presets.lung, 1500, -600),
  linear(words.stage.presets.bone, 2500, 480),
  linear(words.stage.presets.brain, 80, 40),
  linear(words.stage.presets.liver, 150, 90),
  linear(words.stage.presets.mediastinum, 350, 50),
  linear(words.stage.presets.stroke, 40, 40),
  linear(words.stage.presets.subdural, 200, 75),
  linear(words.stage.presets.angio, 600, 300),
];

export function sameWindow(a: WireWindow, b: WireWindow): boolean {
  return a.center === b.center && a.width === b.width && a.function === b.function;
}

/** The windows offered for a stack, in the order of the keys 1 to 9. */
export function presetsFor(info: StackInfo): readonly NamedPreset[] {
  if (info.unit === "HU") return CT_PRESETS;
  return info.windows.map((named, index) => ({
    name: named.explanation || words.stage.fileWindow(index + 1),
    window: named.window,
  }));
}

/** What a window is called, or null when it has no name. */
export function presetName(info: StackInfo, window: WireWindow): string | null {
  const preset = presetsFor(info).find((candidate) => sameWindow(candidate.window, window));
  if (preset) return preset.name;
  const own = info.windows.find((candidate) => sameWindow(candidate.window, window));
  return own?.explanation || null;
}

/** The window a stack opens with. */
export function firstWindow(info: StackInfo): WireWindow {
  return info.windows[0]?.window ?? { center: 128, width: 256, function: "LINEAR" };
}
