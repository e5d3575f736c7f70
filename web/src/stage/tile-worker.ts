// A thread of its own that turns the bytes of values tiles into stored values.
import { parseValuesTile } from "./values-tile.ts";

type Job = { id: number; body: ArrayBuffer };

/** The part of a dedicated worker's global scope that is used here; the page's types are the DOM's. */
const scope = globalThis as unknown as {
  onmessage: ((message: MessageEvent<Job>) => void) | null;
  postMessage(answer: unknown, transfer: Transferable[]): void;
};

scope.onmessage = ({ data: { id, body } }) => {
  try {
    const tile = parseValuesTile(body);
    scope.postMessage({ id, tile }, [tile.values.buffer]);
  } catch (error) {
    scope.postMessage({ id, reason: String(error) }, []);
  }
};
