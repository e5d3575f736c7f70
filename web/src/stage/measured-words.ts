// What was measured, in words: on the picture in few lines, in lists in full. Pure.
import type { Measured, Quantity } from "../protocol.ts";
import { words } from "../words.ts";

type Name = Quantity["name"];

/** From here on an area is said in square centimeters. */
const LARGE_MM2 = 100;

/** A number with its unit, as people write it. */
export function quantityWords({ name, value, unit }: Quantity): string {
  if (unit === "mm²" && value >= LARGE_MM2) return `${fixed(value / 100, 2)} cm²`;
  if (unit === "°") return `${fixed(value, 1)}°`;
  return [numberWords(name, value, unit), unit].filter(Boolean).join(" ");
}

function numberWords(name: Name, value: number, unit: string): string {
  if (["mm", "mm²", "px", "px²"].includes(unit)) return fixed(value, 1);
  if (unit === "g/ml") return fixed(value, 2);
  if (Number.isInteger(value)) return fixed(value, 0);
  if (unit === "HU" || Math.abs(value) >= 100) return fixed(value, 1);
  const digits = name === "sd" ? 3 : 4;
  return fixed(value, Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))))));
}

function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
}

/** The measured values, a line for each that belongs together. On the picture: only what is read there. */
export function valueLines(measured: Measured, on: "picture" | "list"): string[] {
  const found = new Map(measured.quantities.map((quantity) => [quantity.name, quantity]));
  const say = (name: Name) => {
    const quantity = found.get(name);
    return quantity ? quantityWords(quantity) : null;
  };
  const named = (name: Name) => {
    const told = say(name);
    return told && words.figures.named(words.figures.quantities[name], told);
  };
  const full = on === "list";
  const suv = found.has("suv_mean") || found.has("suv");
  const lines: (string | null)[] = [
    say("length"),
    say("long_axis") &&
      say("short_axis") &&
      words.figures.across(say("long_axis") ?? "", say("short_axis") ?? ""),
    measured.kind === "bidirectional" ? (full ? named("angle") : null) : say("angle"),
    named("supplement"),
    say("area"),
    ...(full
      ? [named("perimeter"), named("major_axis"), named("minor_axis"), named("width"), named("height")]
      : []),
    ...(suv ? [spread(found, "suv_mean", "suv_sd"), range(found, "suv_min", "suv_max"), named("suv")] : []),
    ...(suv && !full ? [] : [spread(found, "mean", "sd"), range(found, "min", "max"), say("value")]),
    full || !found.has("value") ? named("stored") : null,
    ...(full ? [named("pixels")] : []),
    named("padding"),
    named("labels"),
  ];
  return lines.filter((line): line is string => Boolean(line));
}

/** What must stand beside the values: what their lengths mean, unless in the patient, and the server's notes. */
export function remarkLines({ calibration, meaning, notes }: Measured): string[] {
  return [calibration === "patient" ? "" : meaning, ...notes].filter(Boolean);
}

type Found = ReadonlyMap<Name, Quantity>;

function spread(found: Found, mean: Name, sd: Name): string | null {
  const [middle, around] = [found.get(mean), found.get(sd)];
  if (!middle) return null;
  const number = numberWords(middle.name, middle.value, middle.unit);
  const told = around
    ? words.figures.spread(number, numberWords(around.name, around.value, around.unit))
    : number;
  return words.figures.named(words.figures.quantities[mean], [told, middle.unit].filter(Boolean).join(" "));
}

function range(found: Found, min: Name, max: Name): string | null {
  const [least, most] = [found.get(min), found.get(max)];
  if (!least || !most) return null;
  const said = ({ name, value, unit }: Quantity) => numberWords(name, value, unit);
  return [words.figures.range(said(least), said(most)), least.unit].filter(Boolean).join(" ");
}
