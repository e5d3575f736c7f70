// The words between the stage and the page around it: what a pane is given and what it tells.
import type { Arrow, PaneView, Pin, Place, ShownStack, StackInfo, Text, WireWindow } from "../protocol.ts";

/** What a left drag (mouse, pen) or a one-finger drag does. */
export type Tool = "window" | "pan" | "zoom" | "scroll" | "arrow" | "text" | "pin";

/** How good the drawn picture is: nothing right yet, coarse or JPEG, or every value the screen can show. */
export type Quality = "none" | "preview" | "full";

/** One stack of one open series, as the server describes it now. */
export type ShownPicture = {
  room: string;
  grant: string;
  series: string;
  stack: number;
  info: StackInfo;
  /** What is written on the picture: which series this is. Empty: nothing. */
  title: string;
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

/** What a pane can draw of what people put on pictures. */
export type DrawnShape = Arrow | Text | Pin;

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
  shape: DrawnShape;
};

/** Somebody's pointer. `key` stays the same while it moves. */
export type PanePointer = { key: string; name: string; color: string; place: Place };

/** What the pane tells the page. */
export type PaneEvents = {
  /** The user moved this pane: place, field, window as absolute values, already drawn here; at most one per animation frame. */
  onView(change: PaneView): void;
  /** The user's pointer over the picture, at most 30 a second; null when it leaves. */
  onPointer(place: Place | null): void;
  /** A finished arrow. */
  onMark(shape: DrawnShape): void;
  /** Somebody wants to write a text, or to ask a question, at this place. */
  onWrite(at: Place, kind: "text" | "pin"): void;
  /** An own mark was moved (its new shape) or deleted (null). */
  onMarkChange(id: string, shape: DrawnShape | null): void;
  onQuality(quality: Quality): void;
  /** The shared view of this tag is on the screen now, as well as it can be; null: none is, the user has moved. */
  onDrawn(tag: string | null): void;
  /** The frame that a running film has come to; null: nothing runs. */
  onFilm(frame: number | null): void;
  /** Something that was tried is not possible here, in words. */
  onNotice(text: string): void;
  /** The tool changed by itself: a one-shot tool ended, or Esc. */
  onTool(tool: Tool): void;
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
  /** Decoded tiles and textures kept, by our own count. */
  cacheBytes: number;
  /** Frames of which the preview of the stack is here. */
  previewed: number;
  webgl: boolean;
};

/** The drawn picture, rows from the top, RGBA. */
export type Pixels = { width: number; height: number; data: Uint8Array };
