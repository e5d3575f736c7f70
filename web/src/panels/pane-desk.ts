// One pane of this screen: joins what is drawn in it to what the room shares of it.
import { batch, computed, effect, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import type { Pass } from "../net/http.ts";
import type { DrawnPane, PaneView, Place, SeriesInfo, ShownStack } from "../protocol.ts";
import { Pane, type PaneEvents, type Quality, type Tool } from "../stage/index.ts";
import { dayOf } from "../state/dicom-text.ts";
import type { Room } from "../state/room.ts";
import { merged } from "../state/view.ts";
import type { Hand } from "./hand.ts";
import type { Linkable } from "./linking.ts";
import type { Marking } from "./marking.ts";
import { Screen } from "./screen.ts";

const SENTENCE_MS = 1000;
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
  /** `laser`: with a light. */
  pointed(place: Place | null, laser: boolean): void;
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
  /** The series must be asked for again. */
  seriesWanted(): void;
};

export class PaneDesk {
  readonly screen: Screen;
  readonly quality = signal<Quality>("none");
  readonly sentence = signal("");
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
    const { hand, marking, room, serverNow } = this.#parts;
    const pane = new Pane(host, this.#paneEvents(), serverNow);
    const before = this.looked.value;
    this.#pane = pane;
    this.#movedByOthers = ANEW;
    const stops = [
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
      effect(() => pane.setPointers(marking.pointersOn(this.index))),
    ];
    if (!room.following.value) pane.setView(before, null);
    this.#events.mounted();
    const speaking = setInterval(() => {
      this.sentence.value = pane.sentence();
    }, SENTENCE_MS);
    return () => {
      clearInterval(speaking);
      for (const stop of stops) stop();
      pane.dispose();
      this.#pane = null;
      this.drawnTag = null;
      batch(() => {
        this.film.value = null;
        this.quality.value = "none";
        this.sentence.value = "";
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

  /** Another stack as it opens; what there is to tell of it. Null: nothing can be shown now. */
  open(shown: ShownStack): PaneView | null {
    const pane = this.#pane;
    if (pane === null) return null;
    this.screen.own.value = shown;
    const view = pane.defaultView();
    pane.setView(view, null);
    this.look();
    return { ...view, shown };
  }

  /** A view that somebody kept, or a place in a stack; what there is to tell of it. */
  lookAt(view: PaneView): PaneView | null {
    const pane = this.#pane;
    const shown = view.shown ?? null;
    if (pane === null || shown === null) return null;
    const now = this.shown.value;
    const same = now?.series === shown.series && now.stack === shown.stack && now.mode === shown.mode;
    this.screen.own.value = shown;
    const frame = same && view.place != null ? this.screen.frameAt(view.place) : null;
    const change = frame === null ? view : { ...view, ...pane.standingAt(frame) };
    const whole = merged(same ? pane.view() : pane.defaultView(), change);
    pane.setView(whole, null);
    this.look();
    return same ? change : { ...whole, shown };
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
  #showPicture(pane: Pane): void {
    const { pass, room, seriesWanted } = this.#parts;
    const picture = this.picture.value;
    seriesWanted();
    if (picture === null) pane.show(null);
    else {
      const title = room.role.value === "host" ? titleOf(picture.series) : "";
      const { shown, info, series } = picture;
      // Planes are not asked for yet: the stack itself is shown.
      const planes = { mode: "stack", plane: null, camera: null } as const;
      pane.show({ ...pass, ...shown, ...planes, info, title, modality: series.modality });
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
    return (own === null || sameStack(own, shared.shown ?? null)) && pane.shows(shared);
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
      onCrosshair: () => undefined,
      onCrosshairTurn: () => undefined,
      onSeries: (step) => events.stepped(step),
      onMaximize: () => events.maximized(),
      onActivate: () => events.activated(),
      onNotice: (text) => room.notify(text),
    };
  }
}

function sameStack(one: ShownStack | null, other: ShownStack | null): boolean {
  return one?.series === other?.series && one?.stack === other?.stack && one?.mode === other?.mode;
}
