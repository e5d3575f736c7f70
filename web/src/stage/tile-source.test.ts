import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TileSource } from "./tile-source.ts";

type Call = { url: string; signal: AbortSignal; headers: unknown; answer(response: Response): void };

/** The network: every request waits until the test answers it. */
function network() {
  const calls: Call[] = [];
  const fetch = (url: unknown, init?: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      const signal = init?.signal ?? new AbortController().signal;
      signal.addEventListener("abort", () => reject(signal.reason));
      calls.push({ url: String(url), signal, headers: init?.headers, answer: resolve });
    });
  return { calls, fetch: fetch as typeof globalThis.fetch };
}

function setUp(budgetBytes = 1000) {
  const { calls, fetch } = network();
  let changes = 0;
  const released: string[] = [];
  const source = new TileSource<string>({
    decode: async (body) => new TextDecoder().decode(body),
    bytesOf: (tile) => tile.length,
    release: (tile) => released.push(tile),
    budgetBytes,
    onChange: () => {
      changes += 1;
    },
    fetch,
  });
  source.authorize("grant-1");
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const answer = async (url: string, response: Response) => {
    calls.findLast((call) => call.url === url)?.answer(response);
    await settle();
  };
  return { source, calls, released, answer, changes: () => changes };
}

const tooEarly = (after?: string) =>
  new Response(JSON.stringify({ error: { ok: false, code: "SLICE_NOT_READY", message: "" } }), {
    status: 503,
    headers: after === undefined ? {} : { "Retry-After": after },
  });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("tiles are asked for in order, six at once, with the grant", async () => {
  const { source, calls, answer } = setUp();
  source.want(["a", "b", "c", "d", "e", "f", "g", "h"]);
  expect(calls.map((call) => call.url)).toEqual(["a", "b", "c", "d", "e", "f"]);
  expect(calls[0]?.headers).toEqual({ "X-ReadingRoom-Grant": "grant-1" });
  await answer("c", new Response("see"));
  expect(source.get("c")).toBe("see");
  expect(calls.at(-1)?.url).toBe("g");
  expect(source.requests).toBe(7);
  expect(source.receivedBytes).toBe(3);
});

test("what nobody waits for any more is cancelled, what is kept is not asked for again", async () => {
  const { source, calls, answer } = setUp();
  source.want(["a", "b"]);
  await answer("a", new Response("A"));
  source.want(["a", "c"]);
  expect(calls.find((call) => call.url === "b")?.signal.aborted).toBe(true);
  expect(calls.map((call) => call.url)).toEqual(["a", "b", "c"]);
});

test("a cancelled tile that is wanted again is asked for again", async () => {
  const { source, calls, answer } = setUp();
  source.want(["a"]);
  source.want([]);
  source.want(["a"]);
  expect(calls.map((call) => call.url)).toEqual(["a", "a"]);
  await answer("a", new Response("A"));
  expect(source.get("a")).toBe("A");
});

test("a slice that is still being read is asked for again after Retry-After", async () => {
  const { source, calls, answer } = setUp();
  source.want(["a"]);
  await answer("a", tooEarly("0.5"));
  await vi.advanceTimersByTimeAsync(499);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(2);
  await answer("a", new Response("A"));
  expect(source.has("a")).toBe(true);
});

test("without Retry-After, and without network, it waits longer each time and goes on", async () => {
  const { source, calls, answer } = setUp();
  source.want(["a"]);
  for (let i = 1; i <= 8; i++) {
    expect(calls).toHaveLength(i);
    await answer("a", i % 2 ? tooEarly() : new Response("", { status: 502 }));
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toHaveLength(i);
    await vi.advanceTimersByTimeAsync(8000);
  }
  expect(calls).toHaveLength(9);
});

test("a damaged slice is not asked for again, until the server has said something new", async () => {
  const { source, calls, answer, changes } = setUp();
  source.want(["s/7/0"]);
  const body = JSON.stringify({ error: { ok: false, code: "SLICE_DAMAGED", message: "" } });
  await answer("s/7/0", new Response(body, { status: 404 }));
  expect(source.refuses("s/7/")).toBe(true);
  expect(source.refuses("s/8/")).toBe(false);
  expect(changes()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toHaveLength(1);
  source.forgive();
  expect(calls).toHaveLength(2);
});

test("bytes beyond the budget push out what was used longest ago", async () => {
  const { source, released, answer } = setUp(10);
  source.want(["a", "b", "c"]);
  await answer("a", new Response("aaaa"));
  await answer("b", new Response("bbbb"));
  source.get("a");
  await answer("c", new Response("cccc"));
  expect(["a", "b", "c"].map((url) => source.has(url))).toEqual([true, false, true]);
  expect(released).toEqual(["bbbb"]);
  expect(source.keptBytes).toBe(8);
});

test("a tile larger than the budget is kept alone", async () => {
  const { source, answer } = setUp(3);
  source.want(["a"]);
  await answer("a", new Response("aaaaaa"));
  expect(source.get("a")).toBe("aaaaaa");
});

test("closing cancels, forgets and stays quiet", async () => {
  const { source, calls, released, answer, changes } = setUp();
  source.want(["a", "b"]);
  await answer("a", new Response("A"));
  const before = changes();
  source.close();
  expect(calls[1]?.signal.aborted).toBe(true);
  expect(released).toEqual(["A"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(changes()).toBe(before);
});

test("bytes that are not the tile of their address are not kept, and asked for again", async () => {
  const { calls, fetch } = network();
  const source = new TileSource<string>({
    decode: async (body, url) => {
      const text = new TextDecoder().decode(body);
      if (text !== url) throw new Error("another tile");
      return text;
    },
    bytesOf: (tile) => tile.length,
    budgetBytes: 100,
    onChange: () => {},
    fetch,
  });
  source.want(["a"]);
  calls[0]?.answer(new Response("b"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(source.has("a")).toBe(false);
  calls[1]?.answer(new Response("a"));
  await vi.advanceTimersByTimeAsync(0);
  expect(source.get("a")).toBe("a");
});

test("a tile that came by another way is kept and counted, and never asked for", () => {
  const { source, calls, changes } = setUp();
  source.give("a", "early");
  source.want(["a"]);
  expect(calls).toEqual([]);
  expect(source.get("a")).toBe("early");
  expect(source.keptBytes).toBe(5);
  expect(changes()).toBe(1);
});

test("a tile that comes after the end is let go", () => {
  const { source, released } = setUp();
  source.close();
  source.give("a", "late");
  expect(released).toEqual(["late"]);
});
