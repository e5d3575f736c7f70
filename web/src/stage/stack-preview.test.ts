import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StackInfo } from "../protocol.ts";
import { imageStack } from "./info.testing.ts";
import { spaceOf } from "./space.ts";
import { StackPreview } from "./stack-preview.ts";
import { end, head, plainTile, record, streamServer } from "./streamed.testing.ts";

const LEVEL = 3;
const tile = (frame: number) => record(plainTile(frame, LEVEL, 8, frame));

/** A stack of five frames of 64 x 64. */
function setUp(budgetBytes = 10_000) {
  const server = streamServer();
  let changes = 0;
  const preview = new StackPreview({
    onChange: () => {
      changes += 1;
    },
    fetch: server.fetch,
  });
  preview.setBudget(budgetBytes);
  preview.authorize("grant-1");
  const show = (changed: Partial<StackInfo> = {}, prefix = "/s") => {
    const info = imageStack({ frames: 5, rows: 64, columns: 64, ready: 5, ...changed });
    preview.follow({ prefix, space: spaceOf(info), info });
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const send = async (...pieces: Uint8Array[]) => {
    const call = server.calls.at(-1);
    for (const piece of pieces) call?.write(piece);
    await settle();
  };
  const finish = async (...missing: number[]) => {
    await send(end(...missing));
    server.calls.at(-1)?.close();
    await settle();
  };
  return { preview, server, show, send, finish, settle, changes: () => changes };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("each frame is there as soon as it has come, at the address of its tile", async () => {
  const { preview, server, show, send, finish, changes } = setUp();
  show();
  expect(server.calls).toHaveLength(0);
  preview.run(2);
  expect(server.calls.map((call) => call.url)).toEqual(["/s/preview?from=2"]);
  await send(head(LEVEL, 5, 5), tile(2));
  expect(changes()).toBe(1);
  expect(preview.get("/s/values/2/3/0/0")?.values[9]).toBe(2);
  expect(preview.comes).toBe(true);
  for (const other of ["/s/values/3/3/0/0", "/s/values/2/2/0/0", "/t/values/2/3/0/0", "/s/values/2/3/0/1"]) {
    expect(preview.has(other)).toBe(false);
  }
  await send(tile(3), tile(1), tile(4), tile(0));
  await finish();
  expect([preview.frames, preview.keptBytes]).toEqual([5, 5 * 64]);
  expect(preview.comes).toBe(false);
  preview.run(2);
  expect(server.calls).toHaveLength(1);
});

test("it gives way to what is looked at, and goes on with what is still to come", async () => {
  const { preview, server, show, send } = setUp();
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5), tile(2), tile(3));
  preview.rest();
  await vi.advanceTimersByTimeAsync(200);
  expect(server.calls[0]?.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(server.calls[0]?.signal.aborted).toBe(true);
  expect(preview.covers(3)).toBe(true);
  preview.run(3);
  expect(server.calls[1]?.url).toBe("/s/preview?from=3&of=0-1,4-4");
});

test("on a fast line it goes on while one tile is fetched", async () => {
  const { preview, server, show, send } = setUp();
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5));
  preview.rest();
  await vi.advanceTimersByTimeAsync(100);
  preview.run(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.calls[0]?.signal.aborted).toBe(false);
  expect(server.calls).toHaveLength(1);
});

test("frames that are not read yet are asked for when the server has read more", async () => {
  const { preview, server, show, send, finish } = setUp();
  show({ ready: 3, complete: false });
  preview.run(2);
  await send(head(LEVEL, 5, 5), tile(2), tile(1), tile(3));
  await finish(0, 4);
  preview.run(2);
  expect(server.calls).toHaveLength(1);
  show({ ready: 5 });
  preview.run(2);
  expect(server.calls[1]?.url).toBe("/s/preview?from=2&of=0-0,4-4");
});

test("a stack that is left is given up and forgotten", async () => {
  const { preview, server, show, send } = setUp();
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5), tile(2));
  show({}, "/other");
  expect(server.calls[0]?.signal.aborted).toBe(true);
  expect([preview.frames, preview.keptBytes]).toEqual([0, 0]);
  preview.run(0);
  expect(server.calls[1]?.url).toBe("/other/preview?from=0");
});

test.each([
  ["a single picture", { frames: 1 }],
  ["values that the server draws", { values: false }],
])("%s has none", (_, changed) => {
  const { preview, server, show } = setUp();
  show(changed);
  preview.run(0);
  expect(server.calls).toHaveLength(0);
});

test("it keeps no more bytes than it may, and asks for no more", async () => {
  const { preview, server, show, send, finish } = setUp(3 * 64);
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5), tile(2), tile(3), tile(1), tile(4), tile(0));
  await finish();
  expect([preview.frames, preview.keptBytes]).toEqual([3, 3 * 64]);
  preview.setBudget(64);
  expect([preview.covers(2), preview.frames, preview.keptBytes]).toEqual([true, 1, 64]);
  preview.run(2);
  expect(server.calls).toHaveLength(1);
});

test("an answer that is cut short, or no such answer, is asked for again after a while", async () => {
  const { preview, server, show, send } = setUp();
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5), tile(2));
  server.calls[0]?.close();
  await vi.advanceTimersByTimeAsync(999);
  preview.run(2);
  expect(server.calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  preview.run(2);
  expect(server.calls[1]?.url).toBe("/s/preview?from=2&of=0-1,3-4");
  await send(new Uint8Array(64));
  await vi.advanceTimersByTimeAsync(2000);
  preview.run(2);
  expect(server.calls).toHaveLength(3);
});

test("a tile of another size than a frame of this stack is not kept", async () => {
  const { preview, show, send } = setUp();
  show();
  preview.run(2);
  await send(head(LEVEL, 5, 5), record(plainTile(2, LEVEL, 9, 0)));
  expect(preview.frames).toBe(0);
});

test("what will never come is not asked for again", async () => {
  const { preview, server, show, settle } = setUp();
  show();
  server.refuse(404);
  preview.run(2);
  await settle();
  await vi.advanceTimersByTimeAsync(60_000);
  preview.run(2);
  expect(server.calls).toHaveLength(1);
});
