import { expect, test } from "vitest";
import type { Measured, Quantity, Shape } from "../protocol.ts";
import { aboutLines } from "./about-measured.ts";
import { axialStack } from "./info.testing.ts";
import { quantityWords, remarkLines, valueLines } from "./measured-words.ts";
import { placeOf, spaceOf } from "./space.ts";

const quantity = (name: Quantity["name"], value: number, unit: string): Quantity => ({ name, value, unit });

function measured(kind: Measured["kind"], quantities: Quantity[], changes: Partial<Measured> = {}): Measured {
  return { kind, quantities, calibration: "patient", meaning: "In the patient.", notes: [], ...changes };
}

test("numbers are written with their units as people write them", () => {
  const said = [
    quantity("length", 12.345, "mm"),
    quantity("area", 99.94, "mm²"),
    quantity("area", 1234, "mm²"),
    quantity("area", 1234, "px²"),
    quantity("angle", 89.96, "°"),
    quantity("mean", -812.34, "HU"),
    quantity("min", -1024, "HU"),
    quantity("suv_max", 4.126, "g/ml"),
    quantity("mean", 0.00123461, "mm2/s"),
    quantity("pixels", 312, ""),
    quantity("mean", -0.04, "HU"),
  ].map(quantityWords);
  expect(said).toEqual([
    "12.3 mm",
    "99.9 mm²",
    "12.34 cm²",
    "1234.0 px²",
    "90.0°",
    "−812.3 HU",
    "−1024 HU",
    "4.13 g/ml",
    "0.001235 mm2/s",
    "312",
    "0.0 HU",
  ]);
});

test("a region says on the picture what is read there, and in a list all of it", () => {
  const region = measured("ellipse", [
    quantity("area", 314.16, "mm²"),
    quantity("perimeter", 62.8, "mm"),
    quantity("pixels", 640, ""),
    quantity("mean", 45.04, "HU"),
    quantity("sd", 12.96, "HU"),
    quantity("min", 3, "HU"),
    quantity("max", 88, "HU"),
  ]);
  expect(valueLines(region, "picture")).toEqual(["3.14 cm²", "mean 45.0 ± 13.0 HU", "min 3 max 88 HU"]);
  expect(valueLines(region, "list")).toEqual([
    "3.14 cm²",
    "perimeter 62.8 mm",
    "mean 45.0 ± 13.0 HU",
    "min 3 max 88 HU",
    "pixels 640",
  ]);
});

test("with SUV the picture shows SUV; the list has the values beneath too", () => {
  const probe = measured("probe", [
    quantity("value", 5021.5, "BQML"),
    quantity("stored", 10043, ""),
    quantity("suv", 2.5, "g/ml"),
  ]);
  expect(valueLines(probe, "picture")).toEqual(["SUV 2.50 g/ml"]);
  expect(valueLines(probe, "list")).toEqual(["SUV 2.50 g/ml", "5021.5 BQML", "stored value 10043"]);
});

test("two axes are one line, a Cobb angle has its supplement", () => {
  const axes = measured("bidirectional", [
    quantity("long_axis", 21.04, "mm"),
    quantity("short_axis", 13, "mm"),
    quantity("angle", 88, "°"),
  ]);
  expect(valueLines(axes, "picture")).toEqual(["21.0 mm × 13.0 mm"]);
  const cobb = measured("cobb", [quantity("angle", 35.21, "°"), quantity("supplement", 144.79, "°")]);
  expect(valueLines(cobb, "picture")).toEqual(["35.2°", "supplement 144.8°"]);
});

test("what a length means is said unless it is in the patient, and the server's notes always", () => {
  const film = { calibration: "film", meaning: "On the film, not calibrated to the patient." } as const;
  const notes = ["The axes are not perpendicular: 70° between them."];
  expect(remarkLines(measured("length", [], { notes }))).toEqual(notes);
  expect(remarkLines(measured("length", [], film))).toEqual([film.meaning]);
});

test("before the server has measured, lengths and angles are said to be about", () => {
  // Pixels of 0.7 mm: 30 columns and 40 rows are 50 pixels, 35 mm.
  const space = spaceOf(axialStack());
  const at = (u: number, v: number) => placeOf(space, { frame: 5, u, v });
  const length: Shape = { kind: "length", start: at(10, 10), end: at(40, 50) };
  expect(aboutLines(length)).toEqual(["≈ 35.0 mm"]);
  const angle: Shape = { kind: "angle", first: at(50, 10), vertex: at(10, 10), second: at(10, 80) };
  expect(aboutLines(angle)).toEqual(["≈ 90.0°"]);
  const cobb: Shape = {
    kind: "cobb",
    first: { start: at(0, 0), end: at(10, 0) },
    second: { start: at(20, 10), end: at(10, 20) },
  };
  expect(aboutLines(cobb)).toEqual(["≈ 45.0°"]);
  const onPicture: Shape = {
    kind: "length",
    start: { kind: "image", frame: 0, point_milli: [0, 0] },
    end: { kind: "image", frame: 0, point_milli: [9, 9] },
  };
  expect(aboutLines(onPicture)).toEqual([]);
});
