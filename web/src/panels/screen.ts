// What one pane of this screen shows: which stack, which picture of it, and until the room is known the first one at the door.
import { computed, signal } from "@preact/signals";
import type { FirstPicture } from "../net/first-picture.ts";
import type { PaneView, Place, SeriesInfo, ShownStack, StackInfo } from "../protocol.ts";
import { imagePoint, placeOnFrame, spaceOf, wholeFrame } from "../stage/index.ts";
import type { Room } from "../state/room.ts";

export type Picture = { shown: ShownStack; series: SeriesInfo; info: StackInfo };

export class Screen {
  /** This screen's own stack: while looking alone, and for a leader until everyone has it. */
  readonly own = signal<ShownStack | null>(null);
  /** What the pane shows now, as far as it was told to us. */
  readonly looked = signal<PaneView>({});
  /** What everyone is shown in it. */
  readonly shared = computed((): PaneView => this.room.shared.value.panes[String(this.index)]?.view ?? {});

  readonly shown = computed((): ShownStack | null => {
    const { document, following, leads } = this.room;
    if (document.value === null) return this.first?.shown ?? null;
    const shared = this.shared.value.shown ?? null;
    const shown = following.value && !leads.value ? shared : (this.own.value ?? shared);
    const open = document.value.series.some(({ series }) => series === shown?.series);
    return open ? shown : null;
  });
  readonly picture = computed((): Picture | null => {
    const shown = this.shown.value;
    const series = this.room.series.value?.find((one) => one.series === shown?.series);
    const info = shown === null ? undefined : series?.stacks[shown.stack];
    return shown === null || series === undefined || info === undefined ? null : { shown, series, info };
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
