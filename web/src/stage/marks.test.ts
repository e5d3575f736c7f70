import { expect, test } from "vitest";
import { axialStack } from "./info.testing.ts";
import { movedShape } from "./marks.ts";
import { imagePoint, placeOf, spaceOf } from "./space.ts";
import type { DrawnShape } from "./types.ts";

const space = spaceOf(axialStack());
const at = (u: number, v: number) => placeOf(space, { frame: 5, u, v });
const arrow: DrawnShape = { kind: "arrow", tail: at(10, 20), head: at(30, 40), label: "nodule" };

function ends(shape: DrawnShape): (number | undefined)[] {
  if (shape.kind !== "arrow") return [imagePoint(space, shape.at)?.u, imagePoint(space, shape.at)?.v];
  const tail = imagePoint(space, shape.tail);
  const head = imagePoint(space, shape.head);
  return [tail?.u, tail?.v, head?.u, head?.v].map((value) => Math.round((value ?? 0) * 100) / 100);
}

test("an arrow is moved whole, or by one end; its label stays", () => {
  const by = { u: 5, v: -5 };
  expect(ends(movedShape(space, arrow, "whole", by))).toEqual([15, 15, 35, 35]);
  expect(ends(movedShape(space, arrow, "head", by))).toEqual([10, 20, 35, 35]);
  expect(ends(movedShape(space, arrow, "tail", by))).toEqual([15, 15, 30, 40]);
  expect(movedShape(space, arrow, "head", by)).toMatchObject({ kind: "arrow", label: "nodule" });
});

test("a moved text stays on its slice and keeps its words", () => {
  const text: DrawnShape = { kind: "text", at: at(100, 100), text: "What is this?" };
  const moved = movedShape(space, text, "whole", { u: 1, v: 2 });
  expect(moved).toMatchObject({ kind: "text", text: "What is this?" });
  expect(moved.kind === "text" && imagePoint(space, moved.at)?.frame).toBe(5);
});
