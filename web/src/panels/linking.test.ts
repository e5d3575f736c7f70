import { expect, test } from "vitest";
import type { Place } from "../protocol.ts";
import { spaceOf } from "../stage/index.ts";
import { axialStack, imageStack } from "../stage/info.testing.ts";
import { type Linkable, Linking } from "./linking.ts";

const AXIAL = axialStack();
const FOR = AXIAL.frame_of_reference ?? "";

/** An axial stack that stands at a height, in one Frame of Reference or another. */
function stands(index: number, z: number, frame = FOR): Linkable {
  const space = spaceOf({ ...AXIAL, frame_of_reference: frame });
  const place: Place = { kind: "patient", frame_of_reference: frame, point_um: [0, 0, z * 1000] };
  return { index, space, place };
}

function heights(): number[] {
  return (AXIAL.positions_mm ?? []).map(([, , z]) => z);
}

test("inside one Frame of Reference the other pane shows the same place", () => {
  const [low = 0, , high = 0] = heights();
  const linking = new Linking();
  expect(linking.link([stands(0, low), stands(1, low)])).toBe(true);
  expect(linking.kind.value).toBe("place");
  expect(linking.frameFor(stands(0, high), stands(1, low))).toBe(2);
});

test("a pane that stands there already is left alone", () => {
  const [low = 0] = heights();
  const linking = new Linking();
  linking.link([stands(0, low), stands(1, low)]);
  expect(linking.frameFor(stands(0, low), stands(1, low))).toBeNull();
});

test("across two Frames of Reference panes keep the distance at which they were lined up", () => {
  const [first = 0, second = 0, third = 0] = heights();
  const linking = new Linking();
  linking.link([stands(0, first), stands(1, second, "another")]);
  expect(linking.kind.value).toBe("hand");
  expect(linking.frameFor(stands(0, second), stands(1, second, "another"))).toBe(2);
  expect(linking.frameFor(stands(1, third, "another"), stands(0, first))).toBe(1);
});

test("stacks without geometry are scrolled by the same number of pictures, as far as there are any", () => {
  const space = spaceOf(imageStack({ frames: 10 }));
  const at = (index: number, frame: number): Linkable => ({
    index,
    space,
    place: { kind: "image", frame, point_milli: [0, 0] },
  });
  const linking = new Linking();
  linking.link([at(0, 1), at(1, 4)]);
  expect(linking.kind.value).toBe("hand");
  expect(linking.frameFor(at(0, 3), at(1, 4))).toBe(6);
  expect(linking.frameFor(at(0, 9), at(1, 4))).toBe(9);
});

test("nothing is linked where fewer than two panes show anything, or once it is unlinked", () => {
  const linking = new Linking();
  expect(linking.link([stands(0, 0), { index: 1, space: null, place: null }])).toBe(false);
  linking.link([stands(0, 0), stands(1, 0)]);
  linking.unlink();
  expect(linking.frameFor(stands(0, 20), stands(1, 0))).toBeNull();
});
