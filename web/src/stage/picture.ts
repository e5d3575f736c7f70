// The drawn picture of one pane: its two canvases, its tiles, and the best that can be drawn of a look right now.

import type { WireWindow } from "../protocol.ts";
import { words } from "../words.ts";
import { DisplayView, decodeDisplayTile } from "./display-view.ts";
import type { Layer } from "./gl-pictures.ts";
import { GlView } from "./gl-view.ts";
import type { CanvasSize, Layout } from "./layout.ts";
import { levelSize, TILE_EDGE, type TilePlace } from "./levels.ts";
import { type AddressOf, type Plan, planAhead, planFrame, type Stock } from "./plan.ts";
import { type StackSpace, spaceOf } from "./space.ts";
import { TileDecoder } from "./tile-decoder.ts";
import { TileSource } from "./tile-source.ts";
import type { EarlyPicture, PaneStats, Pixels, Quality, ShownPicture } from "./types.ts";
import { BadTile, type ValuesTile } from "./values-tile.ts";
import { type Look, layoutFor } from "./view-state.ts";

/** What is on the canvas. `look` differs from the asked one while its tiles are on their way. */
export type Drawn = {
  look: Look;
  layout: Layout;
  quality: Quality;
  /** Nothing better will come for this look. */
  final: boolean;
  /** Why this frame cannot be shown, or null. */
  refusal: string | null;
};

const VALUES_BYTES = 84 << 20;
const DISPLAY_BYTES = 64 << 20;
/** A frame passed more quickly than this is only worth its preview. */
const DWELL_MS = 100;
/** So long the last frame stays while nothing of the next is here; then the pane is black. */
const HOLD_MS = 150;

export class Picture {
  #gl: GlView | null;
  #glCanvas: HTMLCanvasElement;
  #flat: DisplayView;
  #flatCanvas: HTMLCanvasElement;
  #decoder = new TileDecoder();
  #values: TileSource<ValuesTile>;
  #display: TileSource<ImageBitmap>;
  #onChange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  #shown: ShownPicture | null = null;
  #space: StackSpace | null = null;
  #prefix = "";
  #drawn: Drawn | null = null;
  #frame = -1;
  #frameSince = 0;
  #passing = false;
  #travel: 1 | -1 = 1;
  #windowSince = 0;
  #window: WireWindow | null = null;

