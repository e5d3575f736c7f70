// One screen in the room: joins the pane (what is drawn here) to the session (what is shared).
import { computed, effect, signal } from "@preact/signals";
import { freshId } from "../net/clock.ts";
import { type Pass, seriesIndex } from "../net/http.ts";
import * as outbox from "../net/outbox.ts";
import { SeriesList } from "../net/series-list.ts";
import type { Session } from "../net/session.ts";
import type { PaneView, SeriesInfo, Shape, ShownStack, StackInfo, WireWindow } from "../protocol.ts";
import { imagePoint, placeOnFrame, spaceOf } from "../stage/geometry.ts";
import { Pane, type PaneCommand, type PanePointer, type Quality, type Tool } from "../stage/index.ts";
import { colorOf } from "../state/colors.ts";
import { marksOn, newestOwn } from "../state/marks.ts";
import type { Room } from "../state/room.ts";
import { merged, rounded, sameView } from "../state/view.ts";
import { words } from "./words.ts";

const SENTENCE_MS = 1000;

export type Picture = { shown: ShownStack; series: SeriesInfo; info: StackInfo };

export class Desk {
  readonly tool = signal<Tool>("window");
  readonly quality = signal<Quality>("none");
  /** What the pane shows now, as far as it was told to us. */
  readonly looked = signal<PaneView>({});
  readonly sentence = signal("");
  /** Set while somebody is typing the words of a text mark. */
  readonly asking = signal<((words: string | null) => void) | null>(null);
  readonly help = signal(false);
  /** Whether shortcuts of a single letter are wanted. */
  readonly singleKeys = signal(true);

