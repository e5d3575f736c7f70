// One pane: a picture, what lies over it, and the hands on it. The page gives it a view and hears where the user moves.
import "./stage.css";
import type { PaneView, Place, StackInfo, WireWindow } from "../protocol.ts";
import { words } from "../words.ts";
import { commanded, toFrame } from "./commands.ts";
import { CornerText, type Note } from "./corner-text.ts";
import { Drawing } from "./drawing.ts";
import { Gestures } from "./gestures.ts";
import { HoverPointer } from "./hover-pointer.ts";
import { Keys } from "./keys.ts";
import { type CanvasSize, pointAt, type ScreenPoint } from "./layout.ts";
import { Marks } from "./marks.ts";
import { Picture } from "./picture.ts";
import { Pointers } from "./pointers.ts";
import { presetName, presetsFor } from "./presets.ts";
import { watchSize } from "./size.ts";
import { clamp, placeOf, type StackSpace } from "./space.ts";
import type {
  EarlyPicture,
  PaneCommand,
  PaneEvents,
  PaneMark,
  PanePointer,
  PaneStats,
  Pixels,
  Quality,
  ShownPicture,
  Tool,
} from "./types.ts";
import type { Look } from "./view-state.ts";
import * as views from "./view-state.ts";
import { wireWindow } from "./window-lut.ts";

export class Pane {
  readonly host: HTMLElement;
  #events: PaneEvents;
  #picture: Picture;
  #marks: Marks;
  #pointers: Pointers;
  #corners: CornerText;
  #drawing: Drawing;
  #gestures: Gestures;
  #keys: Keys;
  #hover: HoverPointer;
  #unwatch: () => void;

  #shown: ShownPicture | null = null;
  #look: Look | null = null;
  /** What the page knows of `#look`: the difference is what it is told. */
  #told: Look | null = null;
  /** A view for a series that is not shown yet. */
  #pending: { view: PaneView; tag: string | null } | null = null;
  /** The shared view that `#look` is, or null once the user has moved. */
  #tag: string | null = null;
  #quality: Quality = "none";
  #tool: Tool = "window";
  #toolChosen = false;
  #smoothed = true;
  #windowStart: WireWindow | null = null;
  #canvas: CanvasSize = { width: 0, height: 0 };
  #ratio = 1;
  #frameRequest = 0;
  #disposed = false;

