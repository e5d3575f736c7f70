// Fetches a body of many tiles and hands them on one by one, while it arrives.
import { levelSize, TILE_EDGE } from "./levels.ts";
import type { StackSpace } from "./space.ts";
import { TileRecords } from "./tile-records.ts";
import { BadTile, type ValuesTile } from "./values-tile.ts";

/** The server's answer is no body of tiles. `lasting`: another try cannot mend it. */
export class StreamRefused extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }

  get lasting(): boolean {
    return this.status === 400 || this.status === 404 || this.status === 410;
  }
}

export type StreamOptions = {
  headers: Record<string, string>;
  signal: AbortSignal;
  /** The tiles that came with one piece, in order. */
  onTiles(tiles: ArrayBuffer[], level: number): void;
  onBytes(count: number): void;
  fetch?: typeof fetch;
};

/**
 * Reads it to its end; the frames that are not read yet on the server. Rejects when it was refused (StreamRefused),
 * cut short, cancelled, or is no such body.
 */
export async function readTileStream(url: string, options: StreamOptions): Promise<readonly number[]> {
  const { headers, signal, onTiles, onBytes } = options;
  const answer = await (options.fetch ?? fetch)(url, { headers, credentials: "same-origin", signal });
  if (!answer.ok || !answer.body) {
    void answer.body?.cancel();
    throw new StreamRefused(answer.status);
  }
  const records = new TileRecords();
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    signal.throwIfAborted();
    onBytes(value.byteLength);
    const tiles = records.take(value);
    if (tiles.length > 0) onTiles(tiles, records.level ?? 0);
  }
  if (!records.missing) throw new BadTile("cut short");
  return records.missing;
}

/** The tile, when it is all of one frame of this stack at this level. Throws BadTile. */
export function wholeFrame(tile: ValuesTile, space: StackSpace, level: number): ValuesTile {
  const { width, height } = levelSize(space, level);
  const whole = tile.width === width && tile.height === height && Math.max(width, height) <= TILE_EDGE;
  const first = tile.column === 0 && tile.row === 0;
  if (!whole || !first || tile.level !== level || tile.frame >= space.frames) {
    throw new BadTile("another tile than was asked for");
  }
  return tile;
}
