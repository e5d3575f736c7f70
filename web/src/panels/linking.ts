// Panes that are scrolled together: by the place in the patient where they share a Frame of Reference, else as they
// were lined up by hand.
import { signal } from "@preact/signals";
import type { Place } from "../protocol.ts";
import { imagePoint, type StackSpace } from "../stage/index.ts";

/** A pane as far as linking goes: where it stands in which space. */
export type Linkable = { index: number; space: StackSpace | null; place: Place | null };

export class Linking {
  /** How the panes are linked; null: they are not. */
  readonly kind = signal<"place" | "hand" | null>(null);
  /** Where each pane stood when they were linked. */
  #standing = new Map<number, Place>();

  /** Links the panes as they stand now. False: fewer than two of them show anything. */
  link(panes: readonly Linkable[]): boolean {
    const filled = panes.filter(({ place, space }) => place !== null && space !== null);
    if (filled.length < 2) return false;
    this.#standing = new Map(filled.flatMap(({ index, place }) => (place === null ? [] : [[index, place]])));
    const frames = new Set(filled.map(({ place }) => frameOfReference(place)));
    this.kind.value = frames.size === 1 && !frames.has(null) ? "place" : "hand";
    return true;
  }

  unlink(): void {
    this.kind.value = null;
    this.#standing.clear();
  }

  /** Which picture `other` shows when `moved` has come to its place; null: it is not linked, or stays. */
  frameFor(moved: Linkable, other: Linkable): number | null {
    if (this.kind.value === null || moved.place === null || other.place === null || other.space === null) {
      return null;
    }
    const target = this.#target(moved.index, moved.place, other);
    const frame = target === null ? null : (imagePoint(other.space, target)?.frame ?? null);
    return frame === (imagePoint(other.space, other.place)?.frame ?? null) ? null : frame;
  }

  #target(index: number, place: Place, other: Linkable): Place | null {
    const shared = frameOfReference(place);
    if (shared !== null && shared === frameOfReference(other.place)) return place;
    const [from, to] = [this.#standing.get(index), this.#standing.get(other.index)];
    return from === undefined || to === undefined ? null : shifted(place, from, to, other.space?.frames ?? 1);
  }
}

function frameOfReference(place: Place | null): string | null {
  return place?.kind === "patient" ? place.frame_of_reference : null;
}

/** `to`, as far away as `place` is from `from`; null: they cannot be compared. */
function shifted(place: Place, from: Place, to: Place, frames: number): Place | null {
  if (place.kind === "patient" && from.kind === "patient" && to.kind === "patient") {
    const at = (i: 0 | 1 | 2) => to.point_um[i] + place.point_um[i] - from.point_um[i];
    return { ...to, point_um: [at(0), at(1), at(2)] };
  }
  if (place.kind === "image" && from.kind === "image" && to.kind === "image") {
    const frame = Math.min(frames - 1, Math.max(0, to.frame + place.frame - from.frame));
    return { ...to, frame };
  }
  return null;
}
