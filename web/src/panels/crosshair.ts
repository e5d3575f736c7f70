// Panes that cut one patient: where their planes cross, and how all come along when the cross is moved or turned.
import type { PaneView, PatientPlace } from "../protocol.ts";
import type { Crosshair } from "../stage/index.ts";
import {
  along,
  cameraOf,
  crossing,
  movedOnto,
  type Plane,
  turned,
  turnedAbout,
  type Vector,
} from "./crossing.ts";
import type { PaneDesk } from "./pane-desk.ts";

/** By the direction a plane looks along most: sagittal, coronal, axial, as other viewers color them. */
const COLORS = ["#ffd43b", "#69db7c", "#ff6b6b"] as const;
const MICROMETERS = 1000;

type Cutting = Plane & { pane: PaneDesk; frameOfReference: string; isPlane: boolean; color: string };

export class Crosshairs {
  constructor(
    /** The panes on this screen. */
    private readonly panes: () => readonly PaneDesk[],
    /** The person has moved a pane. */
    private readonly moved: (pane: PaneDesk, change: PaneView) => void,
  ) {}

  /** The cross in one pane: the other planes of its patient that cut it. Null: there is none. */
  in(pane: PaneDesk): Crosshair | null {
    const all = this.#around(pane);
    const at = this.#center(all);
    if (at === null || !all.some((one) => one.pane === pane)) return null;
    const others = all.filter((one) => one.pane !== pane && one.isPlane);
    if (others.length === 0) return null;
    const planes = others.map(({ pane: { index }, color, normal }) => ({
      key: String(index),
      color,
      normal,
    }));
    return { at, planes };
  }

  /** Puts the cross somewhere in a pane: every other one shows that place. */
  put(from: PaneDesk, at: PatientPlace): void {
    const onto = vectorOf(at);
    for (const { pane, normal, point, frameOfReference } of this.#around(from)) {
      if (pane === from) continue;
      this.#tell(pane, pane.move({ place: placeOf(movedOnto(point, normal, onto), frameOfReference) }));
    }
  }

  /** Turns the other planes about the cross and the normal of a pane. */
  turn(from: PaneDesk, radians: number): void {
    const all = this.#around(from);
    const center = this.#center(all);
    const axis = all.find(({ pane }) => pane === from)?.normal;
    if (center === null || axis === undefined) return;
    const about = vectorOf(center);
    for (const { pane, point, frameOfReference } of all) {
      const picture = pane.picture.peek();
      if (pane === from || picture?.plane == null) continue;
      const { right, down } = picture.plane;
      const camera = cameraOf(turned(right, axis, radians), turned(down, axis, radians));
      const shown = { ...picture.shown, mode: "oblique" } as const;
      const { field, window, slab } = pane.looked.peek();
      const place = placeOf(turnedAbout(point, about, axis, radians), frameOfReference);
      const kept: PaneView = { place, field: field ?? null, window: window ?? null, slab: slab ?? null };
      void pane.hang({ shown, camera }, kept).then((change) => this.#tell(pane, change));
    }
  }

  #tell(pane: PaneDesk, change: PaneView | null): void {
    if (change !== null) this.moved(pane, change);
  }

  /** The panes that show the same patient in the same space as this one, itself among them. */
  #around(pane: PaneDesk): Cutting[] {
    const all = this.panes()
      .map(cuttingOf)
      .filter((cutting) => cutting !== null);
    const own = all.find((one) => one.pane === pane);
    return all.filter(({ frameOfReference }) => frameOfReference === own?.frameOfReference);
  }

  /** Where the planes cross; null: fewer than two of them are planes, or all are parallel. */
  #center(all: readonly Cutting[]): PatientPlace | null {
    const planes = all.filter(({ isPlane }) => isPlane);
    const [first, ...others] = planes;
    if (first === undefined || others.every(({ normal }) => isParallel(normal, first.normal))) return null;
    return placeOf(crossing(planes, first.point), first.frameOfReference);
  }
}

function cuttingOf(pane: PaneDesk): Cutting | null {
  const space = pane.screen.space.value;
  const { place } = pane.looked.value;
  const picture = pane.picture.value;
  if (space?.kind !== "patient" || place?.kind !== "patient" || picture === null) return null;
  const { normal, frameOfReference } = space;
  const isPlane = picture.plane !== null;
  return { pane, normal, point: vectorOf(place), frameOfReference, isPlane, color: colorOf(normal) };
}

function colorOf(normal: Vector): string {
  const [x, y, z] = normal.map(Math.abs) as [number, number, number];
  if (z >= x && z >= y) return COLORS[2];
  return y >= x ? COLORS[1] : COLORS[0];
}

function isParallel(a: Vector, b: Vector): boolean {
  const [x, y, z] = a;
  const cosine = x * b[0] + y * b[1] + z * b[2];
  return Math.abs(cosine) > 1 - 1e-6;
}

function vectorOf({ point_um }: PatientPlace): Vector {
  return along([0, 0, 0], point_um, 1 / MICROMETERS);
}

function placeOf(point: Vector, frameOfReference: string): PatientPlace {
  const um = (i: 0 | 1 | 2) => Math.round(point[i] * MICROMETERS) + 0;
  return { kind: "patient", frame_of_reference: frameOfReference, point_um: [um(0), um(1), um(2)] };
}
