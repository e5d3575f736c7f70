// Takes a body of many tiles apart while it arrives; tile_streams.py says what lies in it.

import { TILE_EDGE } from "./levels.ts";
import { BadTile, HEADER_BYTES } from "./values-tile.ts";

const MAGIC = 0x31535252; // "RRS1", little-endian
const HEAD_BYTES = 16;
const LONGEST = HEADER_BYTES + 4 * TILE_EDGE * TILE_EDGE;
const MOST_FRAMES = 1 << 20;

export class TileRecords {
  /** Of every tile in it; null before the head is here. */
  level: number | null = null;
  /** The frames that were asked for and are not read yet; null before the end is here. */
  missing: readonly number[] | null = null;
  #bytes = new Uint8Array(1 << 16);
  #from = 0;
  #to = 0;

  /** The tiles that are whole with these bytes. Throws BadTile when it is no such body. */
  take(bytes: Uint8Array): ArrayBuffer[] {
    this.#add(bytes);
    const tiles: ArrayBuffer[] = [];
    for (let tile = this.#next(); tile; tile = this.#next()) tiles.push(tile);
    return tiles;
  }

  #next(): ArrayBuffer | null {
    if (this.missing && this.#here > 0) throw new BadTile("more than its end");
    if (this.level === null && !this.#readHead()) return null;
    if (this.#here < 4) return null;
    const length = this.#word(0);
    if (length === 0) {
      this.#readEnd();
      return null;
    }
    if (length > LONGEST) throw new BadTile("too long for a tile");
    if (this.#here < 4 + length) return null;
    const start = this.#from + 4;
    this.#from = start + length;
    return this.#bytes.slice(start, this.#from).buffer;
  }

  #readHead(): boolean {
    if (this.#here < HEAD_BYTES) return false;
    if (this.#word(0) !== MAGIC) throw new BadTile("not a body of tiles");
    this.level = this.#word(4) & 0xffff;
    this.#from += HEAD_BYTES;
    return true;
  }

  #readEnd(): void {
    if (this.missing || this.#here < 8) return;
    const count = this.#word(4);
    if (count > MOST_FRAMES) throw new BadTile("more frames than a stack has");
    if (this.#here < 8 + 4 * count) return;
    this.missing = Array.from({ length: count }, (_, i) => this.#word(8 + 4 * i));
    this.#from += 8 + 4 * count;
    if (this.#here > 0) throw new BadTile("more than its end");
  }

  get #here(): number {
    return this.#to - this.#from;
  }

  #word(at: number): number {
    return new DataView(this.#bytes.buffer).getUint32(this.#from + at, true);
  }

  #add(bytes: Uint8Array): void {
    if (this.#to + bytes.length > this.#bytes.length) {
      const needed = this.#here + bytes.length;
      const room = needed > this.#bytes.length / 2 ? new Uint8Array(2 * needed) : this.#bytes;
      room.set(this.#bytes.subarray(this.#from, this.#to));
      this.#to = this.#here;
      this.#from = 0;
      this.#bytes = room;
    }
    this.#bytes.set(bytes, this.#to);
    this.#to += bytes.length;
  }
}