  /** `webgl: false` draws display tiles, as a browser without WebGL2 does. */
  constructor(host: HTMLElement, events: PaneEvents, options: { webgl?: boolean } = {}) {
    this.host = host;
    this.#events = events;
    host.classList.add("stage");
    if (host.tabIndex < 0) host.tabIndex = 0;
    const redraw = () => this.#redraw();
    this.#picture = new Picture(host, options.webgl ?? true, redraw);
    this.#marks = new Marks(host);
    this.#pointers = new Pointers(host);
    this.#corners = new CornerText(host);
    this.#drawing = new Drawing(
      this.#marks,
      events,
      (at) => this.#placeAt(at),
      () => this.#endTool(),
    );
    this.#hover = new HoverPointer((at) => events.onPointer(at && this.#placeAt(at)));
    this.#keys = new Keys(host, {
      run: (command) => this.run(command),
      preset: (index) => this.#presetKey(index),
      tool: (tool) => {
        this.setTool(tool);
        events.onTool(tool);
      },
    });
    this.#gestures = new Gestures(host, this.#hands());
    this.#unwatch = watchSize(host, (size, ratio) => {
      this.#canvas = size;
      this.#ratio = ratio;
      this.#redraw();
    });
    host.dataset.tool = this.#tool;
  }

  /** Shows a stack. Again with new `info` of the same stack: what has become ready meanwhile. */
  show(shown: ShownPicture | null): void {
    const before = this.#shown;
    const same =
      before?.room === shown?.room && before?.series === shown?.series && before?.stack === shown?.stack;
    this.#shown = shown;
    this.#picture.show(shown);
    if (!shown) {
      this.#look = this.#told = null;
      this.#tag = null;
    } else if (!same || !this.#look) {
      this.#gestures.stop();
      this.#drawing.cancel();
      this.#look = this.#told = this.#lookOf(
        this.#pending && this.#isFor(this.#pending.view) ? this.#pending.view : {},
      );
      this.#tag = this.#pending && this.#isFor(this.#pending.view) ? this.#pending.tag : null;
      this.#pending = null;
    }
    this.#redraw();
  }

  /**
   * Takes a whole view as it is; `tag` names it in `host.dataset.drawn` once it is drawn as well as it can be; null:
   * it is nobody's shared view.
   * Never answered with `onView`. While the user's own hand moves this pane, echoes of older own views must not come here.
   */
  setView(view: PaneView, tag: string | null): void {
    if (!this.#shown || !this.#isFor(view)) {
      this.#pending = { view, tag };
      return;
    }
    const look = this.#lookOf(view);
    // An equal look stays the same object: what is drawn of it is drawn of this.
    if (!this.#look || !look || views.difference(this.#look, look)) this.#look = look;
    this.#told = this.#look;
    this.#tag = tag;
    this.#redraw();
  }

  /** A picture that is here before any tile: a preview wherever this very frame is looked at in this very window. */
  offer(early: EarlyPicture): void {
    if (this.#isFor(early)) void this.#picture.offer(early);
  }

  view(): PaneView {
    if (!this.#look || !this.#shown) return {};
    const { series, stack } = this.#shown;
    return { shown: { series, stack, mode: "stack" }, ...this.#look };
  }

  defaultView(): PaneView {
    const space = this.#picture.space;
    if (!space || !this.#shown) return {};
    const { series, stack, info } = this.#shown;
    return { shown: { series, stack, mode: "stack" }, ...views.defaultLook(space, info) };
  }

  /** On touch "window" means scrolling, unless the person chose it: then `chosen` is true. */
  setTool(tool: Tool, chosen = false): void {
    this.#tool = tool;
    this.#toolChosen = chosen;
    this.host.dataset.tool = tool;
    if (this.#drawing.active) {
      this.#gestures.stop();
      this.#redraw();
    }
  }

  /** Whether enlarged pixels are smoothed; they are at first. */
  setSmoothed(smoothed: boolean): void {
    this.#smoothed = smoothed;
    this.#redraw();
  }

  /** Single letters and digits as commands can be switched off. */
  setSingleKeys(on: boolean): void {
    this.#keys.single = on;
  }

  setMarks(marks: PaneMark[]): void {
    this.#marks.set(marks);
    this.#redraw();
  }

  setPointers(pointers: PanePointer[]): void {
    this.#pointers.set(pointers);
    this.#redraw();
  }

  run(command: PaneCommand): void {
    switch (command) {
      case "deleteMark":
        this.#deleteMark();
        break;
      case "cancel":
        this.#cancel();
        break;
      case "undoDraft":
        this.#gestures.stop();
        this.#redraw();
        break;
      default:
        this.#withView((space, look, info) =>
          this.#moveTo(commanded(command, space, info, look, this.#canvas)),
        );
    }
  }

  setPreset(window: WireWindow): void {
    if (this.#look) this.#moveTo({ ...this.#look, window: wireWindow(window) });
  }

  stats(): PaneStats {
    return this.#picture.stats();
  }

  /** The drawn picture without marks and words. */
  pixels(): Pixels {
    if (this.#frameRequest) this.#frame();
    return this.#picture.pixels();
  }

  /** What is drawn, in words, for those who do not see it. */
  sentence(): string {
    const drawn = this.#picture.drawn;
    if (!drawn || !this.#shown) return "";
    const { info } = this.#shown;
    if (drawn.refusal) return drawn.refusal;
    const { width, center } = drawn.look.window;
    const name = presetName(info, drawn.look.window);
    const window = name ? words.stage.namedWindow(name) : words.stage.ownWindow(width, center);
    return words.stage.sentence(drawn.layout.center.frame, info.frames, window);
  }

  dispose(): void {
    this.#disposed = true;
    cancelAnimationFrame(this.#frameRequest);
    this.#unwatch();
    this.#gestures.dispose();
    this.#keys.dispose();
    this.#hover.dispose();
    for (const part of [this.#marks, this.#pointers, this.#corners]) part.remove();
    this.#picture.dispose();
    this.host.classList.remove("stage");
  }

  #isFor({ shown }: PaneView): boolean {
    return !shown || (shown.series === this.#shown?.series && shown.stack === this.#shown.stack);
  }

  #lookOf(view: PaneView): Look | null {
    const space = this.#picture.space;
    return space && this.#shown && views.lookOf(space, this.#shown.info, view);
  }

  /** The user's own movement: drawn here, then told. */
  #moveTo(look: Look): void {
    if (!this.#look || !views.difference(this.#look, look)) return;
    this.#look = look;
    this.#tag = null;
    delete this.host.dataset.drawn;
    delete this.host.dataset.drawnAt;
    this.#redraw();
  }

  #withView(act: (space: StackSpace, look: Look, info: StackInfo) => void): void {
    const space = this.#picture.space;
    if (space && this.#look && this.#shown) act(space, this.#look, this.#shown.info);
  }

  #device(at: ScreenPoint): ScreenPoint {
    return { x: at.x * this.#ratio, y: at.y * this.#ratio };
  }

  /** The place under a point of the picture that is *drawn*. */
  #placeAt(at: ScreenPoint): Place | null {
    const space = this.#picture.space;
    const drawn = this.#picture.drawn;
    return space && drawn && placeOf(space, pointAt(drawn.layout, this.#device(at)));
  }

  #presetKey(index: number): void {
    const preset = this.#shown && presetsFor(this.#shown.info)[index];
    if (preset) this.setPreset(preset.window);
  }

  #deleteMark(): void {
    const id = this.#marks.selected;
    if (id === null) return;
    this.#marks.selected = null;
    this.#events.onMarkChange(id, null);
    this.#redraw();
  }

  #cancel(): void {
    this.#gestures.stop();
    this.#marks.selected = null;
    if (this.#tool !== "window") this.#endTool();
    this.#redraw();
  }

  #endTool(): void {
    this.setTool("window");
    this.#events.onTool("window");
  }

  #hands(): ConstructorParameters<typeof Gestures>[1] {
    return {
      tool: (touch) => (touch && this.#tool === "window" && !this.#toolChosen ? "scroll" : this.#tool),
      panning: () => {
        if (this.#keys.spaceHeld) this.#keys.notePan();
        return this.#keys.spaceHeld;
      },
      scroll: (frames) =>
        this.#withView((space, look) => {
          const frame = views.pointOf(space, look).frame + frames;
          this.#moveTo(toFrame(space, look, this.#canvas, frame));
        }),
      pixelsPerSlice: () =>
        clamp(this.#canvas.height / this.#ratio / Math.max(1, this.#shown?.info.frames ?? 1), 3, 24),
      pan: (dx, dy) =>
        this.#withView((space, look) => {
          const by = { dx: dx * this.#ratio, dy: dy * this.#ratio };
          this.#moveTo(views.panned(space, look, this.#canvas, by));
        }),
      zoom: (factor, anchor) =>
        this.#withView((space, look) =>
          this.#moveTo(views.zoomed(space, look, this.#canvas, factor, this.#device(anchor))),
        ),
      windowFrom: () => {
        this.#windowStart = this.#look?.window ?? null;
      },
      window: (dx, dy) =>
        this.#withView((_space, look, info) => {
          const start = this.#windowStart ?? look.window;
          this.#moveTo({ ...look, window: views.draggedWindow(start, { dx, dy }, info.inverted) });
        }),
      fit: () => this.run("fit"),
      maximize: () => this.host.dispatchEvent(new CustomEvent("maximize", { bubbles: true })),
      point: (at) => this.#hover.move(at),
      hold: (at, tool) => {
        const held = this.#drawing.begin(at, tool);
        this.#redraw();
        return held;
      },
      drag: (at) =>
        this.#withView((space) => {
          this.#drawing.move(at, space);
          this.#redraw();
        }),
      release: (at) =>
        this.#withView((space) => {
          this.#drawing.end(at, space);
          this.#redraw();
        }),
      letGo: () => {
        this.#drawing.cancel();
        this.#redraw();
      },
    };
  }

  /** Draws in the next animation frame; many reasons, one frame. */
  #redraw(): void {
    if (!this.#frameRequest && !this.#disposed)
      this.#frameRequest = requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    cancelAnimationFrame(this.#frameRequest);
    this.#frameRequest = 0;
    const { width, height } = this.#canvas;
    if (width > 0 && height > 0) this.#draw();
    if (this.#look && this.#told) {
      const change = views.difference(this.#told, this.#look);
      this.#told = this.#look;
      if (change) this.#events.onView(change);
    }
  }

  #draw(): void {
    const look = this.#look;
    const before = this.#picture.drawn?.look;
    const drawn = look && this.#picture.draw(look, this.#canvas, this.#smoothed, performance.now());
    if (!look) this.#picture.blank(this.#canvas);
    const space = this.#picture.space;
    const layout = drawn?.layout ?? null;
    this.#marks.draw(space, layout, this.#ratio);
    this.#pointers.draw(space, layout, this.#ratio);
    this.#corners.draw(space, this.#shown, drawn, this.#note(), this.#ratio);
    const quality = drawn?.quality ?? "none";
    this.host.dataset.drawnQuality = quality;
    if (quality !== this.#quality) {
      this.#quality = quality;
      this.#events.onQuality(quality);
    }
    if (
      drawn &&
      drawn.look === look &&
      drawn.final &&
      this.#tag !== null &&
      this.host.dataset.drawn !== this.#tag
    ) {
      this.host.dataset.drawn = this.#tag;
      this.host.dataset.drawnAt = String(performance.timeOrigin + performance.now());
    }
    // Under a resting hand another place has come to lie.
    if (drawn && drawn.look !== before) this.#hover.again();
  }

  #note(): Note {
    if (this.#shown?.info.values === false) return "no-values";
    return this.#picture.onValues ? null : "no-webgl";
  }
}
