// Decodes values tiles in a worker; where none can be started, here.
import workerUrl from "./tile-worker.ts?worker&url";
import { BadTile, parseValuesTile, type ValuesTile } from "./values-tile.ts";

type Answer = { id: number; tile?: ValuesTile; reason?: string };
type Waiting = { body: () => ValuesTile; resolve(tile: ValuesTile): void; reject(error: Error): void };

/** Named in a `trusted-types` policy; pages without one need none. */
type TrustedTypes = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
};

let policy: { createScriptURL(url: string): string } | null = null;

function startWorker(): Worker {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types?.createPolicy("readingroom-worker", { createScriptURL: () => workerUrl }) ?? null;
  return new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: "module" });
}

export class TileDecoder {
  #worker: Worker | null = null;
  #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor() {
    try {
      this.#worker = startWorker();
      this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#settle(data);
      this.#worker.onerror = () => this.#withoutWorker();
    } catch {
      this.#worker = null;
    }
  }

  /** The tile in these bytes. Rejects with BadTile. */
  decode(body: ArrayBuffer): Promise<ValuesTile> {
    if (!this.#worker) return Promise.resolve().then(() => parseValuesTile(body));
    const id = this.#next++;
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      // The bytes are copied, not moved: should the worker die before it answers, they are still here.
      this.#waiting.set(id, { body: () => parseValuesTile(body), resolve, reject });
      worker.postMessage({ id, body });
    });
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const waiting of this.#waiting.values()) waiting.reject(new BadTile("closed"));
    this.#waiting.clear();
  }

  #settle({ id, tile, reason }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (tile) waiting?.resolve(tile);
    else waiting?.reject(new BadTile(reason));
  }

  #withoutWorker(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const waiting of this.#waiting.values()) {
      try {
        waiting.resolve(waiting.body());
      } catch (error) {
        waiting.reject(error instanceof Error ? error : new BadTile(String(error)));
      }
    }
    this.#waiting.clear();
  }
}