  /** `onChange`: something arrived, and drawing again may show more. */
  constructor(host: HTMLElement, webgl: boolean, onChange: () => void) {
    this.#onChange = onChange;
    this.#flatCanvas = canvasIn(host, "stage-canvas");
    this.#glCanvas = canvasIn(host, "stage-canvas");
    this.#flat = new DisplayView(this.#flatCanvas);
    this.#gl = webgl ? GlView.create(this.#glCanvas, onChange) : null;
    this.#values = new TileSource({
      decode: async (body, url) => rightTile(await this.#decoder.decode(body), url, this.#space),
      bytesOf: (tile) => tile.values.byteLength,
      budgetBytes: VALUES_BYTES,
      onChange,
    });
    this.#display = new TileSource({
      decode: decodeDisplayTile,
      bytesOf: (bitmap) => bitmap.width * bitmap.height * 4,
      release: (bitmap) => bitmap.close(),
      budgetBytes: DISPLAY_BYTES,
      onChange,
    });
  }

  get space(): StackSpace | null {
    return this.#space;
  }

  get drawn(): Drawn | null {
    return this.#drawn;
  }

  /** Whether this pane windows stored values itself. */
  get onValues(): boolean {
    return this.#gl !== null && !this.#gl.lost && this.#shown?.info.values === true;
  }

  show(shown: ShownPicture | null): void {
    const before = this.#shown;
    const prefix = shown
      ? `/api/rooms/${shown.room}/series/${encodeURIComponent(shown.series)}/${shown.stack}`
      : "";
    this.#shown = shown;
    this.#space = shown && spaceOf(shown.info);
    if (prefix !== this.#prefix) {
      this.#prefix = prefix;
      this.#drawn = null;
      this.#frame = -1;
      this.#values.clear();
      this.#display.clear();
      this.#gl?.clear();
    } else if (shown && before && before.info.ready !== shown.info.ready) {
      this.#values.forgive();
      this.#display.forgive();
    }
    if (shown) {
      this.#values.authorize(shown.grant);
      this.#display.authorize(shown.grant);
    }
  }

  /** Keeps a JPEG of the shown stack as its display tile, if it is what it is said to be. */
  async offer({ frame, level, window, jpeg }: EarlyPicture): Promise<void> {
    const prefix = this.#prefix;
    const bitmap = await createImageBitmap(jpeg).catch(() => null);
    const size = this.#space && levelSize(this.#space, level);
    const right = bitmap && size && bitmap.width === size.width && bitmap.height === size.height;
    if (right && prefix === this.#prefix && Math.max(size.width, size.height) <= TILE_EDGE) {
      this.#display.give(displayAddress(prefix, window)(frame, level, { column: 0, row: 0 }), bitmap);
    } else bitmap?.close();
  }

  /** Draws a look as well as it can be drawn now, and asks for what is missing. */
  draw(look: Look, canvas: CanvasSize, smoothed: boolean, now: number): Drawn | null {
    clearTimeout(this.#timer);
    this.#resize(canvas);
    const space = this.#space;
    const shown = this.#shown;
    if (!space || !shown) return null;
    const layout = layoutFor(space, look, canvas);
    this.#noteTravel(layout.center.frame, now);
    const refusal = this.#refusalOf(shown, layout.center.frame);
    if (refusal) {
      this.#values.want([]);
      this.#display.want([]);
      this.#black();
      this.#drawn = { look, layout, quality: "none", final: true, refusal };
      return this.#drawn;
    }
    const drawn = this.onValues
      ? this.#drawValues(space, shown, look, layout, smoothed, now)
      : this.#drawDisplay(space, shown, look, layout, smoothed, now);
    if (drawn) this.#drawn = drawn;
    else this.#hold(look, layout, now);
    return this.#drawn;
  }

  /** Nothing is shown. */
  blank(canvas: CanvasSize): void {
    clearTimeout(this.#timer);
    this.#resize(canvas);
    this.#values.want([]);
    this.#display.want([]);
    this.#black();
    this.#drawn = null;
  }

  pixels(): Pixels {
    return this.#gl && !this.#glCanvas.hidden ? this.#gl.pixels() : this.#flat.pixels();
  }

  stats(): PaneStats {
    return {
      valuesRequests: this.#values.requests,
      displayRequests: this.#display.requests,
      bytes: this.#values.receivedBytes + this.#display.receivedBytes,
      cacheBytes: this.#values.keptBytes + this.#display.keptBytes + (this.#gl?.bytes ?? 0),
      webgl: this.#gl !== null && !this.#gl.lost,
    };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#values.close();
    this.#display.close();
    this.#decoder.close();
    this.#gl?.dispose();
    this.#glCanvas.remove();
    this.#flatCanvas.remove();
  }

  #drawValues(
    space: StackSpace,
    shown: ShownPicture,
    look: Look,
    layout: Layout,
    smoothed: boolean,
    now: number,
  ): Drawn | null {
    const gl = this.#gl;
    if (!gl) return null;
    const addressOf: AddressOf = (frame, level, { column, row }) =>
      `${this.#prefix}/values/${frame}/${level}/${column}/${row}`;
    const stock: Stock = {
      space,
      levelCount: shown.info.level_count,
      damaged: new Set(shown.info.damaged),
      finest: gl.finestLevel(space),
      has: (url) => this.#values.has(url),
    };
    const plan = planFrame(stock, layout, addressOf);
    this.#display.want([]);
    const early = !plan.full && this.#drawEarly(stock, look, layout, smoothed);
    const asked = early ? { ...plan, needed: plan.needed.slice(plan.previews), previews: 0 } : plan;
    this.#values.want(this.#wishes(asked, stock, layout, addressOf, now, VALUES_BYTES / 2 ** 20));
    if (early) return { look, layout, quality: "preview", final: false, refusal: null };
    if (plan.layers.length === 0 && !plan.full) return null;
    const frame = layout.center.frame;
    const layers = plan.layers.map(
      ({ level, tiles, whole }): Layer => ({
        key: `${frame}/${level}`,
        level,
        whole,
        tiles: tiles.flatMap((tile) => this.#values.get(addressOf(frame, level, tile)) ?? []),
      }),
    );
    this.#showCanvas(true);
    gl.draw({ space, layout, layers, smoothed, window: look.window, inverted: shown.info.inverted });
    return { look, layout, quality: plan.full ? "full" : "preview", final: plan.full, refusal: null };
  }

  /** Display tiles carry their window: while new ones are on their way the last whole ones stay, and say so. */
  #drawDisplay(
    space: StackSpace,
    shown: ShownPicture,
    look: Look,
    layout: Layout,
    smoothed: boolean,
    now: number,
  ): Drawn | null {
    const stock: Stock = {
      space,
      levelCount: shown.info.level_count,
      damaged: new Set(shown.info.damaged),
      finest: 0,
      has: (url) => this.#display.has(url),
    };
    const addressOf = displayAddress(this.#prefix, look.window);
    const plan = planFrame(stock, layout, addressOf);
    const turning = this.#windowTurning(look.window, now);
    this.#values.want([]);
    if (turning > 0 && this.#drawn) this.#again(turning);
    else this.#display.want(this.#wishes(plan, stock, layout, addressOf, now, 16));
    let [seen, address, painted] = [look, addressOf, plan];
    if (plan.layers.length === 0 && !plan.full) {
      const last = this.#drawn?.look.window;
      if (!last) return null;
      seen = { ...look, window: last };
      address = displayAddress(this.#prefix, last);
      painted = planFrame(stock, layout, address);
      if (painted.layers.length === 0) return null;
    }
    this.#drawFlat(painted, layout, address, smoothed);
    return { look: seen, layout, quality: "preview", final: seen === look && plan.full, refusal: null };
  }

  /** Draws display tiles that are here already, none being asked for; false: this frame is not whole in this window. */
  #drawEarly(stock: Stock, look: Look, layout: Layout, smoothed: boolean): boolean {
    const address = displayAddress(this.#prefix, look.window);
    const plan = planFrame({ ...stock, finest: 0, has: (url) => this.#display.has(url) }, layout, address);
    const whole = plan.layers.some((layer) => layer.whole);
    if (whole) this.#drawFlat(plan, layout, address, smoothed);
    return whole;
  }

  #drawFlat(plan: Plan, layout: Layout, addressOf: AddressOf, smoothed: boolean): void {
    const layers = plan.layers.map(({ level, tiles }) => ({
      level,
      tiles: tiles.flatMap((place: TilePlace) => {
        const bitmap = this.#display.get(addressOf(layout.center.frame, level, place));
        return bitmap ? [{ place, bitmap }] : [];
      }),
    }));
    this.#showCanvas(false);
    this.#flat.draw(layout, layers, smoothed);
  }

  /** Nothing of the asked frame is here: the last picture stays for a moment with its own labels, then black. */
  #hold(look: Look, layout: Layout, now: number): void {
    const held = now - this.#frameSince;
    if (this.#drawn && held < HOLD_MS) {
      this.#again(HOLD_MS - held);
      return;
    }
    this.#black();
    this.#drawn = { look, layout, quality: "none", final: false, refusal: null };
  }

  /** The addresses to ask for: this frame first, its neighbors once nothing of it is missing. */
  #wishes(
    plan: Plan,
    stock: Stock,
    layout: Layout,
    addressOf: AddressOf,
    now: number,
    mostWhole: number,
  ): string[] {
    if (plan.full) {
      // While slices are still being read, neighbors would only be refused.
      if (!this.#shown?.info.complete) return plan.needed;
      return [...plan.needed, ...planAhead(stock, layout, this.#travel, mostWhole, addressOf)];
    }
    const resting = DWELL_MS - (now - this.#frameSince);
    if (!this.#passing || resting <= 0) return plan.needed;
    this.#again(resting);
    return plan.needed.slice(0, plan.previews);
  }

  #noteTravel(frame: number, now: number): void {
    if (frame === this.#frame) return;
    if (this.#frame >= 0) this.#travel = frame > this.#frame ? 1 : -1;
    this.#passing = this.#frame >= 0 && now - this.#frameSince < DWELL_MS;
    this.#frame = frame;
    this.#frameSince = now;
  }

  /** Milliseconds until the window has rested long enough to ask the server for pictures in it. */
  #windowTurning(window: WireWindow, now: number): number {
    const key = this.#window;
    if (
      !key ||
      key.center !== window.center ||
      key.width !== window.width ||
      key.function !== window.function
    ) {
      this.#windowSince = key ? now : 0;
      this.#window = window;
    }
    return Math.max(0, DWELL_MS - (now - this.#windowSince));
  }

  #refusalOf(shown: ShownPicture, frame: number): string | null {
    const damaged =
      shown.info.damaged.includes(frame) ||
      this.#values.refuses(`${this.#prefix}/values/${frame}/`) ||
      this.#display.refuses(`${this.#prefix}/display/${frame}/`);
    return damaged ? words.stage.cannotBeShown(frame, shown.info.frames) : null;
  }

  #again(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, inMs);
  }

  #black(): void {
    this.#showCanvas(this.onValues);
    this.#gl?.draw(null);
    this.#flat.clear();
  }

  #showCanvas(gl: boolean): void {
    this.#glCanvas.hidden = !gl;
    this.#flatCanvas.hidden = gl;
  }

  #resize({ width, height }: CanvasSize): void {
    for (const canvas of [this.#glCanvas, this.#flatCanvas]) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
  }
}

function displayAddress(prefix: string, { center, width, function: kind }: WireWindow): AddressOf {
  return (frame, level, { column, row }) =>
    `${prefix}/display/${frame}/${level}/${column}/${row}?c=${center}&w=${width}&f=${kind}`;
}

/** The tile, when it is the one that was asked for, whole. */
function rightTile(tile: ValuesTile, url: string, space: StackSpace | null): ValuesTile {
  const { frame, level, column, row, width, height } = tile;
  const size = space && levelSize(space, level);
  const whole =
    size &&
    width === Math.min(TILE_EDGE, size.width - column * TILE_EDGE) &&
    height === Math.min(TILE_EDGE, size.height - row * TILE_EDGE);
  if (!whole || !url.endsWith(`/values/${frame}/${level}/${column}/${row}`)) {
    throw new BadTile("another tile than was asked for");
  }
  return tile;
}

function canvasIn(host: HTMLElement, className: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = className;
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  return canvas;
}
