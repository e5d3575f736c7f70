// Stacks for tests: what the server would say of small, simple series.
import type { PlaneGeometry, StackInfo } from "../protocol.ts";

const PLAIN: StackInfo = {
  kind: "volume",
  reason: "",
  frames: 40,
  rows: 512,
  columns: 512,
  level_count: 4,
  orientation: null,
  positions_mm: null,
  spacing_mm: null,
  pixel_aspect: null,
  slice_spacing_mm: null,
  frame_of_reference: null,
  unit: "",
  inverted: false,
  values: true,
  lossy: false,
  windows: [],
  ready: 40,
  complete: true,
  damaged: [],
  samples: 1,
  palette: false,
  overlays: false,
  calibration: "none",
  measured_spacing_mm: null,
  mpr: false,
  mpr_note: "",
  suv_bw: null,
  frame_times_ms: [],
};

/** A stack without geometry. */
export function imageStack(changes: Partial<StackInfo> = {}): StackInfo {
  return { ...PLAIN, ...changes };
}

/** An axial CT: 40 slices of 512 × 512, 0.7 mm pixels, 2 mm apart, the first at the feet. */
export function axialStack(changes: Partial<StackInfo> = {}): StackInfo {
  const frames = changes.frames ?? PLAIN.frames;
  return {
    ...PLAIN,
    orientation: [1, 0, 0, 0, 1, 0],
    positions_mm: Array.from({ length: frames }, (_, i) => [-178.85, -178.85, -100 + 2 * i]),
    spacing_mm: [0.7, 0.7],
    calibration: "patient",
    measured_spacing_mm: [0.7, 0.7],
    slice_spacing_mm: 2,
    frame_of_reference: "F1",
    unit: "HU",
    windows: [{ explanation: "", window: { center: 40, width: 400, function: "LINEAR" } }],
    ...changes,
  };
}

/** A sagittal MR with pixels four times as tall as wide. */
export function sagittalStack(changes: Partial<StackInfo> = {}): StackInfo {
  return axialStack({
    frames: 3,
    rows: 100,
    columns: 256,
    level_count: 3,
    orientation: [0, 1, 0, 0, 0, -1],
    positions_mm: [
      [0, -64, 100],
      [3, -64, 100],
      [6, -64, 100],
    ],
    spacing_mm: [2, 0.5],
    measured_spacing_mm: [2, 0.5],
    slice_spacing_mm: 3,
    unit: "",
    windows: [{ explanation: "brain", window: { center: 128, width: 256, function: "LINEAR" } }],
    ...changes,
  });
}

/** An oblique stack: rows and columns along no axis of the patient. */
export function obliqueStack(): StackInfo {
  const right: [number, number, number] = [0.8, 0.6, 0];
  const down: [number, number, number] = [-0.36, 0.48, 0.8];
  const normal = [0.48, -0.64, 0.6];
  return axialStack({
    frames: 20,
    orientation: [...right, ...down],
    positions_mm: Array.from({ length: 20 }, (_, i) => [
      10 + 1.5 * i * (normal[0] ?? 0),
      -20 + 1.5 * i * (normal[1] ?? 0),
      30 + 1.5 * i * (normal[2] ?? 0),
    ]),
    spacing_mm: [0.9, 0.4],
    measured_spacing_mm: [0.9, 0.4],
    slice_spacing_mm: 1.5,
  });
}

/** The coronal planes through that axial CT: 512 of 512 × 40 voxels, the first at the front. */
export function coronalPlanes(): PlaneGeometry {
  return {
    plane: "coronal",
    rows: 40,
    columns: 512,
    level_count: 4,
    count: 512,
    index: 256,
    first_mm: [-178.85, -178.85, -22],
    step_mm: [0, 0.7, 0],
    right: [1, 0, 0],
    down: [0, 0, -1],
    spacing_mm: [2, 0.7],
    sides: { left: "R", right: "L", top: "H", bottom: "F" },
    native: true,
    note: "",
  };
}
