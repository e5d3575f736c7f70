// One screen in the room: its panes and what people do at them, joined to the session that all share.
import { batch, computed, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import { type Pass, seriesIndex } from "../net/http.ts";
import { PlaneGeometries } from "../net/plane-geometries.ts";
import { SeriesList } from "../net/series-list.ts";
import type { Session, ShownPanes } from "../net/session.ts";
import type { Layout, PaneView, Place, ShownStack, Slab, WireWindow } from "../protocol.ts";
import type { Pane, PaneCommand, Quality, Tool } from "../stage/index.ts";
import type { Room } from "../state/room.ts";
import { paneCount } from "../state/view.ts";
import { words } from "../words.ts";
import { Arrangement } from "./arrangement.ts";
import { Crosshairs } from "./crosshair.ts";
import { Hand } from "./hand.ts";
import { LargeScreen } from "./large-screen.ts";
import { Linking } from "./linking.ts";
import { Marking } from "./marking.ts";
import { PaneDesk } from "./pane-desk.ts";
import type { Hung } from "./screen.ts";

const MOST_PANES = 4;
const QUALITIES: readonly Quality[] = ["none", "preview", "full"];

function keysOf(all: readonly { series: string }[]): string {
  return all
    .map(({ series }) => series)
    .sort()
    .join(" ");
}

/** What is to be hung in a pane, what of its view is not as it opens, and the place its picture goes through. */
type Hanging = { hung: Hung; kept: PaneView; through: Place | null };

export class Desk {
  readonly hand = new Hand();
  readonly tool = this.hand.tool;
  readonly singleKeys = this.hand.singleKeys;
  readonly overlays = this.hand.overlays;
  readonly smoothed = this.hand.smoothed;
  readonly help = signal(false);
  readonly largeScreen = new LargeScreen();

  readonly arrangement: Arrangement;
  readonly linking = new Linking();
  readonly crosshairs: Crosshairs;
  readonly marking: Marking;
  readonly panes: readonly PaneDesk[];
  /** The pane that keys, tools and series are for. */
  readonly active = computed(() => this.#paneAt(this.arrangement.active.value));
  readonly shown = computed(() => this.active.value.shown.value);
  readonly picture = computed(() => this.active.value.picture.value);
  readonly looked = computed(() => this.active.value.looked.value);
  readonly frame = computed(() => this.active.value.frame.value);
  readonly film = computed(() => this.active.value.film.value);
  readonly sentence = computed(() => this.active.value.sentence.value);
  /** The worst picture on this screen says how good it is. */
  readonly quality = computed((): Quality => {
    const visible = this.arrangement.visible.value.map((pane) => this.#paneAt(pane));
    const filled = visible.filter(({ shown }) => shown.value !== null);
    const worst = Math.min(...filled.map(({ quality }) => QUALITIES.indexOf(quality.value)));
    return QUALITIES[worst] ?? "none";
  });

  /** The series that are open now, as one text to compare; null before the room is known. */
  readonly #open = computed(() => {
    const document = this.room.document.value;
    return document === null ? null : keysOf(document.series);
  });
  /** Messages up to this revision were seen here. */
  readonly readUpTo = signal(0);
  /** How many messages of others were not seen yet. */
  readonly unread = computed(() => {
    const { document, me } = this.room;
    const chat = document.value?.chat ?? [];
    return chat.filter(({ revision, by }) => revision > this.readUpTo.value && by !== me.value).length;
  });
  readonly #list: SeriesList;
  readonly #stops: (() => void)[];
  /** What is to be hung in the first panes of a layout that is not on the screen yet; null: nothing. */
  #toHang: readonly Hanging[] | null = null;
  /** Whether linked panes are being moved: what they do pulls no others. */
  #pulling = false;

  constructor(
    readonly pass: Pass,
    readonly room: Room,
    readonly session: Session,
    first: FirstPicture | null,
  ) {
    this.arrangement = new Arrangement(room);
    this.#stops = [this.arrangement.watch()];
    this.marking = new Marking(room, session);
    this.crosshairs = new Crosshairs(
      () => this.#laidOut(),
      (at, change) => this.#moved(at, change),
    );
    const geometries = new PlaneGeometries(pass);
    this.panes = Array.from({ length: MOST_PANES }, (_, index) => this.#newPane(index, geometries, first));
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

  close(): void {
    this.largeScreen.leave();
    for (const stop of this.#stops) stop();
    this.#list.close();
    this.session.close();
  }

  get pane(): Pane | null {
    return this.active.value.pane;
  }

  // --- what people do at this screen --------------------------------------------------------------------
  choose(tool: Tool): void {
    this.hand.take(tool, true);
  }

  run(command: PaneCommand): void {
    this.pane?.run(command);
    this.active.value.look();
  }

  toggleOverlays(): void {
    if (this.picture.value?.info.overlays) this.overlays.value = !this.overlays.value;
  }

  preset(window: WireWindow): void {
    this.pane?.setPreset(window);
    this.active.value.look();
  }

  /** How many times as fast as it was recorded the film runs. */
  rate(rate: number, at = this.active.value): void {
    at.pane?.setRate(rate);
    at.look();
  }

  /** Another picture of the stack, from 0. */
  goTo(frame: number, at = this.active.value): void {
    const change = at.goTo(frame);
    if (change !== null) this.#moved(at, change);
  }

  /** Another stack in a pane: for everyone by the leader, else for this screen alone. */
  open(series: string, stack: number, at = this.active.value): void {
    const now = at.shown.value;
    if (now?.series === series && now.stack === stack && now.mode === "stack") return;
    void this.#hang(at, { shown: { series, stack, mode: "stack" }, camera: null });
  }

  /** Three planes through the volume that is worked at, and its own pictures beside them. */
  showPlanes(): void {
    const picture = this.picture.value;
    if (picture === null) return;
    const { series, stack } = picture.shown;
    if (!picture.info.mpr) {
      this.room.notify(words.panes.noPlanes(picture.info.reason));
      return;
    }
    const { place = null, window = null, inverted = null } = this.looked.value;
    const kept: PaneView = { window, inverted };
    const modes = ["axial", "sagittal", "coronal", "stack"] as const;
    this.#lay(
      "2x2",
      modes.map((mode) => ({ hung: { shown: { series, stack, mode }, camera: null }, kept, through: place })),
    );
  }

  /** How thick a plane is, and what is made of the voxels within; null: as thin as it is. */
  slab(slab: Slab | null, at = this.active.value): void {
    at.pane?.setSlab(slab);
    at.look();
  }

  /** The next or the previous stack of the list. */
  step(step: 1 | -1, at = this.active.value): void {
    const all = this.#stacks();
    const index = all.findIndex((shown) => nameOf(shown) === nameOf(at.shown.value));
    const next = index < 0 ? undefined : all[index + step];
    if (next !== undefined) this.open(next.series, next.stack, at);
  }

  /** The next pane, or the previous one, is worked in from now on. */
  toPane(step: 1 | -1): void {
    const { arrangement } = this;
    const panes = arrangement.visible.value.length > 1 ? arrangement.visible.value : this.#filled();
    const now = panes.indexOf(arrangement.active.value);
    const next = panes[(now + step + panes.length) % panes.length];
    if (next === undefined) return;
    arrangement.choose(next);
    requestAnimationFrame(() => this.pane?.host.focus({ preventScroll: true }));
  }

  /** Other panes than before, the new ones filled with what is not shown yet. */
  arrange(layout: Layout): void {
    if (layout !== this.arrangement.layout.value) this.#lay(layout, []);
  }

  /** Scrolls all panes together from now on, as they stand; or each by itself again. */
  toggleLink(): void {
    const { linking } = this;
    if (linking.kind.value !== null) linking.unlink();
    else if (!linking.link(this.#laidOut().map((pane) => pane.linkable())))
      this.room.notify(words.panes.noLink);
  }

  /** A view that somebody kept, or the place of a question: for everyone by the leader, else for this screen. */
  lookAt(view: PaneView): void {
    const at = this.active.value;
    if (at.pane === null || view.shown == null) return;
    this.#unlessLeading();
    void at.lookAt(view).then((change) => {
      if (change !== null) this.#moved(at, change);
    });
  }

  /** Back to what everyone sees. */
  back(): void {
    this.session.withdraw();
    batch(() => {
      this.arrangement.own.value = null;
      for (const pane of this.panes) pane.screen.own.value = null;
      this.room.following.value = true;
    });
    this.session.tell({ following: true });
  }

  /** Everyone shall see what is seen here. */
  showMine(): void {
    if (this.#onScreen().panes.size > 0) this.session.show(() => this.#onScreen());
  }

  /** The picture that is worked at, as one that stands. Null: there is none. */
  standing(): PaneView | null {
    return this.active.value.standing();
  }

  loadSeries(): void {
    void this.#list.ask();
  }

  // --- panes --------------------------------------------------------------------------------------------
  #newPane(index: number, geometries: PlaneGeometries, first: FirstPicture | null): PaneDesk {
    const { pass, room, hand, marking } = this;
    const pane: PaneDesk = new PaneDesk(
      index,
      {
        pass,
        room,
        hand,
        marking,
        geometries,
        visible: () => this.arrangement.visible.value.length,
        crosshairIn: (at) => this.crosshairs.in(at),
        first: index === 0 ? first : null,
        serverNow: () => this.session.serverNow(),
        seriesWanted: () => {
          if (this.#seriesWanted()) this.loadSeries();
        },
      },
      {
        moved: (change) => this.#moved(pane, change),
        activated: () => this.arrangement.choose(index),
        stepped: (step) => this.step(step, pane),
        maximized: () => this.arrangement.toggleMaximized(index),
        crossed: (at) => this.crosshairs.put(pane, at),
        turned: (radians) => this.crosshairs.turn(pane, radians),
        mounted: () => queueMicrotask(() => this.#fill()),
        pointed: (place, laser) => {
          const pointer = place === null ? null : { pane: index, place, laser };
          marking.pointing.value = pointer;
          this.session.tell({ pointer });
        },
        drew: () => this.#reportDrawn(),
        toolChanged: (tool) => hand.take(tool, false),
      },
    );
    return pane;
  }

  #paneAt(index: number): PaneDesk {
    const pane = this.panes[index];
    if (pane === undefined) throw new RangeError(`there is no pane ${index}`);
    return pane;
  }

  #filled(): number[] {
    return this.#laidOut()
      .filter(({ shown }) => shown.value !== null)
      .map(({ index }) => index);
  }

  /** The panes of the layout, also those that one of them covers. */
  #laidOut(): readonly PaneDesk[] {
    return this.panes.slice(0, paneCount(this.arrangement.layout.value));
  }

  async #hang(at: PaneDesk, hung: Hung, kept: PaneView = {}, through: Place | null = null): Promise<void> {
    if (at.pane === null) return;
    this.#unlessLeading();
    const change = await at.hang(hung, kept, through);
    if (change !== null) this.#moved(at, change);
  }

  /** A layout with these in its first panes. */
  #lay(layout: Layout, hangings: readonly Hanging[]): void {
    this.#unlessLeading();
    this.linking.unlink();
    batch(() => {
      this.arrangement.own.value = layout;
      this.arrangement.maximized.value = null;
    });
    if (this.room.leads.value) this.session.steer({}, this.arrangement.active.value, layout);
    this.#toHang = hangings;
    this.#fill();
  }

  /** Once all panes are on the screen: what is to be hung; what then shows nothing gets a stack no other pane has. */
  #fill(): void {
    const visible = this.arrangement.visible.value.map((pane) => this.#paneAt(pane));
    if (this.#toHang === null || visible.some(({ pane }) => pane === null)) return;
    const hangings = this.#toHang;
    this.#toHang = null;
    const panes = this.#laidOut();
    const names = new Set(panes.map(({ shown }) => nameOf(shown.value)));
    const left = this.#stacks().filter((shown) => !names.has(nameOf(shown)));
    panes.forEach((pane, index) => {
      const hanging = hangings[index];
      const next = pane.shown.value === null ? left.shift() : undefined;
      if (hanging !== undefined) void this.#hang(pane, hanging.hung, hanging.kept, hanging.through);
      else if (next !== undefined) void this.#hang(pane, { shown: next, camera: null });
    });
  }

  /** All stacks of the room, in the order of the strip. */
  #stacks(): ShownStack[] {
    return (this.room.series.value ?? []).flatMap(({ series, stacks }) =>
      stacks.map((_, stack): ShownStack => ({ series, stack, mode: "stack" })),
    );
  }

  /** What this screen shows in all its panes, also in those that one of them covers. */
  #onScreen(): ShownPanes {
    const layout = this.arrangement.layout.value;
    const panes = new Map<number, PaneView>();
    for (const pane of this.#laidOut()) {
      const view = pane.whole();
      if (view !== null) panes.set(pane.index, view);
    }
    return { layout, panes };
  }

  /** While any stack is being read, or other series are open than the index says, it is asked for again. */
  #seriesWanted(): boolean {
    if (this.room.connection.value === "ended") return false;
    const series = this.room.series.value;
    if (series === null || (this.#open.value !== null && this.#open.value !== keysOf(series))) return true;
    return series.some(({ stacks }) => stacks.some(({ complete }) => !complete));
  }

  /** What is really on this screen, for everyone to know (SPEC.md R62): once the browser has painted it. */
  #reportDrawn(): void {
    requestAnimationFrame(() => {
      const document = this.room.document.value;
      const visible = this.arrangement.visible.value.map((pane) => this.#paneAt(pane));
      if (document === null || visible.every(({ pane }) => pane === null)) return;
      const [fence = null, view_revision = null] = oldest(visible)?.split(".").map(Number) ?? [];
      const panes = visible.map((pane) => pane.drawn()).filter((drawn) => drawn !== null);
      this.session.tell({
        quality: this.quality.value,
        drawn: { fence, view_revision, revision: document.revision, panes },
      });
    });
  }

  // --- from the panes to the room -----------------------------------------------------------------------
  #moved(at: PaneDesk, change: PaneView): void {
    const { room, session } = this;
    // The first picture is only to look at: what is shared replaces it in a moment.
    if (room.document.value === null) return;
    if (room.leads.value) session.steer(change, at.index);
    else if (room.role.value === "host" && room.leader.value === null) this.showMine();
    else this.#alone();
    if (change.place != null) this.#pull(at);
  }

  /** Panes that are linked to one that was scrolled come after it. */
  #pull(moved: PaneDesk): void {
    if (this.#pulling) return;
    this.#pulling = true;
    for (const pane of this.#laidOut()) {
      const frame = pane === moved ? null : this.linking.frameFor(moved.linkable(), pane.linkable());
      if (frame !== null) this.goTo(frame, pane);
    }
    this.#pulling = false;
  }

  #unlessLeading(): void {
    if (!this.room.leads.value) this.#alone();
  }

  /** From now on this screen is its own. */
  #alone(): void {
    if (!this.room.following.value) return;
    batch(() => {
      this.arrangement.own.value = this.arrangement.layout.value;
      for (const pane of this.panes) pane.screen.own.value = pane.screen.hung.value;
      this.room.following.value = false;
    });
    this.session.tell({ following: false });
  }
}

function nameOf(shown: ShownStack | null): string {
  return shown === null ? "" : `${shown.series}/${shown.stack}`;
}

/** The shared view that every filled pane has come to; null: some pane shows none. */
function oldest(panes: readonly PaneDesk[]): string | null {
  const filled = panes.filter(({ shown }) => shown.peek() !== null);
  const [first = null, ...others] = filled.map(({ drawnTag }) => drawnTag);
  return others.reduce((before, tag) => (before === null || tag === null ? null : older(before, tag)), first);
}

function older(one: string, other: string): string {
  const [fence = 0, revision = 0] = one.split(".").map(Number);
  const [otherFence = 0, otherRevision = 0] = other.split(".").map(Number);
  return fence < otherFence || (fence === otherFence && revision < otherRevision) ? one : other;
}
