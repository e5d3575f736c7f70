import { expect, test } from "vitest";
import { depthOf, directionLetters, scaleBar, sideLetters } from "./bearings.ts";
import { axialStack, imageStack, obliqueStack, sagittalStack } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { spaceOf } from "./space.ts";

test("an axial slice is seen from the feet: the patient's right is on the left", () => {
  // LPS, PS3.3 C.7.6.2.1.1
  expect(sideLetters(spaceOf(axialStack()))).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
});

test("a sagittal slice shows the front on the left and the head above", () => {
  expect(sideLetters(spaceOf(sagittalStack()))).toEqual({ left: "A", right: "P", top: "H", bottom: "F" });
});

test("an oblique slice gets two letters, the stronger first", () => {
  expect(sideLetters(spaceOf(obliqueStack()))).toEqual({ left: "RA", right: "LP", top: "FA", bottom: "HP" });
});

test("a direction almost along an axis gets one letter", () => {
  expect(directionLetters([0.98, 0.17, 0.1])).toBe("L");
});

test("without geometry there are no letters and no scale bar", () => {
  const space = spaceOf(imageStack());
  const layout = layoutOf(space, { frame: 0, u: 0, v: 0 }, wholeField(space), { width: 100, height: 100 });
  expect(sideLetters(space)).toBeNull();
  expect(scaleBar(imageStack(), layout)).toBeNull();
});

test("there is no scale bar where pixels have no one length, whatever gives the picture its shape", () => {
  const space = spaceOf(axialStack());
  const layout = layoutOf(space, { frame: 0, u: 0, v: 0 }, wholeField(space), { width: 100, height: 100 });
  expect(scaleBar(axialStack({ measured_spacing_mm: null }), layout)).toBeNull();
  expect(scaleBar(axialStack({ calibration: "none" }), layout)).toBeNull();
  expect(scaleBar(axialStack({ calibration: "regions" }), layout)).toBeNull();
});

test("the scale bar is as long as what is measured", () => {
  const space = spaceOf(axialStack());
  const canvas = { width: 800, height: 800 };
  const layout = layoutOf(space, { frame: 0, u: 0, v: 0 }, { width: 400_000, height: 400_000 }, canvas);
  // Magnified twice on its way to the detector: the same pixels are half as long in the patient.
  const magnified = axialStack({ calibration: "calibrated", measured_spacing_mm: [0.35, 0.35] });
  expect(scaleBar(magnified, layout)).toEqual({ mm: 50, pixels: expect.closeTo(200) });
});

test("the scale bar is a round length of at most a quarter of the canvas", () => {
  const info = axialStack();
  const space = spaceOf(info);
  const canvas = { width: 800, height: 800 };
  // 400 mm over 800 pixels: two pixels a millimeter.
  const layout = layoutOf(space, { frame: 0, u: 0, v: 0 }, { width: 400_000, height: 400_000 }, canvas);
  expect(scaleBar(info, layout)).toEqual({ mm: 100, pixels: expect.closeTo(200) });
  const near = layoutOf(space, { frame: 0, u: 0, v: 0 }, { width: 30_000, height: 30_000 }, canvas);
  expect(scaleBar(info, near)?.mm).toBe(5);
});

test("a slice lies so many millimeters from the origin, toward the feet below it and the head above", () => {
  // The first of 40 slices, 2 mm apart, lies at z = -100; LPS, so that up is the head.
  const space = spaceOf(axialStack());
  expect(depthOf(space, 0)).toEqual({ letters: "F", mm: 100 });
  expect(depthOf(spaceOf(axialStack({ frames: 60 })), 59)).toEqual({ letters: "H", mm: 18 });
  expect(depthOf(spaceOf(imageStack()), 0)).toBeNull();
});
