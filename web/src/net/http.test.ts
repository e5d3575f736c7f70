// A slow answer is waited for as long as it keeps coming; one that stops coming is given up.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { join, picture, Refusal, SILENCE_MS, snapshot, UNREACHABLE } from "./http.ts";

const pass = { room: "room", grant: "grant" };

/** The line behind the next request: what `say` says arrives, until the page gives up. */
function line(): { say(text: string): Promise<void>; hangUp(): void } {
  let body: ReadableStreamDefaultController<Uint8Array> | null = null;
  vi.stubGlobal("fetch", async (_address: string, { signal }: { signal: AbortSignal }) => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        body = controller;
      },
    });
    signal.addEventListener("abort", () => body?.error(signal.reason));
    return new Response(stream);
  });
  return {
    say: async (text) => {
      body?.enqueue(new TextEncoder().encode(text));
      await vi.advanceTimersByTimeAsync(0);
    },
    hangUp: () => body?.close(),
  };
}

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a slow answer that keeps coming is waited for", async () => {
  const slow = line();
  const got = picture(pass, "/picture").then((blob) => blob.text());
  await vi.advanceTimersByTimeAsync(0);
  for (const piece of ["a", "b", "c", "d"]) {
    await slow.say(piece);
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
  }
  slow.hangUp();
  expect(await got).toBe("abcd");
});

test.each([
  ["a picture", () => picture(pass, "/picture")],
  ["a snapshot", () => snapshot(pass)],
])("%s that stops coming is given up as unreachable", async (_, ask) => {
  const stuck = line();
  const refused = ask().catch((why: unknown) => why);
  await vi.advanceTimersByTimeAsync(0);
  await stuck.say("{");
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(await refused).toMatchObject({ code: UNREACHABLE });
  expect(await refused).toBeInstanceOf(Refusal);
});

test("joining is not given up: the link would be used up, and its cookie lost", async () => {
  const answer = {
    room: "r",
    grant: "g",
    principal: "p",
    role: "patient",
    name: "Maria",
    first_picture: null,
  };
  vi.stubGlobal("fetch", async (_: string, { signal }: { signal: AbortSignal }) => {
    await new Promise((resolve) => setTimeout(resolve, 4 * SILENCE_MS));
    signal.throwIfAborted();
    return new Response(JSON.stringify(answer));
  });
  const joined = join({ room: "r", secret: "s", name: null });
  await vi.advanceTimersByTimeAsync(4 * SILENCE_MS);
  expect(await joined).toEqual(answer);
});

test("a server that does not answer at all is given up", async () => {
  vi.stubGlobal(
    "fetch",
    (_: string, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  const refused = snapshot(pass).catch((why: unknown) => why);
  await vi.advanceTimersByTimeAsync(SILENCE_MS);
  expect(await refused).toMatchObject({ code: UNREACHABLE });
});
