import { expect, test } from "vitest";
import type { Turn } from "../protocol.ts";
import type { Drawn } from "./drawn.ts";
import { axialStack, coronalPlanes, imageStack, obliqueStack, sagittalStack } from "./info.testing.ts";
import { layoutOf, wholeField } from "./layout.ts";
import { asStack } from "./plane-stack.ts";
import { placeOf, type StackSpace, spaceOf } from "./space.ts";
import { partsAt, planeOf, pointingSentence, seenIn } from "./spoken.ts";
import { UPRIGHT } from "./turn.ts";

const axial = spaceOf(axialStack());
const coronal = spaceOf(asStack(axialStack(), coronalPlanes()));
const image = spaceOf(imageStack());
const QUARTER: Turn = { quarter_turns: 1, mirrored: false };

function drawn(space: StackSpace, frame: number): Drawn {
  const center = { frame, u: space.columns / 2, v: space.rows / 2 };
  const layout = layoutOf(space, center, wholeField(space), { width: 512, height: 512 });
  return { space, layout } as Drawn;
}

function pointer(name: string, space: StackSpace, frame: number, u: number, v: number) {
  return { key: name, name, color: "", laser: false, place: placeOf(space, { frame, u, v }) };
}

test("a plane is called by the body's planes, also when it is tilted a little", () => {
  expect(planeOf(axial)).toBe("axial");
  expect(planeOf(coronal)).toBe("coronal");
  expect(planeOf(spaceOf(sagittalStack()))).toBe("sagittal");
  expect(planeOf(spaceOf(obliqueStack()))).toBe("oblique");
  // A head CT with a gantry tilted by 20 degrees.
  const tilted = axialStack({ orientation: [1, 0, 0, 0, 0.93969, -0.34202] });
  expect(planeOf(spaceOf(tilted))).toBe("axial");
  expect(seenIn(axial, "lung window")).toBe("axial; lung window");
  expect(seenIn(image, "window 1")).toBe("window 1");
});

test("where something lies is told by the body, however the picture lies on the screen", () => {
  // On an axial slice columns grow to the left of the patient, rows to the back.
  expect(partsAt(axial, UPRIGHT, { u: 256, v: 256 })).toEqual([]);
  expect(partsAt(axial, UPRIGHT, { u: 280, v: 250 })).toEqual([]);
  expect(partsAt(axial, UPRIGHT, { u: 480, v: 256 })).toEqual(["left"]);
  expect(partsAt(axial, QUARTER, { u: 480, v: 256 })).toEqual(["left"]);
  expect(partsAt(axial, UPRIGHT, { u: 60, v: 150 })).toEqual(["right", "front"]);
  expect(partsAt(coronal, UPRIGHT, { u: 256, v: 4 })).toEqual(["head"]);
});

test("without a place in the body it is told by the screen, as the picture is turned", () => {
  expect(partsAt(image, UPRIGHT, { u: 500, v: 256 })).toEqual(["pictureRight"]);
  expect(partsAt(image, QUARTER, { u: 500, v: 256 })).toEqual(["pictureBottom"]);
  expect(partsAt(image, { ...UPRIGHT, mirrored: true }, { u: 500, v: 256 })).toEqual(["pictureLeft"]);
});

test("whoever points is named; to a patient it is her own body", () => {
  const weber = pointer("Dr. Weber", axial, 12, 480, 256);
  const maria = pointer("Maria", axial, 12, 60, 150);
  expect(pointingSentence(drawn(axial, 12), [weber], false)).toBe("Dr. Weber is pointing at the left side");
  expect(pointingSentence(drawn(axial, 12), [weber], true)).toBe("Dr. Weber is pointing at your left side");
  expect(pointingSentence(drawn(axial, 12), [weber, maria], true)).toBe(
    "Dr. Weber is pointing at your left side; Maria is pointing at your right side, toward your front",
  );
});

test("who points on another slice, and one's own pointer elsewhere, are not spoken of", () => {
  const elsewhere = pointer("Dr. Weber", axial, 20, 480, 256);
  const own = pointer("", axial, 12, 480, 256);
  expect(pointingSentence(drawn(axial, 12), [elsewhere, own], false)).toBe("");
});
