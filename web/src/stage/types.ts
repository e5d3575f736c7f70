// The words between the stage and the page around it: what a pane is given and what it tells.
import type {
  Camera,
  Measured,
  PaneView,
  PatientPlace,
  Place,
  PlaneGeometry,
  Shape,
  ShownStack,
  StackInfo,
  WireWindow,
} from "../protocol.ts";
import type { DrawTool } from "./tools.ts";

/** What a left drag (mouse, pen) or a one-finger drag does. */
export type Tool = "window" | "pan" | "zoom" | "scroll" | "crosshair" | "laser" | DrawTool;

/** How good the drawn picture is: nothing right yet, coarse or JPEG, or every value the screen can show. */
export type Quality = "none" | "preview" | "full";

/** One stack of one open series, or planes through it, as the server describes it now. */
export type ShownPicture = {
  room: string;
  grant: string;
  series: string;
  stack: number;
  info: StackInfo;
  mode: ShownStack["mode"];
  /** Where the planes lie; null in mode "stack", and until it is known. */
  plane: PlaneGeometry | null;
  /** How oblique planes lie: those of `plane`. */
  camera: Camera | null;
  /** What is written on the picture: which series this is. Empty: nothing. */
  title: string;
  /** As the file says it (0008,0060). */
  modality: string;
};

/** One whole frame as one JPEG tile of `level` in one window, fetched before there was a pane. */
export type EarlyPicture = {
  shown: ShownStack;
  frame: number;
  level: number;
  /** Null: in color. */
  window: WireWindow | null;
  jpeg: Blob;
};

/** An annotation to draw. `pending`: not yet acknowledged by the server. */
export type PaneMark = {
  id: string;
  name: string;
  color: string;
  /** Only own ones can be moved. */
  own: boolean;
  /** It can be taken hold of, to be deleted or hidden. */
  removable: boolean;
  pending: boolean;
  shape: Shape;
  /** The server's; null for what has no measure, and while it is being measured. */
  measured: Measured | null;
  /** Why it could not be measured, in words. */
  unmeasurable: string | null;
};

/** Somebody's pointer. `key` stays the same while it moves. `laser`: a light that leaves a trail. */
export type PanePointer = { key: string; name: string; color: string; place: Place; laser: boolean };

/** What the pane tells the page. */
export type PaneEvents = {
  /** The user moved this pane: place, field, window as absolute values, already drawn here; at most one per animation frame. */
  onView(change: PaneView): void;
  /** The user's pointer over the picture, at most 30 a second; null when it leaves. `laser`: it is a light. */
  onPointer(place: Place | null, laser: boolean): void;
  /** A finished figure; answers with the id of the mark it becomes, if it becomes one. */
  onMark(shape: Shape): string | null;
  /** Somebody wants to write a text, or to ask a question, at this place. */
  onWrite(at: Place, kind: "text" | "pin"): void;
  /** An own mark was moved (its new shape) or deleted (null). */
  onMarkChange(id: string, shape: Shape | null): void;
  /** Somebody wants to know what can be done with a mark; `at`: on the page, in CSS pixels. */
  onMarkMenu(id: string, at: { x: number; y: number }): void;
  onQuality(quality: Quality): void;
  /** The shared view of this tag is on the screen now, as well as it can be; null: none is, the user has moved. */
  onDrawn(tag: string | null): void;
  /** The frame that a running film has come to; null: nothing runs. */
  onFilm(frame: number | null): void;
  /** Something that was tried is not possible here, in words. */
  onNotice(text: string): void;
  /** The tool changed by itself: a one-shot tool ended, or Esc. */
  onTool(tool: Tool): void;
  /** The crosshair is put here by hand, already drawn here; at most once in an animation frame. */
  onCrosshair(at: PatientPlace): void;
  /**
   * Its planes are turned by hand, about this pane's normal, by so much more: positive from the row direction toward the
   * column direction. At most once in an animation frame.
   */
  onCrosshairTurn(radians: number): void;
  /** Another series of the list is wanted here: the next or the previous one. */
  onSeries(step: 1 | -1): void;
  /** This pane shall fill the screen, or be one of several again. */
  onMaximize(): void;
  /** Somebody has begun to work in this pane. */
  onActivate(): void;
};

export type PaneCommand =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "pageUp"
  | "pageDown"
  | "fit"
  | "reset"
  | "zoomIn"
  | "zoomOut"
  | "brighter"
  | "darker"
  | "moreContrast"
  | "lessContrast"
  | "rotateRight"
  | "rotateLeft"
  | "flipHorizontal"
  | "flipVertical"
  | "invert"
  | "panLeft"
  | "panRight"
  | "panUp"
  | "panDown"
  | "deleteMark"
  | "cancel"
  | "undoDraft"
  /** Plays a film, or stops it. */
  | "cine";

export type PaneStats = {
  valuesRequests: number;
  displayRequests: number;
  /** Bytes of tile bodies received, as they crossed the wire where the server says so. */
  bytes: number;
  /** Decoded tiles, tables, overlays and textures kept, by our own count. */
  cacheBytes: number;
  /** Frames of which the preview of the stack is here. */
  previewed: number;
  webgl: boolean;
};

/** The drawn picture, rows from the top, RGBA. */
export type Pixels = { width: number; height: number; data: Uint8Array };
