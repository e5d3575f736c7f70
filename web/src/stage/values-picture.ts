// The picture from values tiles: fetched, decoded, and windowed on the graphics card.

import { Ahead } from "./ahead.ts";
import { type Budgets, budgetsOf, onPhone } from "./budgets.ts";
import type { Asked, Drawn } from "./drawn.ts";
import type { Layer } from "./gl-pictures.ts";
import type { GlView } from "./gl-view.ts";
import { levelSize, TILE_EDGE, visibleTiles } from "./levels.ts";
import { type AddressOf, type Plan, planFrame, type Stock, targetLevel } from "./plan.ts";
import { areCostly } from "./slab.ts";
import type { StackSpace } from "./space.ts";
import { StackTables } from "./stack-tables.ts";
import { TileDecoder } from "./tile-decoder.ts";
import { TileSource } from "./tile-source.ts";
import { BadTile, type ValuesTile } from "./values-tile.ts";
import { drawnInverted } from "./view-state.ts";

export class ValuesPicture {
  readonly tiles: TileSource<ValuesTile>;
  readonly ahead: Ahead;
  readonly #tables: StackTables;
  readonly #decoder = new TileDecoder();
  #space: StackSpace | null = null;
  #budget = budgetsOf(1, onPhone());

  /** `onChange`: something arrived, and drawing again may show more. */
  constructor(
    readonly gl: GlView,
    onChange: () => void,
  ) {
    this.#tables = new StackTables(this.#budget.tables, onChange);
    this.tiles = new TileSource({
      decode: async (body, url) => rightTile(await this.#decoder.decode(body), url, this.#space),
      bytesOf: (tile) => tile.values.byteLength,
      budgetBytes: this.#budget.values,
      onChange,
    });
    this.ahead = new Ahead({
      decode: (body) => this.#decoder.decode(body),
      give: (url, tile) => this.tiles.give(url, tile),
      has: (url) => this.#get(url) !== undefined,
      onChange,
    });
    this.ahead.setBudget(this.#budget.preview);
  }

  /** Whole tiles of a megabyte that may be fetched in advance. */
  get mostWhole(): number {
    return this.#budget.values / 2 ** 20;
  }

  /** Requests made, bytes received, bytes kept (decoded and on the graphics card), and frames in the preview. */
  stats(): ReturnType<Ahead["stats"]> {
    const { tiles, gl } = this;
    const { requests, receivedBytes, keptBytes, previewed } = this.ahead.stats();
    return {
      requests: tiles.requests + requests,
      receivedBytes: tiles.receivedBytes + receivedBytes,
      keptBytes: tiles.keptBytes + keptBytes + this.#tables.keptBytes + gl.bytes,
      previewed,
    };
  }

  setBudgets(budgets: Budgets): void {
    this.#budget = budgets;
    this.tiles.setBudget(budgets.values);
    this.ahead.setBudget(budgets.preview);
    this.#tables.setBudget(budgets.tables);
    this.gl.setBudget(budgets.textures);
  }

  show(space: StackSpace | null, grant: string | null): void {
    this.#space = space;
    if (grant === null) return;
    this.tiles.authorize(grant);
    this.ahead.authorize(grant);
    this.#tables.authorize(grant);
  }

  /** Asks for tiles, the shown frame's first: neighbors of it in one request. */
  want(urls: readonly string[]): void {
    this.tiles.want(this.ahead.take(urls));
  }

  clear(): void {
    this.tiles.clear();
    this.#tables.clear();
    this.gl.clear();
  }

  close(): void {
    this.ahead.follow(null);
    this.tiles.close();
    this.#tables.close();
    this.#decoder.close();
    this.gl.dispose();
  }

  stock({ space, shown, look }: Asked): Stock {
    return {
      space,
      levelCount: shown.info.level_count,
      damaged: new Set(shown.info.damaged),
      finest: this.gl.finestLevel(space),
      has: (url) => this.tiles.has(url) || this.ahead.get(url) !== undefined,
      previewed: (frame) => this.ahead.covers(frame),
      costly: areCostly(shown, look),
    };
  }

  #get(url: string): ValuesTile | undefined {
    return this.tiles.get(url) ?? this.ahead.get(url);
  }

  addressOf({ prefix, query }: Asked): AddressOf {
    const how = query && `?${query}`;
    return (frame, level, { column, row }) => `${prefix}/values/${frame}/${level}/${column}/${row}${how}`;
  }

  /** Whether every frame is here as this layout wants it. */
  holdsAll(asked: Asked): boolean {
    const { space, layout } = asked;
    const stock = this.stock(asked);
    const level = targetLevel(stock, layout);
    const tiles = visibleTiles(space, layout, level);
    const addressOf = this.addressOf(asked);
    for (let frame = 0; frame < space.frames; frame++) {
      if (!tiles.every((tile) => stock.has(addressOf(frame, level, tile)))) return false;
    }
    return true;
  }

  plan(asked: Asked): Plan {
    return planFrame(this.stock(asked), asked.layout, this.addressOf(asked));
  }

  /** Draws what is here of the frame; null: nothing is. A table on its way leaves the window that was drawn `before`. */
  draw(asked: Asked, plan: Plan, before: Drawn | null): Drawn | null {
    const { prefix, query, tables: stack, shown, space, layout, look, smoothed } = asked;
    if (plan.layers.length === 0 && !plan.full) return null;
    this.#tables.want(stack, shown.info, look.window);
    const windows = before ? [look.window, before.look.window] : [look.window];
    const window = windows.find((one) => this.#tables.get(stack, shown.info, one));
    const tables = window && this.#tables.get(stack, shown.info, window);
    if (!window || !tables) return null;
    const { frame } = layout.center;
    const addressOf = this.addressOf(asked);
    const layers = plan.layers.map(
      ({ level, tiles, whole }): Layer => ({
        key: `${prefix}/${frame}/${level}?${query}`,
        level,
        whole,
        tiles: tiles.flatMap((tile) => this.#get(addressOf(frame, level, tile)) ?? []),
      }),
    );
    this.gl.draw({
      space,
      layout,
      layers,
      smoothed,
      window,
      ...tables,
      inverted: drawnInverted(shown.info, look),
    });
    const final = plan.full && window === look.window;
    return {
      space,
      shown,
      look: window === look.window ? look : { ...look, window },
      layout,
      quality: final ? "full" : "preview",
      final,
      refusal: null,
    };
  }
}

/** The tile, when it is the one that was asked for, whole. */
function rightTile(tile: ValuesTile, url: string, space: StackSpace | null): ValuesTile {
  const { frame, level, column, row, width, height } = tile;
  const size = space && levelSize(space, level);
  const whole =
    size &&
    width === Math.min(TILE_EDGE, size.width - column * TILE_EDGE) &&
    height === Math.min(TILE_EDGE, size.height - row * TILE_EDGE);
  if (!whole || !url.split("?", 1)[0]?.endsWith(`/values/${frame}/${level}/${column}/${row}`)) {
    throw new BadTile("another tile than was asked for");
  }
  return tile;
}
