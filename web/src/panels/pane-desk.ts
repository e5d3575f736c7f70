// One pane of this screen: joins what is drawn in it to what the room shares of it.
import { batch, computed, effect, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import type { Pass } from "../net/http.ts";
import type { PlaneGeometries } from "../net/plane-geometries.ts";
import type {
  Camera,
  DrawnPane,
  PaneView,
  PatientPlace,
  Place,
  PlaneGeometry,
  SeriesInfo,
  ShownStack,
} from "../protocol.ts";
import {
  type Crosshair,
  Pane,
  type PaneEvents,
  planeQuery,
  type Quality,
  type Tool,
} from "../stage/index.ts";
import { dayOf } from "../state/dicom-text.ts";
import type { Room } from "../state/room.ts";
import { merged } from "../state/view.ts";
import type { Hand } from "./hand.ts";
import type { Linkable } from "./linking.ts";
import type { Marking } from "./marking.ts";
import { type Hung, hungIn, Screen } from "./screen.ts";

const SENTENCE_MS = 1000;
/** Not more often than this one is told aloud. */
const SPOKEN_MS = 3000;
/** No count of moves: the shared view is drawn whatever was drawn before. */
const ANEW = -1;

/** What is written on the doctor's picture. */
function titleOf(series: SeriesInfo): string {
  return [series.description || series.modality, dayOf(series.date)].filter(Boolean).join(" · ");
}

export type PaneDeskEvents = {
  /** The person moved this pane, or said that they work in it. */
  moved(change: PaneView): void;
  activated(): void;
  /** The next or the previous series is wanted here. */
  stepped(step: 1 | -1): void;
  /** It shall fill the stage, or lie among the others again. */
  maximized(): void;
  /** It is on the screen from now on. */
  mounted(): void;
  pointed(place: Place | null, laser: boolean): void;
  /** The cross of the planes was put somewhere, or turned about this pane's normal. */
  crossed(at: PatientPlace): void;
  turned(radians: number): void;
  /** What is on the screen, or how good it is, has changed. */
  drew(): void;
  /** The tool changed by itself. */
  toolChanged(tool: Tool): void;
};

export type PaneDeskParts = {
  pass: Pass;
  room: Room;
  hand: Hand;
  marking: Marking;
  /** For the first pane: what the door told of the first picture. */
  first: FirstPicture | null;
  serverNow(): number | null;
  geometries: PlaneGeometries;
  /** How many panes are on this screen. */
  visible(): number;
  crosshairIn(pane: PaneDesk): Crosshair | null;
  /** The series must be asked for again. */
  seriesWanted(): void;
};

export class PaneDesk {
  readonly screen: Screen;
  readonly quality = signal<Quality>("none");
  readonly sentence = signal("");
  /** Who points where on it, in words. */
  readonly pointing = signal("");
  /** Both, as they are told aloud. */
  readonly spoken = signal("");
  /** The frame that a film running here has come to; null: nothing runs. */
  readonly film = signal<number | null>(null);
  readonly looked: Screen["looked"];
  readonly shown: Screen["shown"];
  readonly picture: Screen["picture"];
  /** Which picture of the stack is on screen, from 0. */
  readonly frame = computed(() => this.film.value ?? this.screen.frame.value);
  /** The shared view that is on the screen; null: none is. */
  drawnTag: string | null = null;

  readonly #parts: PaneDeskParts;
  readonly #events: PaneDeskEvents;
  #pane: Pane | null = null;
  #movedByOthers = ANEW;
  /** How often something was hung here: what comes after something newer is not hung any more. */
  #turns = 0;

  constructor(
    readonly index: number,
    parts: PaneDeskParts,
    events: PaneDeskEvents,
  ) {
    this.#parts = parts;
    this.#events = events;
    this.screen = new Screen(parts.room, index, parts.first);
    this.looked = this.screen.looked;
    this.shown = this.screen.shown;
    this.picture = this.screen.picture;
  }

  get pane(): Pane | null {
    return this.#pane;
  }

  /** Draws into `host` until what it returns is called. */
  mount(host: HTMLElement): () => void {
    const { crosshairIn, hand, marking, room, serverNow, visible } = this.#parts;
    const pane = new Pane(host, this.#paneEvents(), serverNow);
    const before = this.looked.value;
    this.#pane = pane;
    this.#movedByOthers = ANEW;
    const stops = [
      effect(() => this.#layPlanes()),
      effect(() => this.#showPicture(pane)),
      effect(() => this.#showFirst(pane)),
      effect(() => this.#showView(pane)),
      effect(() => pane.setTool(hand.tool.value, hand.chosen.value)),
      effect(() => pane.setSingleKeys(hand.singleKeys.value)),
      effect(() => pane.setSmoothed(hand.smoothed.value)),
      effect(() => pane.setOverlays(hand.overlays.value)),
      effect(() => pane.setPlain(room.role.value === "patient")),
      effect(() => {
        pane.setMarks(marking.on(this.shown.value));
        this.#events.drew();
      }),
      effect(() => pane.setShare(visible())),
      effect(() => pane.setCrosshair(crosshairIn(this))),
      effect(() => pane.setPointers(marking.pointersOn(this.index))),
    ];
    if (!room.following.value) pane.setView(before, null);
    this.#events.mounted();
    const speaking = setInterval(() => {
      this.sentence.value = pane.sentence();
      this.pointing.value = pane.pointing();
    }, SENTENCE_MS);
    const telling = setInterval(() => {
      this.spoken.value = [this.sentence.peek(), this.pointing.peek()].filter(Boolean).join("; ");
    }, SPOKEN_MS);
    return () => {
      clearInterval(speaking);
      clearInterval(telling);
      for (const stop of stops) stop();
      pane.dispose();
      this.#pane = null;
      this.drawnTag = null;
      batch(() => {
        this.film.value = null;
        this.quality.value = "none";
        this.sentence.value = this.pointing.value = this.spoken.value = "";
      });
    };
  }

  // --- what people do here ------------------------------------------------------------------------------
  /** Notes what the pane looks at now. */
  look(): void {
    if (this.#pane !== null) this.looked.value = this.#pane.view();
  }

  /** Another picture of the stack, from 0; what there is to tell of it. */
  goTo(frame: number): PaneView | null {
    const pane = this.#pane;
    const there = pane && this.screen.onFrame(pane.view(), frame);
    if (pane === null || there === null) return null;
    return this.move({ ...there, ...pane.standingAt(frame) });
  }

  /** This pane, moved by something else than a hand on it. */
  move(change: PaneView): PaneView {
    if (this.#pane !== null) this.#pane.setView(merged(this.#pane.view(), change), null);
    this.look();
    return change;
  }

  /**
   * Another stack, or another cut of one, as it opens but for what `otherwise` says, with the picture that lies
   * `through` a place; what there is to tell of it. Null: it cannot be shown now, or something newer was hung meanwhile.
   */
  async hang(hung: Hung, otherwise: PaneView = {}, through: Place | null = null): Promise<PaneView | null> {
    const turn = ++this.#turns;
    const plane = await this.#planeOf(hung);
    const pane = this.#pane;
    if (plane === undefined || pane === null || turn !== this.#turns) return null;
    batch(() => {
      if (plane !== null) this.screen.laid.value = { ...hung, plane };
      this.screen.own.value = hung;
    });
    const opened = pane.defaultView();
    const frame = through === null ? null : this.screen.frameAt(through);
    const there = frame === null ? null : this.screen.onFrame(opened, frame);
    const view = merged({ ...opened, ...there }, otherwise);
    pane.setView(view, null);
    this.look();
    return { ...view, shown: hung.shown, camera: hung.camera };
  }

  /** A view that somebody kept, or a place in a stack; what there is to tell of it. */
  async lookAt(view: PaneView): Promise<PaneView | null> {
    const hung = hungIn(view);
    if (hung === null) return null;
    const now = this.screen.hung.peek();
    if (now === null || !isSame(now, hung)) return this.hang(hung, view);
    const frame = view.place == null ? null : this.screen.frameAt(view.place);
    const change = frame === null ? view : { ...view, ...this.#pane?.standingAt(frame) };
    return this.move(change);
  }

  /** The whole of what is shown here, or was while this pane had room, as it is told; null: nothing is. */
  whole(): PaneView | null {
    const shown = this.shown.peek();
    return shown === null ? null : { ...(this.#pane?.view() ?? this.looked.peek()), shown };
  }

  /** The picture here as one that stands: of a film, the one it has come to. Null: there is none. */
  standing(): PaneView | null {
    const whole = this.whole();
    if (whole === null) return null;
    const { cine: _, ...view } = whole;
    const frame = this.film.value;
    return { ...view, ...(frame === null ? null : this.screen.onFrame(view, frame)) };
  }

  /** Where it stands, for panes that are linked to it. */
  linkable(): Linkable {
    return { index: this.index, space: this.screen.space.peek(), place: this.looked.peek().place ?? null };
  }

  /** What is really on this pane; null: it shows no stack. */
  drawn(): DrawnPane | null {
    const shown = this.shown.peek();
    if (shown === null || this.#pane === null) return null;
    const { series, stack } = shown;
    const place = this.#pane.view().place ?? null;
    return { pane: this.index, series, stack, place, quality: this.quality.peek() };
  }

  // --- from the room to the pane ------------------------------------------------------------------------
  /** Learns where the planes lie that are to be shown. */
  #layPlanes(): void {
    const hung = this.screen.hung.value;
    const laid = this.screen.laid.peek();
    if (hung === null || hung.shown.mode === "stack" || (laid !== null && isSame(laid, hung))) {
      this.screen.trouble.value = null;
      return;
    }
    void this.#planeOf(hung).then((plane) => {
      const now = this.screen.hung.peek();
      if (plane != null && now !== null && isSame(now, hung)) this.screen.laid.value = { ...hung, plane };
    });
  }

  /** Where its planes lie; null: it shows frames; undefined: there are no such planes, and `trouble` says why. */
  async #planeOf({ shown, camera }: Hung): Promise<PlaneGeometry | null | undefined> {
    this.screen.trouble.value = null;
    if (shown.mode === "stack") return null;
    try {
      const path = planePath(shown.mode, camera);
      return await this.#parts.geometries.get(shown.series, shown.stack, path);
    } catch (error) {
      this.screen.trouble.value = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }

  #showPicture(pane: Pane): void {
    const { pass, room, seriesWanted } = this.#parts;
    const picture = this.picture.value;
    seriesWanted();
    if (picture === null) pane.show(null);
    else {
      const { shown, info, series, plane, camera } = picture;
      const title = room.role.value === "host" ? titleOf(series) : "";
      pane.show({ ...pass, ...shown, info, plane, camera, modality: series.modality, title });
    }
    this.look();
  }

  /** Before the room's own view is known: what everyone looked at when this person came in. */
  #showFirst(pane: Pane): void {
    const view = this.screen.firstView.value;
    const first = this.screen.first;
    if (view === null || first === null) return;
    pane.setView(view, null);
    this.look();
    first.jpeg.then(
      (jpeg) => pane.offer({ ...first, jpeg }),
      () => undefined,
    );
  }

  #showView(pane: Pane): void {
    const { room } = this.#parts;
    if (room.document.value === null) return;
    const shared = this.screen.shared.value;
    const latest = room.shared.value.latest;
    const moved = room.movedByOthers.value;
    const byOthers = moved !== this.#movedByOthers;
    if (this.picture.value === null) return;
    this.#movedByOthers = moved;
    if (!room.following.value) return;
    if (room.leads.peek() && !byOthers && !this.#settled(pane, shared)) return;
    this.screen.own.value = null;
    pane.setView(shared, `${latest.fence}.${latest.viewRevision}`);
    this.look();
  }

  /** Whether the leader's own pane shows just what is shared: then nothing of its own is still on its way. */
  #settled(pane: Pane, shared: PaneView): boolean {
    const own = this.screen.own.peek();
    const hung = hungIn(shared);
    return (own === null || (hung !== null && isSame(own, hung))) && pane.shows(shared);
  }

  // --- from the pane to the room ------------------------------------------------------------------------
  #paneEvents(): PaneEvents {
    const { marking, room } = this.#parts;
    const events = this.#events;
    return {
      onView: (change) => {
        this.look();
        events.moved(change);
      },
      onPointer: (place, laser) => events.pointed(place, laser),
      onSeries: (step) => events.stepped(step),
      onMaximize: () => events.maximized(),
      onActivate: () => events.activated(),
      onCrosshair: (at) => events.crossed(at),
      onCrosshairTurn: (radians) => events.turned(radians),
      onMark: (shape) => marking.add(shape, this.shown.peek()),
      onWrite: (at, kind) => void marking.write(at, kind, this.shown.peek()),
      onMarkChange: (id, shape) => marking.change(id, shape, this.shown.peek()),
      onMarkMenu: (id, at) => {
        marking.menu.value = { id, at };
      },
      onQuality: (quality) => {
        this.quality.value = quality;
        events.drew();
      },
      onDrawn: (tag) => {
        this.drawnTag = tag;
        events.drew();
      },
      onTool: (tool) => events.toolChanged(tool),
      onFilm: (frame) => {
        this.film.value = frame;
      },
      onNotice: (text) => room.notify(text),
    };
  }
}

function planePath(mode: ShownStack["mode"], camera: Camera | null): string {
  const query = planeQuery(mode, camera);
  return query === "" ? mode : `${mode}?${query}`;
}

function isSame(one: Hung, other: Hung): boolean {
  const [a, b] = [one.shown, other.shown];
  const cut = planeQuery(a.mode, one.camera) === planeQuery(b.mode, other.camera);
  return a.series === b.series && a.stack === b.stack && a.mode === b.mode && cut;
}
