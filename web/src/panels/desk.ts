// One screen in the room: joins the pane (what is drawn here) to the session (what is shared).
import { computed, effect, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import { type Pass, seriesIndex } from "../net/http.ts";
import { SeriesList } from "../net/series-list.ts";
import type { Session } from "../net/session.ts";
import type { PaneView, SeriesInfo, ShownStack, WireWindow } from "../protocol.ts";
import { Pane, type PaneCommand, type PaneEvents, type Quality, type Tool } from "../stage/index.ts";
import { dayOf } from "../state/dicom-text.ts";
import type { Room } from "../state/room.ts";
import { merged } from "../state/view.ts";
import { Marking } from "./marking.ts";
import { Screen } from "./screen.ts";

const SENTENCE_MS = 1000;
/** No count of moves: the shared view is drawn whatever was drawn before. */
const ANEW = -1;

/** What is written on the doctor's picture. */
function titleOf(series: SeriesInfo): string {
  return [series.description || series.modality, dayOf(series.date)].filter(Boolean).join(" · ");
}

function keysOf(all: readonly { series: string }[]): string {
  return all
    .map(({ series }) => series)
    .sort()
    .join(" ");
}

export class Desk {
  readonly tool = signal<Tool>("window");
  readonly quality = signal<Quality>("none");
  readonly sentence = signal("");
  readonly help = signal(false);
  /** Whether shortcuts of a single letter are wanted. */
  readonly singleKeys = signal(true);
  /** Whether what the file draws over its pictures is shown here. */
  readonly overlays = signal(true);
  /** The frame that a film running here has come to; null: nothing runs. */
  readonly film = signal<number | null>(null);
  /** Whether enlarged pixels are smoothed here. */
  readonly smoothed = signal(true);

  readonly marking: Marking;
  readonly #screen: Screen;
  readonly looked: Screen["looked"];
  readonly shown: Screen["shown"];
  readonly picture: Screen["picture"];
  /** Which picture of the stack is on screen, from 0. */
  readonly frame = computed(() => this.film.value ?? this.#screen.frame.value);
  /** The series that are open now, as one text to compare; null before the room is known. */
  readonly #open = computed(() => {
    const document = this.room.document.value;
    return document === null ? null : keysOf(document.series);
  });
  #pane: Pane | null = null;
  #movedByOthers = 0;
  /** The shared view that is on the screen; null: none is. */
  #drawnTag: string | null = null;
  /** Messages up to this revision were seen here. */
  readonly readUpTo = signal(0);
  /** How many messages of others were not seen yet. */
  readonly unread = computed(() => {
    const { document, me } = this.room;
    const chat = document.value?.chat ?? [];
    return chat.filter(({ revision, by }) => revision > this.readUpTo.value && by !== me.value).length;
  });
  readonly #list: SeriesList;
  #toolChosen = false;

  constructor(
    readonly pass: Pass,
    readonly room: Room,
    readonly session: Session,
    first: FirstPicture | null,
  ) {
    this.#screen = new Screen(room, first);
    this.looked = this.#screen.looked;
    this.shown = this.#screen.shown;
    this.picture = this.#screen.picture;
    this.marking = new Marking(room, session, this.#screen);
    this.#list = new SeriesList(() => seriesIndex(pass), {
      list: (series) => {
        room.series.value = series;
      },
      trouble: (told) => {
        room.seriesTrouble.value = told;
      },
      wanted: () => this.#seriesWanted(),
    });
    this.loadSeries();
  }

  /** Draws into `host` until what it returns is called. */
  mount(host: HTMLElement): () => void {
    const events: PaneEvents = {
      onView: (change) => this.#moved(change),
      onPointer: (place) => this.session.tell({ pointer: place }),
      onMark: (shape) => this.marking.add(shape),
      onWrite: (at, kind) => void this.marking.write(at, kind),
      onMarkChange: (id, shape) => this.marking.change(id, shape),
      onMarkMenu: (id, at) => {
        this.marking.menu.value = { id, at };
      },
      onQuality: (quality) => {
        this.quality.value = quality;
        this.session.tell({ quality });
        this.#reportDrawn();
      },
      onDrawn: (tag) => this.#drew(tag),
      onTool: (tool) => this.#useTool(tool, false),
      onFilm: (frame) => {
        this.film.value = frame;
      },
      onNotice: (text) => this.room.notify(text),
    };
    const pane = new Pane(host, events, () => this.session.serverNow());
    const before = this.looked.value;
    this.#pane = pane;
    this.#movedByOthers = ANEW;
    const stops = [
      effect(() => this.#showPicture(pane)),
      effect(() => this.#showFirst(pane)),
      effect(() => this.#showView(pane)),
      effect(() => pane.setTool(this.tool.value, this.#toolChosen)),
      effect(() => pane.setSingleKeys(this.singleKeys.value)),
      effect(() => pane.setSmoothed(this.smoothed.value)),
      effect(() => pane.setOverlays(this.overlays.value)),
      effect(() => {
        pane.setMarks(this.marking.marks.value);
        this.#reportDrawn();
      }),
      effect(() => pane.setPointers(this.marking.pointers.value)),
    ];
    if (!this.room.following.value) pane.setView(before, null);
    const speaking = setInterval(() => {
      this.sentence.value = pane.sentence();
    }, SENTENCE_MS);
    return () => {
      clearInterval(speaking);
      for (const stop of stops) stop();
      pane.dispose();
      this.#pane = null;
      this.film.value = null;
    };
  }

  close(): void {
    this.#list.close();
    this.session.close();
  }

  get pane(): Pane | null {
    return this.#pane;
  }

  // --- what people do at this screen --------------------------------------------------------------------
  choose(tool: Tool): void {
    this.#useTool(tool, true);
  }

  run(command: PaneCommand): void {
    this.#pane?.run(command);
    this.#look();
  }

  toggleOverlays(): void {
    if (this.picture.value?.info.overlays) this.overlays.value = !this.overlays.value;
  }

  preset(window: WireWindow): void {
    this.#pane?.setPreset(window);
    this.#look();
  }

  /** How many times as fast as it was recorded the film runs. */
  rate(rate: number): void {
    this.#pane?.setRate(rate);
    this.#look();
  }

  /** Another picture of the stack, from 0. */
  goTo(frame: number): void {
    const pane = this.#pane;
    const there = pane && this.#screen.onFrame(pane.view(), frame);
    if (pane === null || there === null) return;
    const change = { ...there, ...pane.standingAt(frame) };
    pane.setView(merged(pane.view(), change), null);
    this.#moved(change);
  }

  /** Another stack: for everyone by the leader, else for this screen alone. */
  open(series: string, stack: number): void {
    const pane = this.#pane;
    const now = this.shown.value;
    if (pane === null || (now?.series === series && now.stack === stack)) return;
    const shown: ShownStack = { series, stack, mode: "stack" };
    if (!this.room.leads.value) this.#alone();
    this.#screen.own.value = shown;
    const view = pane.defaultView();
    pane.setView(view, null);
    this.#moved({ ...view, shown });
  }

  /** A view that somebody kept, or the place of a question: for everyone by the leader, else for this screen. */
  lookAt(view: PaneView): void {
    const pane = this.#pane;
    const shown = view.shown ?? null;
    if (pane === null || shown === null) return;
    if (!this.room.leads.value) this.#alone();
    const now = this.shown.value;
    const same = now?.series === shown.series && now.stack === shown.stack;
    this.#screen.own.value = shown;
    const frame = same && view.place != null ? this.#screen.frameAt(view.place) : null;
    const change = frame === null ? view : { ...view, ...pane.standingAt(frame) };
    const whole = merged(same ? pane.view() : pane.defaultView(), change);
    pane.setView(whole, null);
    this.#moved(same ? change : { ...whole, shown });
  }

  /** Back to what everyone sees. */
  back(): void {
    this.session.withdraw();
    this.#screen.own.value = null;
    this.room.following.value = true;
    this.session.tell({ following: true });
  }

  /** Everyone shall see what is seen here. */
  showMine(): void {
    if (this.#pane === null || this.shown.value === null) return;
    this.session.show(() => ({ ...this.#pane?.view(), shown: this.shown.peek() }));
  }

  /** The picture on this screen as one that stands: of a film, the one it has come to. Null: there is none. */
  standing(): PaneView | null {
    const shown = this.shown.value;
    if (this.#pane === null || shown === null) return null;
    const { cine: _, ...view } = this.#pane.view();
    const frame = this.film.value;
    return { ...view, ...(frame === null ? null : this.#screen.onFrame(view, frame)), shown };
  }

  loadSeries(): void {
    void this.#list.ask();
  }

  /** While any stack is being read, or other series are open than the index says, it is asked for again. */
  #seriesWanted(): boolean {
    if (this.room.connection.value === "ended") return false;
    const series = this.room.series.value;
    if (series === null || (this.#open.value !== null && this.#open.value !== keysOf(series))) return true;
    return series.some(({ stacks }) => stacks.some(({ complete }) => !complete));
  }

  // --- from the room to the pane ------------------------------------------------------------------------
  #showPicture(pane: Pane): void {
    const picture = this.picture.value;
    if (this.#seriesWanted()) this.loadSeries();
    const { room, grant } = this.pass;
    if (picture === null) pane.show(null);
    else {
      const title = this.room.role.value === "host" ? titleOf(picture.series) : "";
      pane.show({ room, grant, ...picture.shown, info: picture.info, title });
    }
    this.#look();
  }

  /** Before the room's own view is known: what everyone looked at when this person came in. */
  #showFirst(pane: Pane): void {
    const view = this.#screen.firstView.value;
    const first = this.#screen.first;
    if (view === null || first === null) return;
    pane.setView(view, null);
    this.#look();
    first.jpeg.then(
      (jpeg) => pane.offer({ ...first, jpeg }),
      () => undefined,
    );
  }

  #showView(pane: Pane): void {
    const { room } = this;
    if (room.document.value === null) return;
    const shared = room.sharedPane.value;
    const moved = room.movedByOthers.value;
    const byOthers = moved !== this.#movedByOthers;
    if (this.picture.value === null) return;
    this.#movedByOthers = moved;
    if (!room.following.value) return;
    if (room.leads.peek() && !byOthers && !this.#settled(pane, shared)) return;
    this.#screen.own.value = null;
    pane.setView(shared, this.#tag());
    this.#look();
  }

  /** Whether the leader's own pane shows just what is shared: then nothing of its own is still on its way. */
  #settled(pane: Pane, shared: PaneView): boolean {
    const own = this.#screen.own.peek();
    const shown = shared.shown;
    const sameStack = own === null || (own.series === shown?.series && own.stack === shown.stack);
    return sameStack && pane.shows(shared);
  }

  #drew(tag: string | null): void {
    this.#drawnTag = tag;
    this.#reportDrawn();
  }

  /** What is really on this screen, for everyone to know (SPEC.md R62): once the browser has painted it. */
  #reportDrawn(): void {
    requestAnimationFrame(() => {
      const document = this.room.document.value;
      const shown = this.shown.value;
      if (document === null || this.#pane === null) return;
      const [fence = null, view_revision = null] = this.#drawnTag?.split(".").map(Number) ?? [];
      const place = this.#pane.view().place ?? null;
      const quality = this.quality.value;
      const panes =
        shown === null ? [] : [{ pane: 0, series: shown.series, stack: shown.stack, place, quality }];
      this.session.tell({ drawn: { fence, view_revision, revision: document.revision, panes } });
    });
  }

  // --- from the pane to the room ------------------------------------------------------------------------
  #moved(change: PaneView): void {
    const { room, session } = this;
    this.#look();
    // The first picture is only to look at: what is shared replaces it in a moment.
    if (room.document.value === null) return;
    if (room.leads.value) session.steer(change);
    else if (room.role.value === "host" && room.leader.value === null) this.showMine();
    else this.#alone();
  }

  #alone(): void {
    if (!this.room.following.value) return;
    this.#screen.own.value = this.shown.value;
    this.room.following.value = false;
    this.session.tell({ following: false });
  }

  /** By touch, a drag pages through the pictures unless somebody chose the window tool. */
  #useTool(tool: Tool, chosen: boolean): void {
    this.#toolChosen = chosen;
    if (this.tool.value === tool) this.#pane?.setTool(tool, chosen);
    this.tool.value = tool;
  }

  #look(): void {
    if (this.#pane !== null) this.looked.value = this.#pane.view();
  }

  #tag(): string {
    const { fence, viewRevision } = this.room.shared.peek().latest;
    return `${fence}.${viewRevision}`;
  }
}
