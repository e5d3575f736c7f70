// The picture from display tiles: JPEGs in one window, drawn on a 2-D canvas.
import type { StackInfo, WireWindow } from "../protocol.ts";
import { budgetsOf, onPhone } from "./budgets.ts";
import { type DisplayView, decodeDisplayTile } from "./display-view.ts";
import type { Asked, Drawn } from "./drawn.ts";
import { levelSize, TILE_EDGE, type TilePlace } from "./levels.ts";
import { type AddressOf, type Plan, planFrame, type Stock } from "./plan.ts";
import { firstWindow, sameWindow } from "./presets.ts";
import { areCostly } from "./slab.ts";
import type { StackSpace } from "./space.ts";
import { lutOf } from "./stack-tables.ts";
import { TileSource } from "./tile-source.ts";
import { DWELL_MS } from "./travel.ts";
import type { EarlyPicture } from "./types.ts";

export class DisplayPicture {
  readonly tiles: TileSource<ImageBitmap>;
  #window: WireWindow | null = null;
  #windowSince = 0;
  #budgetBytes = budgetsOf(1, onPhone()).display;

  constructor(
    readonly view: DisplayView,
    onChange: () => void,
  ) {
    this.tiles = new TileSource({
      decode: decodeDisplayTile,
      bytesOf: (bitmap) => bitmap.width * bitmap.height * 4,
      release: (bitmap) => bitmap.close(),
      budgetBytes: this.#budgetBytes,
      onChange,
    });
  }

  /** Bytes of a film that may be fetched in advance. */
  get aheadBytes(): number {
    return this.#budgetBytes / 2;
  }

  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.tiles.setBudget(bytes);
  }

  /** Keeps a JPEG of the shown stack as its display tile, if it is what it is said to be. */
  async offer(
    { frame, level, window, jpeg }: EarlyPicture,
    info: StackInfo,
    space: StackSpace,
    still: () => string | null,
  ): Promise<void> {
    const prefix = still();
    const bitmap = await createImageBitmap(jpeg).catch(() => null);
    const size = levelSize(space, level);
    const right = bitmap?.width === size.width && bitmap.height === size.height;
    const whole = right && Math.max(size.width, size.height) <= TILE_EDGE;
    if (bitmap && whole && prefix && prefix === still() && (window === null) === (info.samples === 3)) {
      const addressOf = displayAddress(prefix, info, window ?? firstWindow(info));
      this.tiles.give(addressOf(frame, level, { column: 0, row: 0 }), bitmap);
    } else bitmap?.close();
  }

  stock({ space, shown, look }: Asked): Stock {
    return {
      space,
      levelCount: shown.info.level_count,
      damaged: new Set(shown.info.damaged),
      finest: 0,
      has: (url) => this.tiles.has(url),
      costly: areCostly(shown, look),
    };
  }

  addressOf({ prefix, query, shown }: Asked, window: WireWindow): AddressOf {
    return displayAddress(prefix, shown.info, window, query);
  }

  plan(asked: Asked, window = asked.look.window): Plan {
    return planFrame(this.stock(asked), asked.layout, this.addressOf(asked, window));
  }

  /**
   * Draws what is here of the frame; null: nothing is. Display tiles carry their window: while new ones are on their
   * way those of the window that was drawn `before` stay, and say so.
   */
  draw(asked: Asked, before: Drawn | null): Drawn | null {
    const { look, layout } = asked;
    let seen = look;
    let plan = this.plan(asked);
    if (plan.layers.length === 0 && !plan.full) {
      if (!before) return null;
      seen = { ...look, window: before.look.window };
      plan = this.plan(asked, seen.window);
      if (plan.layers.length === 0) return null;
    }
    this.#paint(asked, plan, seen.window);
    return {
      space: asked.space,
      shown: asked.shown,
      look: seen,
      layout,
      quality: "preview",
      final: seen === look && plan.full,
      refusal: null,
    };
  }

  /** Draws the frame if all of it is here in this window, however coarse. */
  drawWhole(asked: Asked, window = asked.look.window): Drawn | null {
    const { layout } = asked;
    const plan = this.plan(asked, window);
    if (!plan.layers.some((layer) => layer.whole)) return null;
    this.#paint(asked, plan, window);
    const look = window === asked.look.window ? asked.look : { ...asked.look, window };
    return {
      space: asked.space,
      shown: asked.shown,
      look,
      layout,
      quality: "preview",
      final: false,
      refusal: null,
    };
  }

  /** Milliseconds until the window has rested long enough to ask the server for pictures in it. */
  windowTurning(window: WireWindow, now: number): number {
    const before = this.#window;
    if (!before || !sameWindow(before, window)) {
      this.#windowSince = before ? now : 0;
      this.#window = window;
    }
    return Math.max(0, DWELL_MS - (now - this.#windowSince));
  }

  #paint(asked: Asked, plan: Plan, window: WireWindow): void {
    const { layout, look, smoothed, shown } = asked;
    const addressOf = this.addressOf(asked, window);
    const layers = plan.layers.map(({ level, tiles }) => ({
      level,
      tiles: tiles.flatMap((place: TilePlace) => {
        const bitmap = this.tiles.get(addressOf(layout.center.frame, level, place));
        return bitmap ? [{ place, bitmap }] : [];
      }),
    }));
    this.view.draw(layout, layers, { smoothed: smoothed && !shown.info.palette, inverted: look.inverted });
  }
}

/** Colors have no window. */
function displayAddress(prefix: string, info: StackInfo, window: WireWindow, query = ""): AddressOf {
  const lut = lutOf(info, window);
  const { center, width, function: kind } = window;
  const asked = `c=${center}&w=${width}&f=${kind}${lut === null ? "" : `&lut=${lut}`}`;
  const all = [query, info.samples === 3 ? "" : asked].filter(Boolean).join("&");
  const how = all && `?${all}`;
  return (frame, level, { column, row }) => `${prefix}/display/${frame}/${level}/${column}/${row}${how}`;
}
