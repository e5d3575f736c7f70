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
  return (
    a.center === b.center &&
    a.width === b.width &&
    a.function === b.function &&
    (a.lut ?? null) === (b.lut ?? null)
  );
}

/** What PET is looked at in, in g/ml. */
const SUV_RANGES = [5, 10] as const;

function suvPresets(suvBw: number): NamedPreset[] {
  const digits = (value: number) => Number(value.toPrecision(7));
  return SUV_RANGES.map((most) => ({
    name: words.stage.suv("0", String(most)),
    window: { center: digits(most / 2 / suvBw), width: digits(most / suvBw), function: "LINEAR_EXACT" },
  }));
}

/** The file's own windows and VOI LUTs, and what we chose where it has none. */
function ownWindows(info: StackInfo): NamedPreset[] {
  return info.windows.map((named, index) => ({
    name: named.explanation || words.stage.fileWindow(index + 1),
    window: named.window,
  }));
}

function usualWindows(info: StackInfo): readonly NamedPreset[] {
  if (info.unit === "HU") return CT_PRESETS;
  return info.suv_bw ? suvPresets(info.suv_bw) : [];
}

/** The windows on the keys 1 to 9. Colors have none. */
export function presetsFor(info: StackInfo): readonly NamedPreset[] {
  if (info.samples === 3) return [];
  if (info.unit === "HU") return CT_PRESETS;
  return [...usualWindows(info), ...ownWindows(info)];
}

/** Every window offered for a stack, once: those of the file, then the usual ones. */
export function windowMenu(info: StackInfo): { own: NamedPreset[]; usual: readonly NamedPreset[] } {
  if (info.samples === 3) return { own: [], usual: [] };
  const usual = usualWindows(info);
  const own = ownWindows(info).filter(
    ({ name, window }) => !usual.some((one) => one.name === name && sameWindow(one.window, window)),
  );
  return { own, usual };
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
