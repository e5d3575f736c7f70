// How thick the plane in a pane is, and what is made of the voxels within.
import type { Slab } from "../protocol.ts";
import { words } from "../words.ts";
import type { Desk } from "./desk.ts";
import type { PaneDesk } from "./pane-desk.ts";

const THICKNESSES_MM = [5, 10, 20, 40];
const PROJECTIONS = ["mip", "minip", "mean"] as const;

export function SlabChoice({ desk, at }: { desk: Desk; at: PaneDesk }) {
  if (at.picture.value?.plane == null) return null;
  const slab = at.looked.value.slab ?? null;
  const thick = slab !== null && slab.thickness_um > 0 ? slab.thickness_um / 1000 : 0;
  const projection = slab?.projection ?? "mip";
  const set = (mm: number, how: Slab["projection"]) =>
    desk.slab(mm === 0 ? null : { thickness_um: mm * 1000, projection: how }, at);
  const offered = THICKNESSES_MM.includes(thick) || thick === 0 ? THICKNESSES_MM : [...THICKNESSES_MM, thick];
  return (
    <fieldset class="slab" aria-label={words.panes.slab}>
      <select
        aria-label={words.panes.slab}
        value={thick}
        onChange={(event) => set(Number(event.currentTarget.value), projection)}
      >
        <option value={0}>{words.panes.slabNone}</option>
        {offered.map((mm) => (
          <option key={mm} value={mm}>
            {words.panes.slabThickness(mm)}
          </option>
        ))}
      </select>
      {thick > 0 && (
        <select
          aria-label={words.panes.slabs[projection]}
          value={projection}
          onChange={(event) => set(thick, event.currentTarget.value as Slab["projection"])}
        >
          {PROJECTIONS.map((how) => (
            <option key={how} value={how}>
              {words.panes.slabs[how]}
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}
