// Tiles by address: fetched in order of need, cancelled when nobody waits any more, kept within a budget of bytes.
/** Rejects when the bytes are not the tile of this address. */
export type Decode<T> = (body: ArrayBuffer, url: string) => Promise<T>;

export type TileSourceOptions<T> = {
  decode: Decode<T>;
  bytesOf(tile: T): number;
  release?(tile: T): void;
  budgetBytes: number;
  /** Something arrived, or will never arrive. */
  onChange(): void;
  fetch?: typeof fetch;
};

type Failure = { attempts: number; notBefore: number; code: string; forever: boolean };

const AT_ONCE = 6;
const LONGEST_WAIT_MS = 8000;
/** Answers that another try cannot mend. */
const FOREVER = new Set([400, 404, 410]);

export class TileSource<T> {
  requests = 0;
  receivedBytes = 0;
  keptBytes = 0;
  #options: TileSourceOptions<T>;
  /** In order of use, the oldest first. */
  #kept = new Map<string, T>();
  #wanted: readonly string[] = [];
  #running = new Map<string, AbortController>();
  #failures = new Map<string, Failure>();
  #headers: Record<string, string> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #budgetBytes: number;

  constructor(options: TileSourceOptions<T>) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
  }

  /** The grant that every further request carries. */
  authorize(grant: string): void {
    this.#headers = { "X-ReadingRoom-Grant": grant };
  }

  /** What may be kept from now on. */
  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.#drop(null);
  }

  has(url: string): boolean {
    return this.#kept.has(url);
  }

  get(url: string): T | undefined {
    const tile = this.#kept.get(url);
    if (tile !== undefined) {
      this.#kept.delete(url);
      this.#kept.set(url, tile);
    }
    return tile;
  }

  /** Takes a tile that came by another way. */
  give(url: string, tile: T): void {
    if (this.#closed) this.#options.release?.(tile);
    else this.#keep(url, tile);
    this.#options.onChange();
  }

  /** Whether a tile whose address begins so, with this in its query, will never come. */
  refuses(prefix: string, query = ""): boolean {
    for (const [url, failure] of this.#failures) {
      if (failure.forever && url.startsWith(prefix) && url.includes(query)) return true;
    }
    return false;
  }

  /** Everything that is waited for from now on, the most urgent first. What is missing from the list is cancelled. */
  want(urls: readonly string[]): void {
    this.#wanted = urls;
    const still = new Set(urls);
    for (const [url, request] of this.#running) {
      if (!still.has(url)) {
        this.#running.delete(url);
        request.abort();
      }
    }
    this.#pump();
  }

  /** Tries refused tiles again: the server has said something new. */
  forgive(): void {
    this.#failures.clear();
    this.#pump();
  }

  /** Drops what is kept and cancels what is under way. */
  clear(): void {
    this.want([]);
    for (const tile of this.#kept.values()) this.#options.release?.(tile);
    this.#kept.clear();
    this.#failures.clear();
    this.keptBytes = 0;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.clear();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const now = Date.now();
    let next = Infinity;
    for (const url of this.#wanted) {
      if (this.#kept.has(url) || this.#running.has(url)) continue;
      const failure = this.#failures.get(url);
      if (failure?.forever) continue;
      if (failure && failure.notBefore > now) next = Math.min(next, failure.notBefore);
      else if (this.#running.size < AT_ONCE) void this.#fetch(url);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), next - now);
  }

  async #fetch(url: string): Promise<void> {
    const request = new AbortController();
    this.#running.set(url, request);
    this.requests += 1;
    try {
      const answer = await (this.#options.fetch ?? fetch)(url, {
        headers: this.#headers,
        credentials: "same-origin",
        signal: request.signal,
      });
      if (answer.ok) {
        const body = await answer.arrayBuffer();
        this.receivedBytes += Number(answer.headers.get("Content-Length")) || body.byteLength;
        const tile = await this.#options.decode(body, url);
        if (request.signal.aborted && this.#closed) this.#options.release?.(tile);
        else this.#keep(url, tile);
      } else {
        const code = await refusalCode(answer);
        if (!request.signal.aborted) this.#fail(url, code, answer.status, retryAfterMs(answer));
      }
    } catch (error) {
      // Cancelled, or no network, or bytes that are no tile: the last two are tried again.
      if (!request.signal.aborted) this.#fail(url, String(error), 0, null);
    }
    if (this.#running.get(url) === request) this.#running.delete(url);
    if (this.#closed) return;
    if (!request.signal.aborted || this.#kept.has(url)) this.#options.onChange();
    this.#pump();
  }

  #fail(url: string, code: string, status: number, retryMs: number | null): void {
    const attempts = (this.#failures.get(url)?.attempts ?? 0) + 1;
    const backoff = Math.min(LONGEST_WAIT_MS, 250 * 2 ** attempts) * (0.5 + Math.random() / 2);
    this.#failures.set(url, {
      attempts,
      code,
      notBefore: Date.now() + (retryMs ?? backoff),
      forever: FOREVER.has(status),
    });
  }

  #keep(url: string, tile: T): void {
    const { bytesOf, release } = this.#options;
    const before = this.#kept.get(url);
    if (before !== undefined) {
      this.keptBytes -= bytesOf(before);
      this.#kept.delete(url);
      release?.(before);
    }
    this.#failures.delete(url);
    this.#kept.set(url, tile);
    this.keptBytes += bytesOf(tile);
    this.#drop(url);
  }

  /** Drops what was used longest ago until the rest is within the budget; `spared` stays. */
  #drop(spared: string | null): void {
    const { bytesOf, release } = this.#options;
    for (const [oldest, dropped] of this.#kept) {
      if (this.keptBytes <= this.#budgetBytes || oldest === spared) break;
      this.#kept.delete(oldest);
      this.keptBytes -= bytesOf(dropped);
      release?.(dropped);
    }
  }
}

/** Retry-After in milliseconds; the form with a date is not used by our server. */
function retryAfterMs(answer: Response): number | null {
  const header = answer.headers.get("Retry-After");
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) ? Math.min(LONGEST_WAIT_MS, Math.max(100, seconds * 1000)) : null;
}

async function refusalCode(answer: Response): Promise<string> {
  try {
    const body: unknown = await answer.json();
    const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
    if (typeof error === "object" && error !== null && "code" in error) return String(error.code);
  } catch {
    // A proxy's own page: the status says enough.
  }
  return `HTTP_${answer.status}`;
}
