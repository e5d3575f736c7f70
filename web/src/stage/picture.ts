// The drawn picture of one pane: its canvases, and the best that can be drawn of a look right now.
import { words } from "../words.ts";
import type { Budgets } from "./budgets.ts";
import { DisplayPicture } from "./display-picture.ts";
import { DisplayView } from "./display-view.ts";
import type { Asked, Drawn } from "./drawn.ts";
import { GlView } from "./gl-view.ts";
import type { CanvasSize } from "./layout.ts";
import { OverlayLayer } from "./overlay-layer.ts";
import { planLoop } from "./plan.ts";
import { planeQuery, sameCamera } from "./plane-stack.ts";
import { Resting } from "./resting.ts";
import { sameSlab, slabQuery } from "./slab.ts";
import { type StackSpace, spaceOf } from "./space.ts";
import { Travel } from "./travel.ts";
import type { EarlyPicture, PaneStats, Pixels, ShownPicture } from "./types.ts";
import { ValuesPicture } from "./values-picture.ts";
import { type Look, layoutFor } from "./view-state.ts";

/** So long the last frame stays while nothing of the next is here; then the pane is black. */
const HOLD_MS = 150;
/** The same while planes are turned or a slab grows thicker: each takes the server its time. */
const HOLD_PLANES_MS = 1500;
const OVERLAYS_AHEAD = 64;

export type How = {
  /** Whether enlarged pixels are smoothed. */
  smoothed: boolean;
  /** Whether the frames follow each other by themselves. */
  playing: boolean;
  /** Whether the overlays of the file are drawn. */
  overlays: boolean;
};

export class Picture {
  #values: ValuesPicture | null;
  #glCanvas: HTMLCanvasElement;
  #display: DisplayPicture;
  #flatCanvas: HTMLCanvasElement;
  #overlay: OverlayLayer;
  #onChange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  #shown: ShownPicture | null = null;
  #space: StackSpace | null = null;
  #stack = "";
  #prefix = "";
  #drawn: Drawn | null = null;
  #travel = new Travel();
  #turning = new Resting();

  /** `onChange`: something arrived, and drawing again may show more. */
  constructor(host: HTMLElement, onChange: () => void) {
    this.#onChange = onChange;
    this.#flatCanvas = canvasIn(host);
    this.#glCanvas = canvasIn(host);
    const gl = GlView.create(this.#glCanvas, onChange);
    this.#values = gl && new ValuesPicture(gl, onChange);
    this.#display = new DisplayPicture(new DisplayView(this.#flatCanvas), onChange);
    this.#overlay = new OverlayLayer(canvasIn(host), onChange);
  }

  get space(): StackSpace | null {
    return this.#space;
  }

  get drawn(): Drawn | null {
    return this.#drawn;
  }

  /** What the file draws over the picture; null: nothing now. */
  get overlay(): HTMLCanvasElement | null {
    return this.#overlay.canvas.hidden ? null : this.#overlay.canvas;
  }

  /** Whether this pane windows values itself. */
  get onValues(): boolean {
    return this.#onValues !== null;
  }

  get #onValues(): ValuesPicture | null {
    const values = this.#values;
    return values && !values.gl.lost && this.#shown?.info.values === true ? values : null;
  }

  show(shown: ShownPicture | null): void {
    const before = this.#shown;
    const stack = shown
      ? `/api/rooms/${shown.room}/series/${encodeURIComponent(shown.series)}/${shown.stack}`
      : "";
    const prefix = shown && shown.mode !== "stack" ? `${stack}/planes/${shown.mode}` : stack;
    this.#stack = stack;
    this.#shown = shown;
    this.#space = shown && spaceOf(shown.info);
    if (prefix !== this.#prefix) {
      this.#prefix = prefix;
      this.#drawn = null;
      this.#travel.forget();
      this.#turning.forget();
      this.#values?.clear();
      this.#display.tiles.clear();
      this.#overlay.clear();
    } else if (shown && before && !sameCamera(before.camera, shown.camera)) {
      this.#travel.forget();
    } else if (shown && before && before.info.ready !== shown.info.ready) {
      this.#values?.tiles.forgive();
      this.#display.tiles.forgive();
      this.#overlay.forgive();
    }
    this.#values?.show(this.#space, shown?.grant ?? null);
    const whole = shown?.mode === "stack" ? this.#space : null;
    this.#values?.ahead.follow(shown && whole && { prefix, space: whole, info: shown.info });
    if (shown) {
      this.#display.tiles.authorize(shown.grant);
      this.#overlay.authorize(shown.grant);
    }
  }