  /** This screen's own stack: while looking alone, and for a leader until everyone has it. */
  readonly #own = signal<ShownStack | null>(null);
  readonly shown = computed((): ShownStack | null => {
    const { following, leads, sharedPane } = this.room;
    const shared = sharedPane.value.shown ?? null;
    return following.value && !leads.value ? shared : (this.#own.value ?? shared);
  });
  readonly picture = computed((): Picture | null => {
    const shown = this.shown.value;
    const series = this.room.series.value?.find((one) => one.series === shown?.series);
    const info = shown === null ? undefined : series?.stacks[shown.stack];
    return shown === null || series === undefined || info === undefined ? null : { shown, series, info };
  });
  readonly #space = computed(() => {
    const picture = this.picture.value;
    return picture === null ? null : spaceOf(picture.info);
  });
  /** Which picture of the stack is on screen, from 0. */
  readonly frame = computed((): number | null => {
    const place = this.looked.value.place;
    const space = this.#space.value;
    return place == null || space === null ? null : (imagePoint(space, place)?.frame ?? null);
  });

  /** This person's newest mark, which can be taken back. */
  readonly newestOwn = computed((): string | null => {
    const { document, me, outbox: box } = this.room;
    if (document.value === null || me.value === null) return null;
    return newestOwn(document.value, outbox.commands(box.value), me.value);
  });

  #pane: Pane | null = null;
  #movedByOthers = 0;
  readonly #list: SeriesList;
  #toolChosen = false;

  constructor(
    readonly pass: Pass,
    readonly room: Room,
    readonly session: Session,
  ) {
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
    const pane = new Pane(host, {
      onView: (change) => this.#moved(change),
      onPointer: (place) => this.session.tell({ pointer: place }),
      onMark: (shape) => this.#mark(freshId(), shape, "annotation.create"),
      onMarkChange: (id, shape) => this.#changeMark(id, shape),
      onQuality: (quality) => {
        this.quality.value = quality;
        this.session.tell({ quality });
      },
      onTool: (tool) => this.#useTool(tool, false),
      askText: () => this.#askText(),
    });
    this.#pane = pane;
    const stops = [
      effect(() => this.#showPicture(pane)),
      effect(() => this.#showView(pane)),
      effect(() => pane.setTool(this.tool.value, this.#toolChosen)),
      effect(() => pane.setSingleKeys(this.singleKeys.value)),
      effect(() => this.#showMarks(pane)),
      effect(() => pane.setPointers(this.#pointers())),
    ];
    const speaking = setInterval(() => {
      this.sentence.value = pane.sentence();
    }, SENTENCE_MS);
    return () => {
      clearInterval(speaking);
      for (const stop of stops) stop();
      pane.dispose();
      this.#pane = null;
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

  preset(window: WireWindow): void {
    this.#pane?.setPreset(window);
    this.#look();
  }

  /** Another picture of the stack, from 0. */
  goTo(frame: number): void {
    const pane = this.#pane;
    const space = this.#space.value;
    const place = pane?.view().place;
    if (pane === null || space === null || place == null) return;
    const change: PaneView = { place: placeOnFrame(space, place, frame) };
    pane.setView(merged(pane.view(), change), this.#tag());
    this.#moved(change);
  }

  /** Another stack: for everyone by the leader, else for this screen alone. */
  open(series: string, stack: number): void {
    const pane = this.#pane;
    const now = this.shown.value;
    if (pane === null || (now?.series === series && now.stack === stack)) return;
    const shown: ShownStack = { series, stack, mode: "stack" };
    if (!this.room.leads.value) this.#alone();
    this.#own.value = shown;
    const view = pane.defaultView();
    pane.setView(view, this.#tag());
    this.#moved({ ...view, shown });
  }

  /** Back to what everyone sees. */
  back(): void {
    this.session.withdraw();
    this.#own.value = null;
    this.room.following.value = true;
    this.session.tell({ following: true });
  }

  /** Everyone shall see what is seen here. */
  showMine(): void {
    const pane = this.#pane;
    const shown = this.shown.value;
    if (pane !== null && shown !== null) this.session.show({ ...pane.view(), shown });
  }

  undo(): void {
    const id = this.newestOwn.value;
    if (id !== null) this.#do({ kind: "annotation.delete", id });
  }

  loadSeries(): void {
    void this.#list.ask();
  }

  /** While the shown stack is being read, or is not in the index yet, the index is asked for again. */
  #seriesWanted(): boolean {
    if (this.room.connection.value === "ended") return false;
    if (this.room.series.value === null) return true;
    const shown = this.shown.value;
    return shown !== null && this.picture.value?.info.complete !== true;
  }

  // --- from the room to the pane ------------------------------------------------------------------------
  #showPicture(pane: Pane): void {
    const picture = this.picture.value;
    if (this.#seriesWanted()) this.loadSeries();
    const { room, grant } = this.pass;
    pane.show(picture === null ? null : { room, grant, ...picture.shown, info: picture.info });
    this.#look();
  }

  #showView(pane: Pane): void {
    const { room } = this;
    const shared = room.sharedPane.value;
    const moved = room.movedByOthers.value;
    const byOthers = moved !== this.#movedByOthers;
    this.#movedByOthers = moved;
    if (this.picture.value === null || !room.following.value) return;
    if (room.leads.peek() && !byOthers && !this.#settled(pane, shared)) return;
    this.#own.value = null;
    pane.setView(shared, this.#tag());
    this.#look();
  }

  /** Whether the leader's own pane shows just what is shared: then nothing of its own is still on its way. */
  #settled(pane: Pane, shared: PaneView): boolean {
    const own = this.#own.peek();
    const shown = shared.shown;
    const sameStack = own === null || (own.series === shown?.series && own.stack === shown.stack);
    return sameStack && sameView(rounded(pane.view()), shared);
  }

  #showMarks(pane: Pane): void {
    const { document, me, outbox: box } = this.room;
    const shown = this.shown.value;
    if (document.value === null || me.value === null || shown === null) return;
    pane.setMarks(marksOn(document.value, outbox.commands(box.value), me.value, shown.series, shown.stack));
  }

  #pointers(): PanePointer[] {
    const people = this.room.document.value?.people ?? [];
    const names = new Map(people.map(({ principal, name }) => [principal, name]));
    const mine = this.room.welcome.value?.connection;
    return Object.values(this.room.presence.value).flatMap(({ connection, principal, pointer }) => {
      if (connection === mine || pointer == null || pointer.pane !== 0) return [];
      const name = names.get(principal) ?? "";
      return [{ key: connection, name, color: colorOf(people, principal), place: pointer.place }];
    });
  }

  // --- from the pane to the room ------------------------------------------------------------------------
  #moved(change: PaneView): void {
    const { room, session } = this;
    this.#look();
    if (room.leads.value) session.steer(change);
    else if (room.role.value === "host" && room.leader.value === null) this.showMine();
    else this.#alone();
  }

  #alone(): void {
    if (!this.room.following.value) return;
    this.#own.value = this.shown.value;
    this.room.following.value = false;
    this.session.tell({ following: false });
  }

  #mark(id: string, shape: Shape, kind: "annotation.create" | "annotation.update"): void {
    const shown = this.shown.value;
    if (shown !== null) this.#do({ kind, id, mark: { series: shown.series, stack: shown.stack, shape } });
  }

  #changeMark(id: string, shape: Shape | null): void {
    if (shape === null) this.#do({ kind: "annotation.delete", id });
    else this.#mark(id, shape, "annotation.update");
  }

  #do(command: Parameters<Session["do"]>[0]): void {
    if (!this.session.do(command)) this.room.notify(words.banners.full);
  }

  #askText(): Promise<string | null> {
    this.asking.value?.(null);
    return new Promise((resolve) => {
      this.asking.value = (typed) => {
        this.asking.value = null;
        resolve(typed);
      };
    });
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
