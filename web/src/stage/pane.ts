// One pane: a picture, what lies over it, and the hands on it. The page gives it a view and hears where the user moves.
import "./stage.css";
import type { PaneView, Place, Slab, WireWindow } from "../protocol.ts";
import { words } from "../words.ts";
import { budgetsOf, onPhone } from "./budgets.ts";
import { commanded, movesFrames, type ViewCommandName } from "./commands.ts";
import { CornerText, type Note } from "./corner-text.ts";
import { CrosshairLayer } from "./crosshair.ts";
import type { Crosshair } from "./crosshair-lines.ts";
import { Drawing } from "./drawing.ts";
import { DrawingKeys } from "./drawing-keys.ts";
import { Film } from "./film.ts";
import { Gaze } from "./gaze.ts";
import { Gestures, type Hands } from "./gestures.ts";
import { handsOn } from "./hands.ts";
import { HoverPointer } from "./hover-pointer.ts";
import { Keys } from "./keys.ts";
import { Lasers } from "./laser.ts";
import { type CanvasSize, pointAt, type ScreenPoint } from "./layout.ts";
import { MarkMenu } from "./mark-menu.ts";
import { Marks } from "./marks.ts";
import { Picture } from "./picture.ts";
import { plainSentence } from "./plain-text.ts";
import { asStack } from "./plane-stack.ts";
import { Pointers } from "./pointers.ts";
import { presetsFor } from "./presets.ts";
import { watchSize } from "./size.ts";
import { THIN, thickened } from "./slab.ts";
import type { SnapshotWords } from "./snapshot.ts";
import { placeOf } from "./space.ts";
import { pointingSentence, seenIn } from "./spoken.ts";
import { Tidings } from "./tidings.ts";
import type {
  EarlyPicture,
  PaneCommand,
  PaneEvents,
  PaneMark,
  PanePointer,
  PaneStats,
  Pixels,
  ShownPicture,
  Tool,
} from "./types.ts";
import { canBeInverted, defaultLook, type Look, pointOf } from "./view-state.ts";
import { wireWindow } from "./window-lut.ts";
import { windowSentence } from "./window-words.ts";

export class Pane {
  readonly host: HTMLElement;
  #events: PaneEvents;
  #picture: Picture;
  #marks: Marks;
  #pointers: Pointers;
  #corners: CornerText;
  #drawing: Drawing;
  #lasers: Lasers;
  #crosshair: CrosshairLayer;
  #drawingKeys: DrawingKeys;
  #markMenu: MarkMenu;
  #gestures: Gestures;
  #keys: Keys;
  #hover: HoverPointer;
  #film: Film;
  #unwatch: () => void;
  #listening = new AbortController();

  #gaze = new Gaze();
  #tidings: Tidings;
  #tool: Tool = "window";
  #toolChosen = false;
  #smoothed = true;
  #overlays = true;
  #canvas: CanvasSize = { width: 0, height: 0 };
  #ratio = 1;
  #frameRequest = 0;
  #disposed = false;