  /** Keeps a JPEG of the shown stack as its display tile, if it is what it is said to be. */
  async offer(early: EarlyPicture): Promise<void> {
    const { shown, space } = { shown: this.#shown, space: this.#space };
    if (shown && space) await this.#display.offer(early, shown.info, space, () => this.#prefix || null);
  }

  /** Draws a look as well as it can be drawn now, and asks for what is missing. */
  draw(look: Look, canvas: CanvasSize, how: How, now: number): Drawn | null {
    clearTimeout(this.#timer);
    this.#resize(canvas);
    const [space, shown] = [this.#space, this.#shown];
    if (!space || !shown) return null;
    const layout = layoutFor(space, look, canvas);
    const { smoothed } = how;
    const query = [planeQuery(shown.mode, shown.camera), slabQuery(look.slab)].filter(Boolean).join("&");
    const [prefix, tables] = [this.#prefix, this.#stack];
    const asked: Asked = { space, shown, prefix, query, tables, look, layout, smoothed, now };
    this.#travel.note(layout.center.frame, now);
    if (how.playing) this.#play(asked);
    else this.#drawn = this.#stand(asked);
    const drawn = this.#drawn;
    const under = drawn && !drawn.refusal && how.overlays && shown.info.overlays ? drawn.layout : null;
    const { frames } = space;
    const ahead = how.playing ? Math.min(frames, OVERLAYS_AHEAD) - 1 : 0;
    this.#overlay.draw(under, this.#prefix, { ahead, frames });
    return drawn;
  }

  /** Nothing is shown. */
  blank(canvas: CanvasSize): void {
    clearTimeout(this.#timer);
    this.#resize(canvas);
    this.#ask([], []);
    this.#black();
    this.#overlay.draw(null, "", { ahead: 0, frames: 1 });
    this.#drawn = null;
  }

  setBudgets(budgets: Budgets): void {
    this.#values?.setBudgets(budgets);
    this.#display.setBudget(budgets.display);
    this.#overlay.setBudget(budgets.overlays);
  }

  pixels(): Pixels {
    return this.#values && !this.#glCanvas.hidden ? this.#values.gl.pixels() : this.#display.view.pixels();
  }

  stats(): PaneStats {
    const [values, display] = [this.#values?.stats(), this.#display.tiles];
    return {
      valuesRequests: values?.requests ?? 0,
      displayRequests: display.requests,
      bytes: (values?.receivedBytes ?? 0) + display.receivedBytes,
      cacheBytes: (values?.keptBytes ?? 0) + display.keptBytes + this.#overlay.bytes,
      previewed: values?.previewed ?? 0,
      webgl: this.#values !== null && !this.#values.gl.lost,
    };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#values?.close();
    this.#display.tiles.close();
    this.#overlay.close();
    this.#glCanvas.remove();
    this.#flatCanvas.remove();
  }

  #stand(asked: Asked): Drawn | null {
    const { space, shown, look, layout, query, now } = asked;
    const refusal = this.#refusalOf(asked, layout.center.frame);
    if (refusal) {
      this.#ask([], []);
      this.#black();
      return { space, shown, look, layout, quality: "none", final: true, refusal };
    }
    const turning = this.#turning.turning(query, now);
    if (turning > 0 && this.#drawn && this.#drawn.quality !== "none") {
      this.#again(turning);
      return this.#drawn;
    }
    const values = this.#onValues;
    return (values ? this.#fromValues(asked, values) : this.#fromDisplay(asked)) ?? this.#hold(asked);
  }

  #fromValues(asked: Asked, values: ValuesPicture): Drawn | null {
    const { shown, layout, now } = asked;
    const plan = values.plan(asked);
    const early = plan.full ? null : this.#display.drawWhole(asked);
    const needed = early ? { ...plan, needed: plan.needed.slice(plan.previews), previews: 0 } : plan;
    const { complete } = shown.info;
    const { mostWhole } = values;
    const address = values.addressOf(asked);
    const stock = values.stock(asked);
    this.#ask(this.#travel.wishes(needed, stock, layout, address, { mostWhole, complete, now }), []);
    this.#againWhenRested(now);
    const drawn = early ?? values.draw(asked, plan, this.#drawn);
    if (drawn) this.#showCanvas(early === null);
    values.ahead.run(plan.full ? layout.center.frame : null, drawn !== null);
    return drawn;
  }

  #fromDisplay(asked: Asked): Drawn | null {
    const { shown, look, layout, now } = asked;
    const display = this.#display;
    const plan = display.plan(asked);
    const turning = shown.info.samples === 1 ? display.windowTurning(look.window, now) : 0;
    if (turning > 0 && this.#drawn) this.#again(turning);
    else {
      const { complete } = shown.info;
      const address = display.addressOf(asked, look.window);
      const ahead = { mostWhole: 16, complete, now };
      this.#ask([], this.#travel.wishes(plan, display.stock(asked), layout, address, ahead));
      this.#againWhenRested(now);
    }
    const drawn = display.draw(asked, this.#drawn);
    if (drawn) this.#showCanvas(false);
    return drawn;
  }

  /**
   * A running film: from values when all of it is here, else from display tiles, in the window before while those of
   * the new one are on their way. A frame that comes late is left out.
   */
  #play(asked: Asked): void {
    const { space, shown, look, layout, now } = asked;
    const display = this.#display;
    const values = this.#onValues;
    const plan = values?.plan(asked);
    const fromValues = () => (values && plan?.full ? values.draw(asked, plan, null) : null);
    const before = this.#drawn?.look.window ?? look.window;
    const fromDisplay = () => display.drawWhole(asked) ?? display.drawWhole(asked, before);
    const complete = values?.holdsAll(asked) ?? false;
    const exact = complete ? fromValues() : null;
    const flat = exact ? null : fromDisplay();
    const drawn = exact ?? flat ?? fromValues();
    if (drawn) {
      this.#showCanvas(flat === null);
      // Nothing better comes while it runs.
      this.#drawn = { ...drawn, final: drawn.look === look };
    } else this.#drawn ??= { space, shown, look, layout, quality: "none", final: false, refusal: null };
    const turning = shown.info.samples === 1 ? display.windowTurning(look.window, now) : 0;
    if (turning > 0) this.#again(turning);
    else if (complete) this.#ask([], []);
    else {
      const address = display.addressOf(asked, look.window);
      this.#ask([], planLoop(display.stock(asked), layout, address, display.aheadBytes));
    }
  }

  /** Nothing of the asked frame is here: the last picture stays for a moment with its own labels, then black. */
  #hold({ space, shown, look, layout, now }: Asked): Drawn {
    const before = this.#drawn;
    const sameWay = before && sameCamera(before.shown.camera, shown.camera);
    const turned = before && !(sameWay && sameSlab(before.look.slab, look.slab));
    const [held, most] = turned
      ? [this.#turning.held(now), HOLD_PLANES_MS]
      : [this.#travel.held(now), HOLD_MS];
    if (before && held < most) {
      this.#again(most - held);
      return before;
    }
    this.#black();
    return { space, shown, look, layout, quality: "none", final: false, refusal: null };
  }

  #refusalOf({ shown, prefix, query }: Asked, frame: number): string | null {
    const damaged =
      shown.info.damaged.includes(frame) ||
      this.#values?.tiles.refuses(`${prefix}/values/${frame}/`, query) ||
      this.#display.tiles.refuses(`${prefix}/display/${frame}/`, query);
    return damaged ? words.stage.cannotBeShown(frame, shown.info.frames) : null;
  }

  #ask(values: readonly string[], display: readonly string[]): void {
    this.#values?.want(values);
    this.#display.tiles.want(display);
  }

  #againWhenRested(now: number): void {
    const resting = this.#travel.passing(now);
    if (resting > 0) this.#again(resting);
  }

  #again(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, inMs);
  }

  #black(): void {
    this.#showCanvas(this.onValues);
    this.#values?.gl.draw(null);
    this.#display.view.clear();
  }

  #showCanvas(gl: boolean): void {
    this.#glCanvas.hidden = !gl;
    this.#flatCanvas.hidden = gl;
  }

  #resize({ width, height }: CanvasSize): void {
    for (const canvas of [this.#glCanvas, this.#flatCanvas, this.#overlay.canvas]) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
  }
}

function canvasIn(host: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = "stage-canvas";
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  return canvas;
}
