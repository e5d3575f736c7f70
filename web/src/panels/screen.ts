// What one pane of this screen shows: which stack, which picture of it, and until the room is known the first one at the door.
import { computed, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import type {
  Camera,
  PaneView,
  Place,
  PlaneGeometry,
  SeriesInfo,
  ShownStack,
  StackInfo,
} from "../protocol.ts";
import { asStack, imagePoint, placeOnFrame, spaceOf, wholeFrame } from "../stage/index.ts";
import type { Room } from "../state/room.ts";

/** Which stack is to be shown, and how an oblique plane lies in it. */
export type Hung = { shown: ShownStack; camera: Camera | null };
/** What is drawn: `plane` is where the planes lie, of which `info` tells as of a stack; null: the stack's own frames. */
export type Picture = Hung & { series: SeriesInfo; info: StackInfo; plane: PlaneGeometry | null };
/** Planes of a stack, and where they lie. */
export type Laid = Hung & { plane: PlaneGeometry };

export class Screen {
  /** What this screen shows by itself: while looking alone, and for a leader until everyone has it. */
  readonly own = signal<Hung | null>(null);
  /** What the pane shows now, as far as it was told to us. */
  readonly looked = signal<PaneView>({});
  /** The planes whose place was learned last: they stay until those of newer ones is known. */
  readonly laid = signal<Laid | null>(null);
  /** Why the planes that are wanted cannot be shown. */
  readonly trouble = signal<string | null>(null);
  /** What everyone is shown in it. */
  readonly shared = computed((): PaneView => this.room.shared.value.panes[String(this.index)]?.view ?? {});

  readonly hung = computed((): Hung | null => {
    const { document, following, leads } = this.room;
    if (document.value === null) return this.first && { shown: this.first.shown, camera: null };
    const shared = hungIn(this.shared.value);
    const hung = following.value && !leads.value ? shared : (this.own.value ?? shared);
    const open = document.value.series.some(({ series }) => series === hung?.shown.series);
    return open ? hung : null;
  });
  readonly shown = computed((): ShownStack | null => this.hung.value?.shown ?? null);
  readonly picture = computed((): Picture | null => {
    const hung = this.hung.value;
    const series = this.room.series.value?.find((one) => one.series === hung?.shown.series);
    const info = hung === null ? undefined : series?.stacks[hung.shown.stack];
    if (hung === null || series === undefined || info === undefined) return null;
    if (hung.shown.mode === "stack") return { ...hung, series, info, plane: null };
    const laid = this.laid.value;
    if (laid === null || !isOfOneStack(laid, hung)) return null;
    return { ...laid, series, info: asStack(info, laid.plane) };
  });
  /** The space of the stack that is shown. */
  readonly space = computed(() => {
    const picture = this.picture.value;
    return picture === null ? null : spaceOf(picture.info);
  });
  /** Which picture of the stack is on screen, from 0. */
  readonly frame = computed((): number | null => {
    const { place } = this.looked.value;
    return place == null ? null : this.frameAt(place);
  });
  /** What to look at while the room's own view is not known yet. */
  readonly firstView = computed((): PaneView | null => {
    const { picture, first } = this;
    if (this.room.document.value !== null || picture.value === null || first === null) return null;
    return { shown: first.shown, ...wholeFrame(picture.value.info, first.frame, first.window) };
  });

  constructor(
    private readonly room: Room,
    private readonly index: number,
    readonly first: FirstPicture | null,
  ) {}

  /** Which picture of the stack a place lies on, from 0; null: on none. */
  frameAt(place: Place): number | null {
    const space = this.space.value;
    return space === null ? null : (imagePoint(space, place)?.frame ?? null);
  }

  /** What `now` becomes when another picture of the stack is shown, from 0; null: there is none. */
  onFrame(now: PaneView, frame: number): PaneView | null {
    const space = this.space.value;
    return space === null || now.place == null ? null : { place: placeOnFrame(space, now.place, frame) };
  }
}

/** Which stack a view shows, and how it is cut; null: it names none. */
export function hungIn({ shown, camera }: PaneView): Hung | null {
  return shown == null ? null : { shown, camera: shown.mode === "oblique" ? (camera ?? null) : null };
}

function isOfOneStack({ shown: one }: Hung, { shown: other }: Hung): boolean {
  return one.series === other.series && one.stack === other.stack;
}