  /** `serverNow`: the server's time in ms, by which films run; null before it is known. */
  constructor(host: HTMLElement, events: PaneEvents, serverNow: () => number | null) {
    this.host = host;
    this.#events = events;
    host.classList.add("stage");
    if (host.tabIndex < 0) host.tabIndex = 0;
    const redraw = () => this.#redraw();
    this.#tidings = new Tidings(host.dataset, events);
    this.#picture = new Picture(host, redraw);
    this.#marks = new Marks(host);
    this.#pointers = new Pointers(host);
    this.#crosshair = new CrosshairLayer({
      host,
      events,
      tool: () => this.#tool,
      single: () => this.#keys.single,
      redraw,
    });
    this.#corners = new CornerText(host);
    this.#drawing = new Drawing({
      marks: this.#marks,
      events,
      placeAt: (at) => this.#placeAt(at),
      space: () => this.#picture.space,
      done: () => this.#endTool(),
    });
    this.#film = new Film(serverNow, redraw);
    this.#hover = new HoverPointer((at) => events.onPointer(at && this.#placeAt(at), this.#tool === "laser"));
    this.#lasers = new Lasers(host);
    const [drawing, marks] = [this.#drawing, this.#marks];
    this.#drawingKeys = new DrawingKeys({
      host,
      drawing,
      marks,
      tool: () => this.#tool,
      point: (at) => this.#hover.move(at),
      redraw,
    });
    this.#markMenu = new MarkMenu({
      host,
      marks,
      draw: () => this.#drawNow(),
      stop: () => this.#gestures.stop(),
      open: (id, at) => events.onMarkMenu(id, at),
      redraw,
    });
    this.#keys = new Keys(host, {
      run: (command) => this.run(command),
      preset: (index) => this.#presetKey(index),
      series: (step) => events.onSeries(step),
      tool: (tool) => {
        this.setTool(tool);
        events.onTool(tool);
      },
      maximize: () => events.onMaximize(),
    });
    const hands = handsOn({
      host,
      keys: this.#keys,
      drawing: this.#drawing,
      hover: this.#hover,
      tool: (touch) => (touch && this.#tool === "window" && !this.#toolChosen ? "scroll" : this.#tool),
      canvas: () => this.#canvas,
      ratio: () => this.#ratio,
      withView: (act) => this.#gaze.with(act),
      moveTo: (look) => this.#moveTo(look),
      stop: () => this.#stopFilm(),
      run: (command) => this.run(command),
      notice: (text) => events.onNotice(text),
      redraw,
    });
    const inHands = this.#crosshair.inHands(hands);
    this.#gestures = new Gestures(host, {
      ...inHands,
      point: (at) => this.#pointAt(inHands, at),
      maximize: () => events.onMaximize(),
    });
    for (const name of ["pointerdown", "focus"] as const)
      host.addEventListener(name, () => events.onActivate(), {
        signal: this.#listening.signal,
        capture: true,
      });
    this.#unwatch = watchSize(host, (size, ratio) => {
      this.#canvas = size;
      this.#ratio = ratio;
      this.#redraw();
    });
    host.dataset.tool = this.#tool;
  }

  /** Shows a stack. Again with new `info` of the same stack: what has become ready meanwhile. */
  show(picture: ShownPicture | null): void {
    const known = picture !== null && (picture.mode === "stack" || picture.plane !== null);
    const shown = known ? { ...picture, info: asStack(picture.info, picture.plane) } : null;
    this.#picture.show(shown);
    if (this.#gaze.show(shown, this.#picture.space)) {
      this.#gestures.stop();
      this.#drawing.cancel();
      this.#film.reset();
    }
    this.#redraw();
  }

  /**
   * Takes a whole view as it is; `tag` names it in `host.dataset.drawn` once it is drawn as well as it can be; null:
   * it is nobody's shared view.
   * Never answered with `onView`. While the user's own hand moves this pane, echoes of older own views must not come here.
   */
  setView(view: PaneView, tag: string | null): void {
    this.#gaze.take(view, tag);
    if (tag === null) this.#tidings.moved();
    this.#redraw();
  }

  /** A picture that is here before any tile: a preview wherever this very frame is looked at in this very window. */
  offer(early: EarlyPicture): void {
    if (this.#gaze.isFor(early)) void this.#picture.offer(early);
  }

  view(): PaneView {
    return this.#gaze.view();
  }

  /** Whether a view, with what it leaves open filled in, is what this pane has come to. */
  shows(view: PaneView): boolean {
    return this.#gaze.shows(view);
  }

  /** How this stack opens; a film stands at first. */
  defaultView(): PaneView {
    const { space } = this.#picture;
    const { shown } = this.#gaze;
    if (!space || !shown) return {};
    const { series, stack, mode, info } = shown;
    const look = defaultLook(space, shown);
    const { frame } = pointOf(space, look);
    const cine = this.#film.standingAt(info, frame, null);
    const planes = mode === "stack" ? null : { slab: THIN };
    const oblique = mode === "oblique" && shown.camera ? { camera: shown.camera } : null;
    return { shown: { series, stack, mode }, ...look, cine, ...planes, ...oblique };
  }

  /** On touch "window" means scrolling, unless the person chose it: then `chosen` is true. */
  setTool(tool: Tool, chosen = false): void {
    this.#tool = tool;
    this.#toolChosen = chosen;
    this.host.dataset.tool = tool;
    this.#lasers.shine(null);
    this.#hover.again();
    this.#marks.cursor = null;
    if (this.#drawing.active) this.#stopDrawing();
    this.#redraw();
  }

  /** Whether enlarged pixels are smoothed; they are at first. */
  setSmoothed(smoothed: boolean): void {
    this.#smoothed = smoothed;
    this.#redraw();
  }

  /** Whether the overlays of the file are drawn; they are at first. */
  setOverlays(on: boolean): void {
    this.#overlays = on;
    this.#redraw();
  }

  /** For people who are no radiologists: no numbers on the picture, and plain words. */
  setPlain(plain: boolean): void {
    this.#corners.plain = plain;
    this.#redraw();
  }

  /** How many times as fast as it was recorded a film runs. */
  setRate(rate: number): void {
    this.#gaze.with((space, look, info) => this.#moveTo(this.#film.atRate(space, info, look, rate)));
  }

  /** What must be told beside another frame: that a film which ran stands there. */
  standingAt(frame: number): PaneView {
    const { shown, look } = this.#gaze;
    return shown && look?.cine?.playing ? { cine: this.#film.standingAt(shown.info, frame, look) } : {};
  }

  /** Single letters and digits as commands can be switched off. */
  setSingleKeys(on: boolean): void {
    this.#keys.single = on;
  }

  setMarks(marks: PaneMark[]): void {
    this.#marks.set(marks);
    this.#redraw();
  }

  /** The planes that cross here, and where; null: none. */
  setCrosshair(cross: Crosshair | null): void {
    this.#crosshair.set(cross);
    this.#redraw();
  }

  /** The mark that is looked for among the others; null: none. */
  select(id: string | null): void {
    this.#marks.selected = id;
    this.#redraw();
  }

  setPointers(pointers: PanePointer[]): void {
    this.#pointers.set(pointers);
    for (const { key, color, place, laser } of pointers) if (laser) this.#lasers.spot(key, color, place);
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
        this.#stopDrawing();
        this.#redraw();
        break;
      case "cine":
        this.#gaze.with((space, look, info) => this.#moveTo(this.#film.toggled(space, info, look)));
        this.#redraw();
        break;
      case "invert":
        if (this.#gaze.shown && !canBeInverted(this.#gaze.shown.info))
          this.#events.onNotice(words.stage.colorIsNotInverted);
        else this.#command(command);
        break;
      case "brighter":
      case "darker":
      case "moreContrast":
      case "lessContrast":
        if (this.#gaze.shown?.info.samples === 3) this.#events.onNotice(words.stage.colorHasNoWindow);
        else this.#command(command);
        break;
      default:
        if (movesFrames(command)) this.#stopFilm();
        this.#command(command);
    }
  }

  setPreset(window: WireWindow): void {
    const { look } = this.#gaze;
    if (look) this.#moveTo({ ...look, window: wireWindow(window) });
  }

  /** How thick the planes are, and what is made of the voxels within; null: the planes alone. */
  setSlab(slab: Slab | null): void {
    const { shown, look } = this.#gaze;
    if (look && shown && shown.mode !== "stack") this.#moveTo({ ...look, slab: thickened(slab) });
  }

  /** How many panes share this screen: each keeps its part of what a page may keep. */
  setShare(panes: number): void {
    this.#picture.setBudgets(budgetsOf(panes, onPhone()));
  }

  stats(): PaneStats {
    return this.#picture.stats();
  }

  /** The drawn picture without marks and words. */
  pixels(): Pixels {
    this.#drawNow();
    return this.#picture.pixels();
  }

  /** The picture as it is on the screen, as a PNG; null: there is none. */
  async snapshot(words: SnapshotWords): Promise<Blob | null> {
    // Few save pictures: what that takes is fetched when somebody does, and before the picture is looked at.
    const { snapshot } = await import("./snapshot.ts");
    const pixels = this.pixels();
    if (!this.#picture.drawn || this.#picture.drawn.quality === "none") return null;
    const { overlay } = this.#picture;
    const [host, sketches, ratio] = [this.host, this.#marks.kept(), this.#ratio];
    return snapshot({ host, pixels, overlay, sketches, ratio }, words);
  }

  /** What is drawn, in words, for those who do not see it. */
  sentence(): string {
    const drawn = this.#picture.drawn;
    const { look } = this.#gaze;
    if (!drawn) return "";
    const { info } = drawn.shown;
    if (this.#corners.plain) return plainSentence(drawn, look !== null && !!this.#film.running(info, look));
    if (drawn.refusal) return drawn.refusal;
    const window = windowSentence(info, drawn.look.window);
    if (look && this.#film.running(info, look)) return words.stage.playingSentence(info.frames, window);
    return words.stage.sentence(drawn.layout.center.frame, info.frames, seenIn(drawn.space, window));
  }

  /** Who points where on the picture, in words; empty: nobody does. */
  pointing(): string {
    const { drawn } = this.#picture;
    return drawn ? pointingSentence(drawn, this.#pointers.all, this.#corners.plain) : "";
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening.abort();
    cancelAnimationFrame(this.#frameRequest);
    this.#unwatch();
    this.#film.dispose();
    this.#gestures.dispose();
    this.#keys.dispose();
    this.#drawingKeys.dispose();
    this.#markMenu.dispose();
    this.#hover.dispose();
    this.#crosshair.dispose();
    this.#lasers.dispose();
    for (const part of [this.#marks, this.#pointers, this.#corners]) part.remove();
    this.#picture.dispose();
    this.host.classList.remove("stage");
  }

  /** The user's own movement: drawn here, then told. */
  #moveTo(look: Look): void {
    if (!this.#gaze.moveTo(look)) return;
    this.#tidings.moved();
    this.#redraw();
  }

  #command(command: ViewCommandName): void {
    const { shown } = this.#gaze;
    this.#gaze.with((space, look) => {
      if (shown) this.#moveTo(commanded(command, space, shown, look, this.#canvas));
    });
  }

  #stopFilm(): void {
    this.#gaze.with((space, look, info) => this.#moveTo(this.#film.stopped(space, info, look)));
  }

  #pointAt(hands: Hands, at: ScreenPoint | null): void {
    hands.point(at);
    if (this.#tool === "laser") this.#lasers.shine(at && this.#placeAt(at));
  }

  /** The place under a point of the picture that is *drawn*. */
  #placeAt(at: ScreenPoint): Place | null {
    const drawn = this.#picture.drawn;
    const device = { x: at.x * this.#ratio, y: at.y * this.#ratio };
    return drawn && placeOf(drawn.space, pointAt(drawn.layout, device));
  }

  #presetKey(index: number): void {
    const { shown } = this.#gaze;
    const preset = shown && presetsFor(shown.info)[index];
    if (preset) this.setPreset(preset.window);
  }

  #deleteMark(): void {
    const id = this.#marks.selected;
    if (id === null || !this.#marks.mark(id)?.removable) return;
    this.#marks.selected = null;
    this.#events.onMarkChange(id, null);
    this.#redraw();
  }

  #stopDrawing(): void {
    this.#gestures.stop();
    this.#drawing.cancel();
  }

  #cancel(): void {
    this.#stopDrawing();
    this.#marks.cursor = null;
    this.#marks.selected = null;
    if (this.#tool !== "window") this.#endTool();
    this.#redraw();
  }

  #endTool(): void {
    this.setTool("window");
    this.#events.onTool("window");
  }

  /** Draws in the next animation frame; many reasons, one frame. */
  #redraw(): void {
    if (!this.#frameRequest && !this.#disposed)
      this.#frameRequest = requestAnimationFrame(() => this.#frame());
  }

  #drawNow(): void {
    if (this.#frameRequest) this.#frame();
  }

  #frame(): void {
    cancelAnimationFrame(this.#frameRequest);
    this.#frameRequest = 0;
    const { width, height } = this.#canvas;
    if (width > 0 && height > 0) this.#draw();
    const change = this.#gaze.untold();
    if (change) this.#events.onView(change);
    this.#crosshair.tell();
  }

  #draw(): void {
    const { space } = this.#picture;
    const { shown, look: own, tag } = this.#gaze;
    const playing = shown && own ? this.#film.running(shown.info, own) !== null : false;
    const look = space && shown && own ? this.#film.at(space, shown.info, own) : own;
    const before = this.#picture.drawn?.look;
    const how = { smoothed: this.#smoothed, overlays: this.#overlays, playing };
    const drawn = look && this.#picture.draw(look, this.#canvas, how, performance.now());
    if (!look) this.#picture.blank(this.#canvas);
    const layout = drawn?.layout ?? null;
    const seen = drawn?.space ?? null;
    const lie = seen && layout && { space: seen, layout, ratio: this.#ratio };
    this.#marks.draw(lie, drawn?.shown.info.calibration === "patient");
    this.#crosshair.draw(drawn, this.#ratio);
    this.#pointers.draw(seen, layout, this.#ratio, playing);
    this.#lasers.lie(lie);
    this.#corners.draw(drawn, this.#note(), this.#ratio);
    this.#tidings.drew(drawn, { look, tag, playing });
    // Under a resting hand another place has come to lie; while a film runs it is the hand that rests.
    if (drawn && drawn.look !== before && !playing) this.#hover.again();
  }

  #note(): Note {
    const info = this.#gaze.shown?.info;
    if (info?.values === false) return "no-values";
    if (info?.overlays && !this.#overlays) return "no-overlays";
    return this.#picture.onValues ? null : "no-webgl";
  }
}
