// Where the planes of a stack lie, as the server laid them. Each answer is kept: equal questions lie equally.
import type { PlaneGeometry } from "../protocol.ts";
import { type Pass, planeGeometry, Refusal, UNREACHABLE } from "./http.ts";

const KEPT = 64;
const AGAIN_MS = 1000;

export class PlaneGeometries {
  /** In order of use, the oldest first. */
  readonly #known = new Map<string, Promise<PlaneGeometry>>();

  constructor(private readonly pass: Pass) {}

  /** `path`: the planes below their stack, `axial` or `oblique?normal=…`. Rejects with Refusal when there are none. */
  get(series: string, stack: number, path: string): Promise<PlaneGeometry> {
    const key = `${series}/${stack}/${path}`;
    const known = this.#known.get(key);
    const asked = known ?? this.#ask(series, stack, path);
    this.#known.delete(key);
    this.#known.set(key, asked);
    if (known === undefined) asked.catch(() => this.#known.delete(key));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(oldest);
    }
    return asked;
  }

  /** A server that does not answer is asked again; what it refuses stays refused. */
  async #ask(series: string, stack: number, path: string): Promise<PlaneGeometry> {
    for (;;) {
      try {
        return await planeGeometry(this.pass, series, stack, path);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== UNREACHABLE) throw error;
        await new Promise((next) => setTimeout(next, AGAIN_MS));
      }
    }
  }
}
