// The tables of the shown stack: fetched once, when a window or its palette asks for them.
import type { StackInfo, WireWindow } from "../protocol.ts";
import { type Palette, parsePalette, parseVoiLut } from "./lookup-tables.ts";
import { TileSource } from "./tile-source.ts";
import type { VoiLut } from "./window-lut.ts";

export type Tables = { lut: VoiLut | null; palette: Palette | null };

/** The VOI LUT that makes a window's grays, by its place in the stack; null: center and width do. */
export function lutOf(info: StackInfo, window: WireWindow): number | null {
  const lut = window.lut ?? null;
  return lut !== null && info.windows.some((named) => named.window.lut === lut) ? lut : null;
}

export class StackTables {
  #luts: TileSource<VoiLut>;
  #palettes: TileSource<Palette>;

  constructor(budgetBytes: number, onChange: () => void) {
    this.#luts = new TileSource({
      decode: async (body) => parseVoiLut(body),
      bytesOf: ({ levels }) => levels.byteLength,
      budgetBytes,
      onChange,
    });
    this.#palettes = new TileSource({
      decode: async (body) => parsePalette(body),
      bytesOf: ({ colors }) => colors.byteLength,
      budgetBytes,
      onChange,
    });
  }

  /** What may be kept of each kind of tables. */
  setBudget(bytes: number): void {
    this.#luts.setBudget(bytes);
    this.#palettes.setBudget(bytes);
  }

  get keptBytes(): number {
    return this.#luts.keptBytes + this.#palettes.keptBytes;
  }

  authorize(grant: string): void {
    this.#luts.authorize(grant);
    this.#palettes.authorize(grant);
  }

  /** Asks for what a window and its stack need, unless it is here. */
  want(prefix: string, info: StackInfo, window: WireWindow): void {
    const index = lutOf(info, window);
    this.#luts.want(index === null ? [] : [`${prefix}/voi-lut/${index}`]);
    this.#palettes.want(info.palette ? [`${prefix}/palette`] : []);
  }

  /** What a window and its stack need to be drawn; null while any of it is missing. */
  get(prefix: string, info: StackInfo, window: WireWindow): Tables | null {
    const index = lutOf(info, window);
    const lut = index === null ? null : this.#luts.get(`${prefix}/voi-lut/${index}`);
    const palette = info.palette ? this.#palettes.get(`${prefix}/palette`) : null;
    return lut === undefined || palette === undefined ? null : { lut, palette };
  }

  clear(): void {
    this.#luts.clear();
    this.#palettes.clear();
  }

  close(): void {
    this.#luts.close();
    this.#palettes.close();
  }
}
