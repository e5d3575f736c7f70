// Bodies of many tiles for tests, as tile_streams.py makes them: 8-bit frames of one value, not yet undone.

/** A tile of `edge` x `edge` whose every value is `value`. */
export function plainTile(
  frame: number,
  level: number,
  edge: number,
  value: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64 + edge * edge);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, 0x31565252, true);
  head.setUint16(6, level, true);
  head.setUint32(8, edge, true);
  head.setUint32(12, edge, true);
  head.setFloat64(16, 1, true);
  head.setUint32(48, frame, true);
  bytes[64] = 2 * value; // the first residual; all others are 0
  return bytes;
}

const words = (...numbers: number[]) => new Uint8Array(new Uint32Array(numbers).buffer);

export const head = (level: number, frames: number, asked: number) =>
  joined([words(0x31535252, level, frames, asked)]);
export const record = (tile: Uint8Array) => joined([words(tile.length), tile]);
export const end = (...missing: number[]) => words(0, missing.length, ...missing);

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A server whose answers a test writes piece by piece. */
export function streamServer() {
  const calls: { url: string; signal: AbortSignal; write(bytes: Uint8Array): void; close(): void }[] = [];
  let refusal: Response | null = null;
  const fetch = async (url: unknown, init?: RequestInit) => {
    const signal = init?.signal ?? new AbortController().signal;
    let out: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        out = controller;
      },
    });
    signal.addEventListener("abort", () => {
      try {
        out?.error(signal.reason);
      } catch {
        // It had ended.
      }
    });
    calls.push({
      url: String(url),
      signal,
      write: (bytes) => out?.enqueue(bytes),
      close: () => out?.close(),
    });
    return refusal ?? new Response(body);
  };
  const refuse = (status: number | null) => {
    refusal = status === null ? null : new Response("{}", { status });
  };
  return { calls, refuse, fetch: fetch as typeof globalThis.fetch };
}
