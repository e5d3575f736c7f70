import { expect, test } from "vitest";
import * as outbox from "./outbox.ts";

function op(name: string) {
  return { op_id: name.padEnd(16, "-"), command: { kind: "lead.take" } } as const;
}

function box(...names: string[]): outbox.Outbox {
  return names.reduce<outbox.Outbox>((all, name) => outbox.withOp(all, op(name), 0) ?? all, []);
}

test("changes leave one after the other, the oldest first", () => {
  let all = box("a", "b");
  expect(outbox.due(all, 0)).toEqual(op("a"));
  all = outbox.sent(all, op("a").op_id, 0);
  expect(outbox.due(all, 10)).toBeNull();
  all = outbox.saved(all, op("a").op_id, 7);
  expect(outbox.due(all, 10)).toEqual(op("b"));
});

test.each([
  ["to 2 s where nobody answers", false, [50, 100, 200, 400, 800, 1600, 2000, 2000]],
  ["to half a second where the server refuses", true, [50, 100, 200, 400, 500, 500, 500, 500]],
] as const)("the wait doubles from 50 ms %s, all of it left to chance", (_, refused, expected) => {
  let all = box("a");
  const waits: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    all = outbox.sent(all, op("a").op_id, 0);
    all = outbox.failed(all, op("a").op_id, 0, 1, refused);
    waits.push(outbox.dueIn(all, 0) ?? -1);
  }
  expect(waits).toEqual(expected);
  expect(outbox.dueIn(outbox.failed(all, op("a").op_id, 0, 0, refused), 0)).toBe(0);
});

test("once the server can save again, what waits for its next try is due at once", () => {
  let all = outbox.sent(box("a"), op("a").op_id, 0);
  all = outbox.failed(all, op("a").op_id, 0, 1, true);
  expect(outbox.due(all, 10)).toBeNull();
  expect(outbox.due(outbox.released(all, 10), 10)).toEqual(op("a"));
  const underWay = outbox.sent(all, op("a").op_id, 50);
  expect(outbox.due(outbox.released(underWay, 60), 60)).toBeNull();
});

test("a refusal of before the server could save again costs the shortest delay, however often it was tried", () => {
  let all = box("a");
  for (let tries = 0; tries < 8; tries += 1) {
    all = outbox.failed(outbox.sent(all, op("a").op_id, 0), op("a").op_id, 0, 1, true);
  }
  const asked = outbox.sent(all, op("a").op_id, 0);
  const late = outbox.failed(outbox.released(asked, 0), op("a").op_id, 0, 1, true);
  expect(outbox.dueIn(late, 0)).toBe(50);
  const asleep = outbox.sent(outbox.released(all, 0), op("a").op_id, 0);
  expect(outbox.dueIn(outbox.failed(asleep, op("a").op_id, 0, 1, true), 0)).toBe(50);
});

test("a saved change stays until the document has reached its revision", () => {
  let all = outbox.saved(box("a"), op("a").op_id, 7);
  all = outbox.reached(all, 6);
  expect(outbox.commands(all)).toHaveLength(1);
  expect(outbox.reached(all, 7)).toEqual([]);
});

test("more than 200 are not taken", () => {
  const full = box(...Array.from({ length: 200 }, (_, index) => `op${index}`));
  expect(outbox.withOp(full, op("one more"), 0)).toBeNull();
});

test("not saved is said at once after a refusal, and after 1.5 s without an answer", () => {
  const all = outbox.sent(box("a", "b"), op("a").op_id, 0);
  expect(outbox.unsaved(all, 1499)).toBe(0);
  expect(outbox.unsaved(all, 1500)).toBe(2);
  expect(outbox.unsaved(outbox.failed(all, op("a").op_id, 1, 1, true), 2)).toBe(1);
});

test("a cut makes what was under way due at once", () => {
  const all = outbox.cutOff(outbox.sent(box("a"), op("a").op_id, 0), 100);
  expect(outbox.due(all, 100)).toEqual(op("a"));
});
