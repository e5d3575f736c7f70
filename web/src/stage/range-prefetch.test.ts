import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { imageStack } from "./info.testing.ts";
import { RangePrefetch } from "./range-prefetch.ts";
import { spaceOf } from "./space.ts";
import { end, head, plainTile, record, streamServer } from "./streamed.testing.ts";
import { parseValuesTile, type ValuesTile } from "./values-tile.ts";

const url = (frame: number, level = 0) => `/s/values/${frame}/${level}/0/0`;
const tile = (frame: number) => record(plainTile(frame, 0, 64, frame));

function setUp(edge = 64) {
  const server = streamServer();
  const kept = new Map<string, ValuesTile>();
  let ends = 0;
  const ranges = new RangePrefetch({
    decode: async (body) => parseValuesTile(body),
    give: (at, one) => void kept.set(at, one),
    has: (at) => kept.has(at),
    onEnd: () => {
      ends += 1;
    },
    fetch: server.fetch,
  });
  ranges.follow({ prefix: "/s", space: spaceOf(imageStack({ frames: 40, rows: edge, columns: edge })) });
  const send = async (...pieces: Uint8Array[]) => {
    for (const piece of pieces) server.calls.at(-1)?.write(piece);
    await vi.advanceTimersByTimeAsync(0);
  };
  /** The shown frame is here. */
  const here = (frame: number) => void kept.set(url(frame), {} as ValuesTile);
  return { ranges, server, kept, send, here, ends: () => ends };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("neighbors in the direction of travel come in one request, from near to far", async () => {
  const { ranges, server, kept, send, here, ends } = setUp();
  here(10);
  expect(ranges.take([url(10), url(9), url(8), url(7), url(11)])).toEqual([url(11)]);
  expect(server.calls.map((call) => call.url)).toEqual(["/s/values-range/0?frames=9-7"]);
  await send(head(0, 40, 3), tile(9));
  expect(kept.get(url(9))?.values[0]).toBe(9);
  expect(ranges.take([url(10), url(9), url(8), url(7)])).toEqual([]);
  expect(server.calls).toHaveLength(1);
  await send(tile(8), tile(7), end());
  server.calls[0]?.close();
  await vi.advanceTimersByTimeAsync(0);
  expect([kept.size, ends()]).toEqual([4, 1]);
});

test("a range that nobody waits for any more is cancelled", () => {
  const { ranges, server, here } = setUp();
  here(10);
  ranges.take([url(10), url(11), url(12)]);
  expect(ranges.take([url(30)])).toEqual([url(30)]);
  expect(server.calls[0]?.signal.aborted).toBe(true);
});

test("the shown frame is asked for alone, unless it is the next that comes", async () => {
  const { ranges, server, send, here } = setUp();
  here(10);
  ranges.take([url(10), url(11), url(12), url(13)]);
  expect(ranges.take([url(11)])).toEqual([]);
  expect(server.calls[0]?.signal.aborted).toBe(false);
  await send(head(0, 40, 3), tile(11));
  expect(ranges.take([url(13)])).toEqual([url(13)]);
  expect(server.calls[0]?.signal.aborted).toBe(true);
});

test("frames of several tiles are asked for tile by tile", () => {
  const { ranges, server } = setUp(1000);
  const wishes = [url(10), url(11), url(12)];
  expect(ranges.take(wishes)).toEqual(wishes);
  expect(server.calls).toHaveLength(0);
});

test("what a range left out is asked for alone", async () => {
  const { ranges, server, send, here } = setUp();
  here(10);
  ranges.take([url(10), url(11), url(12)]);
  await send(head(0, 40, 2), tile(12), end());
  server.calls[0]?.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(ranges.take([url(10), url(11), url(12)])).toEqual([url(11)]);
});

test("after a refusal everything is asked for alone for a while", async () => {
  const { ranges, server, here } = setUp();
  here(10);
  server.refuse(429);
  ranges.take([url(10), url(11), url(12)]);
  await vi.advanceTimersByTimeAsync(0);
  server.refuse(null);
  expect(ranges.take([url(10), url(11), url(12)])).toEqual([url(11), url(12)]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(ranges.take([url(10), url(11), url(12)])).toEqual([]);
  expect(server.calls).toHaveLength(2);
});
