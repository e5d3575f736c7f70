// Generated from server/readingroom/protocol/ by `make protocol`; do not edit.

export const PROTOCOL_VERSION = 4;

export type Message =
  | JoinRequest
  | JoinAnswer
  | Hello
  | Welcome
  | SyncRequest
  | SyncTail
  | SyncSnapshot
  | SyncLost
  | Op
  | OpAccepted
  | Refused
  | Entries
  | Snapshot
  | ViewCommand
  | ViewAccepted
  | ViewChange
  | StateHash
  | PresenceUpdate
  | PresenceFrame
  | StoreState
  | Farewell
  | SeriesIndex
  | PlaneGeometry
  | MeasureRequest
  | Measured
  | HttpError
  | SignInRequest
  | SignedIn
  | SignOutRequest
  | SignedOut
  | StudyList
  | RoomRequest
  | ImportEvent
  | InvitationRequest
  | InvitationMade
  | InvitationList
  | InvitationRevoked;

/**
 * `POST /api/join`: the secret of a link for a cookie. An absent name keeps the one given before.
 */
export interface JoinRequest {
  room: string;
  secret: string;
  name?: string | null;
}
/**
 * The cookie `rr-<grant>` is set beside this. `first_picture` is the address of a display tile.
 */
export interface JoinAnswer {
  room: string;
  grant: string;
  principal: string;
  role: "host" | "clinician" | "patient" | "observer";
  name: string;
  first_picture: string | null;
}
/**
 * The `auth` of the Socket.IO handshake.
 */
export interface Hello {
  protocol: number;
  room: string;
  grant: string;
}
/**
 * Event `welcome`: the first thing a socket hears. Then the page asks `sync`.
 */
export interface Welcome {
  protocol: number;
  process: string;
  connection: string;
  principal: string;
  role: "host" | "clinician" | "patient" | "observer";
  server_ms: number;
  weak_durability: boolean;
}
/**
 * Event `sync`: what the page has. Nulls: nothing yet.
 */
export interface SyncRequest {
  epoch?: string | null;
  revision: number;
  head: string;
}
/**
 * The entries the page lacks, and the whole view, which is of this fence.
 */
export interface SyncTail {
  ok: true;
  kind: "tail";
  entries: LogEntry[];
  fence: number;
  view_revision: number;
  layout: "1x1" | "1x2" | "2x1" | "2x2";
  panes: {
    [k: string]: PaneView;
  };
}
/**
 * One accepted change. Author, time, fence and head are the server's.
 */
export interface LogEntry {
  version: 1 | 2;
  revision: number;
  at_ms: number;
  by: string;
  op_id: string;
  command:
    | AnnotationCreated
    | AnnotationUpdated
    | AnnotationDelete
    | AnnotationHide
    | AnnotationReverted
    | QuestionAnswer
    | LeadTake
    | LeadAsk
    | LeadGive
    | StageGather
    | SeriesOpened
    | SeriesClose
    | KeyImageAdd
    | KeyImageRemove
    | ChatSay
    | HandRaise
    | HandLower
    | PersonJoined
    | PersonRemove
    | PersonRole
    | RoomEnd
    | RoomReopen
    | RoomContinued;
  fence: number;
  head: string;
}
/**
 * A new mark with what the server measured.
 */
export interface AnnotationCreated {
  kind: "annotation.create";
  id: string;
  mark: KeptMark;
}
/**
 * A mark as it is kept: `measured` is the server's, null for what has no measure.
 *
 * `unmeasurable` says in words why a figure could not be measured.
 */
export interface KeptMark {
  series: string;
  stack: number;
  frame?: number | null;
  shape:
    | Arrow
    | Text
    | Pin
    | Length
    | Angle
    | Cobb
    | Bidirectional
    | Ellipse
    | Rectangle
    | Polygon
    | Freehand
    | Probe;
  measured?: Measured | null;
  unmeasurable?: string | null;
}
/**
 * An arrow from `tail` to `head`; the head touches what is meant.
 */
export interface Arrow {
  kind: "arrow";
  tail: PatientPlace | ImagePlace;
  head: PatientPlace | ImagePlace;
  label: string;
}
/**
 * A point in the patient: DICOM LPS, integer micrometers, inside one Frame of Reference.
 */
export interface PatientPlace {
  kind: "patient";
  frame_of_reference: string;
  /**
   * @minItems 3
   * @maxItems 3
   */
  point_um: [number, number, number];
}
/**
 * A point on one frame of a stack without geometry: [column, row] in thousandths of a pixel.
 *
 * 0 is the left (upper) edge of the first column (row); its center is 500.
 */
export interface ImagePlace {
  kind: "image";
  frame: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  point_milli: [number, number];
}
/**
 * Words beside a point.
 */
export interface Text {
  kind: "text";
  at: PatientPlace | ImagePlace;
  text: string;
}
/**
 * A question about a point: "What is this?".
 */
export interface Pin {
  kind: "pin";
  at: PatientPlace | ImagePlace;
  text: string;
}
/**
 * The distance of two points, straight through the patient.
 */
export interface Length {
  kind: "length";
  start: PatientPlace | ImagePlace;
  end: PatientPlace | ImagePlace;
}
/**
 * The angle at `vertex` between two arms, 0 to 180 degrees.
 */
export interface Angle {
  kind: "angle";
  first: PatientPlace | ImagePlace;
  vertex: PatientPlace | ImagePlace;
  second: PatientPlace | ImagePlace;
}
/**
 * The angle between two lines that need not meet, 0 to 90 degrees, and its supplement.
 */
export interface Cobb {
  kind: "cobb";
  first: Line;
  second: Line;
}
/**
 * A straight line.
 */
export interface Line {
  start: PatientPlace | ImagePlace;
  end: PatientPlace | ImagePlace;
}
/**
 * Two axes of a lesion. The longer is called the long one, whichever was drawn first.
 */
export interface Bidirectional {
  kind: "bidirectional";
  first: Line;
  second: Line;
}
/**
 * An ellipse by its center and an end of each half axis (or of any two conjugate half diameters).
 */
export interface Ellipse {
  kind: "ellipse";
  center: PatientPlace | ImagePlace;
  first_end: PatientPlace | ImagePlace;
  second_end: PatientPlace | ImagePlace;
}
/**
 * A rectangle by two opposite corners, its sides along the frame's rows and columns.
 */
export interface Rectangle {
  kind: "rectangle";
  corner: PatientPlace | ImagePlace;
  opposite: PatientPlace | ImagePlace;
}
export interface Polygon {
  kind: "polygon";
  outline: PatientOutline | ImageOutline;
}
/**
 * The corners of a closed outline in the patient; the last is joined to the first.
 */
export interface PatientOutline {
  kind: "patient";
  frame_of_reference: string;
  /**
   * @minItems 3
   * @maxItems 500
   */
  points_um: [number, number, number][];
}
/**
 * The corners of a closed outline on one frame, as in ImagePlace; the last is joined to the first.
 */
export interface ImageOutline {
  kind: "image";
  frame: number;
  /**
   * @minItems 3
   * @maxItems 500
   */
  points_milli: [number, number][];
}
/**
 * A closed line drawn by hand. Where it crosses itself the even-odd rule says what is inside.
 */
export interface Freehand {
  kind: "freehand";
  outline: PatientOutline | ImageOutline;
}
/**
 * The value of the pixel a point lies in.
 */
export interface Probe {
  kind: "probe";
  at: PatientPlace | ImagePlace;
}
/**
 * The answer. `meaning` is the sentence beside its lengths, `notes` are what else must be shown.
 *
 * `sd` is the population's. `frame` is the picture the figure lies on; null when it spans the patient.
 */
export interface Measured {
  kind:
    | "length"
    | "angle"
    | "cobb"
    | "bidirectional"
    | "ellipse"
    | "rectangle"
    | "polygon"
    | "freehand"
    | "probe";
  quantities: Quantity[];
  calibration: "patient" | "calibrated" | "detector" | "film" | "regions" | "none";
  meaning: string;
  notes: string[];
  frame?: number | null;
}
/**
 * One measured number. `unit`: mm, mm², px, px², °, g/ml, empty for a count, or the values' own (HU).
 *
 * `supplement` is 180° less the angle between two lines, for curves over 90°. `pixels` counts those the
 * values are of, `padding` and `labels` those of the region left out. `stored` is the value before rescale.
 */
export interface Quantity {
  name:
    | "length"
    | "angle"
    | "supplement"
    | "long_axis"
    | "short_axis"
    | "area"
    | "perimeter"
    | "major_axis"
    | "minor_axis"
    | "width"
    | "height"
    | "mean"
    | "sd"
    | "min"
    | "max"
    | "pixels"
    | "padding"
    | "labels"
    | "value"
    | "stored"
    | "suv_mean"
    | "suv_sd"
    | "suv_min"
    | "suv_max"
    | "suv";
  value: number;
  unit: string;
}
/**
 * A mark drawn anew by its author, measured anew.
 */
export interface AnnotationUpdated {
  kind: "annotation.update";
  id: string;
  mark: KeptMark;
}
export interface AnnotationDelete {
  kind: "annotation.delete";
  id: string;
}
/**
 * Take somebody's mark out of everybody's sight, or show it again: for hosts.
 */
export interface AnnotationHide {
  kind: "annotation.hide";
  id: string;
  hidden: boolean;
}
/**
 * What an undo or redo made of a mark; without a mark it is removed.
 */
export interface AnnotationReverted {
  kind: "annotation.reverted";
  id: string;
  how: "undo" | "redo";
  hidden: boolean;
  mark?: KeptMark | null;
}
/**
 * Tick off the question of a pin, or open it again.
 */
export interface QuestionAnswer {
  kind: "question.answer";
  id: string;
  answered: boolean;
}
/**
 * Take the lead: allowed when nobody holds it, when its lease ran out, and always for a host.
 */
export interface LeadTake {
  kind: "lead.take";
}
/**
 * Ask the holder for the lead; shown to everyone until the lead moves or the asker withdraws.
 */
export interface LeadAsk {
  kind: "lead.ask";
  asking: boolean;
}
/**
 * Give the lead to somebody: allowed to its holder, and always to a host.
 */
export interface LeadGive {
  kind: "lead.give";
  to: string;
}
/**
 * Bring everyone here: whoever looks on his own follows again.
 */
export interface StageGather {
  kind: "stage.gather";
}
/**
 * Written by the server when a series is put into the room.
 */
export interface SeriesOpened {
  kind: "series.opened";
  series: string;
  other_patient: boolean;
}
/**
 * Take a series out of the room; its marks stay in the record.
 */
export interface SeriesClose {
  kind: "series.close";
  series: string;
}
/**
 * Keep a view as one worth coming back to.
 */
export interface KeyImageAdd {
  kind: "key_image.add";
  id: string;
  view: PaneView;
  note: string;
}
/**
 * The shared view of one pane. Every field is the last writer's.
 *
 * `inverted`: whether the grays are drawn the other way round, beyond what the pictures themselves ask for
 * (MONOCHROME1); null: as pictures of this kind usually are.
 */
export interface PaneView {
  shown?: ShownStack | null;
  place?: (PatientPlace | ImagePlace) | null;
  field?: FieldOfView | null;
  window?: WireWindow | null;
  cine?: Cine | null;
  slab?: Slab | null;
  turn?: Turn | null;
  camera?: Camera | null;
  inverted?: boolean | null;
}
/**
 * Which stack of which open series a pane shows, and how it is cut.
 */
export interface ShownStack {
  series: string;
  stack: number;
  mode: "stack" | "axial" | "coronal" | "sagittal" | "oblique";
}
/**
 * The rectangle around the place that everyone sees at least.
 *
 * In micrometers for a patient place, in thousandths of a pixel for an image place.
 */
export interface FieldOfView {
  width: number;
  height: number;
}
/**
 * A VOI window in modality units; floats of 7 significant digits.
 *
 * `lut` names a VOI LUT of the stack by its place: it then makes the grays. Where there is no such table,
 * center and width stand for it: the linear window over its domain.
 */
export interface WireWindow {
  center: number;
  width: number;
  /**
   * VOI LUT Function (0028,1056). Source: PS3.3 C.11.2.1.3.
   */
  function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
  lut?: number | null;
}
/**
 * A stack that plays, or stands where it was stopped.
 *
 * `rate` is how many times as fast as it was recorded, `first_frame` the frame shown at `started_at`, the
 * server's time in ms since 1970. Every screen computes from these which frame is due.
 */
export interface Cine {
  playing: boolean;
  rate: number;
  first_frame: number;
  started_at: number;
}
/**
 * How thick a plane is, and what is made of the voxels within.
 */
export interface Slab {
  thickness_um: number;
  projection: "mip" | "minip" | "mean";
}
/**
 * How a picture is turned on the screen: first mirrored left to right, then turned clockwise.
 */
export interface Turn {
  quarter_turns: number;
  mirrored: boolean;
}
/**
 * How an oblique plane lies in the patient: direction cosines of its rows and columns, in millionths.
 *
 * Both are unit vectors at right angles, as Image Orientation (Patient) is (PS3.3 C.7.6.2.1.1).
 */
export interface Camera {
  /**
   * @minItems 3
   * @maxItems 3
   */
  right: [number, number, number];
  /**
   * @minItems 3
   * @maxItems 3
   */
  down: [number, number, number];
}
export interface KeyImageRemove {
  kind: "key_image.remove";
  id: string;
}
export interface ChatSay {
  kind: "chat.say";
  text: string;
}
/**
 * Raise one's own hand, or take it down.
 */
export interface HandRaise {
  kind: "hand.raise";
  raised: boolean;
}
/**
 * Take down somebody's hand: for hosts.
 */
export interface HandLower {
  kind: "hand.lower";
  principal: string;
}
/**
 * Written by the server when an invitation is exchanged.
 */
export interface PersonJoined {
  kind: "person.joined";
  name: string;
  role: "host" | "clinician" | "patient" | "observer";
}
/**
 * Send somebody out; his link, cookie and socket are of no use any more.
 */
export interface PersonRemove {
  kind: "person.remove";
  principal: string;
}
/**
 * Give somebody another role.
 */
export interface PersonRole {
  kind: "person.role";
  principal: string;
  role: "host" | "clinician" | "patient" | "observer";
}
/**
 * End the consultation: only hosts may come in, and nothing changes until it is opened again.
 */
export interface RoomEnd {
  kind: "room.end";
}
export interface RoomReopen {
  kind: "room.reopen";
}
/**
 * A host went on after STATE_LOST; `epoch` is the new one.
 */
export interface RoomContinued {
  kind: "room.continued";
  epoch: string;
}
/**
 * The page fetches the snapshot by HTTP; entries after it are already on their way.
 */
export interface SyncSnapshot {
  ok: true;
  kind: "snapshot";
  revision: number;
}
/**
 * Another epoch, another head, or a page that knows more than the server.
 *
 * `frozen`: the server itself saw that the room's history is lost; nothing is changed in it until a host
 * goes on (`room.go_on`).
 */
export interface SyncLost {
  ok: true;
  kind: "state_lost";
  revision: number;
  frozen: boolean;
}
/**
 * Event `op`: one change of the document. Sent again with the same op_id until it is answered.
 */
export interface Op {
  op_id: string;
  command:
    | AnnotationCreate
    | AnnotationUpdate
    | AnnotationDelete
    | AnnotationHide
    | AnnotationUndo
    | AnnotationRedo
    | QuestionAnswer
    | LeadTake
    | LeadAsk
    | LeadGive
    | StageGather
    | SeriesOpen
    | SeriesClose
    | KeyImageAdd
    | KeyImageRemove
    | ChatSay
    | HandRaise
    | HandLower
    | PersonRemove
    | PersonRole
    | RoomEnd
    | RoomReopen
    | RoomGoOn;
}
export interface AnnotationCreate {
  kind: "annotation.create";
  id: string;
  mark: Mark;
}
/**
 * What an annotation is about: the stack it lies on, the picture it was drawn on, and its shape.
 *
 * `frame` must be given for a measurement where several pictures lie at one place in the patient.
 */
export interface Mark {
  series: string;
  stack: number;
  frame?: number | null;
  shape:
    | Arrow
    | Text
    | Pin
    | Length
    | Angle
    | Cobb
    | Bidirectional
    | Ellipse
    | Rectangle
    | Polygon
    | Freehand
    | Probe;
}
export interface AnnotationUpdate {
  kind: "annotation.update";
  id: string;
  mark: Mark;
}
/**
 * Take back the sender's own last change of a mark; CONFLICT when the mark was changed since.
 */
export interface AnnotationUndo {
  kind: "annotation.undo";
}
/**
 * Do again what the sender took back last.
 */
export interface AnnotationRedo {
  kind: "annotation.redo";
}
/**
 * Put a series of the library into the room under the name `series`.
 *
 * One of another patient than the room's is refused with OTHER_PATIENT until `other_patient` says that this
 * is meant; it stays marked.
 */
export interface SeriesOpen {
  kind: "series.open";
  series: string;
  study: string;
  number: number;
  other_patient: boolean;
}
/**
 * After STATE_LOST: go on with what the server has, under a new epoch.
 */
export interface RoomGoOn {
  kind: "room.go_on";
}
/**
 * The change is on disk.
 */
export interface OpAccepted {
  ok: true;
  revision: number;
}
/**
 * The answer to anything that is not done: a code for the page, a sentence for the person.
 */
export interface Refused {
  ok: false;
  code: string;
  message: string;
}
/**
 * Event `entries`: consecutive accepted changes.
 */
export interface Entries {
  entries: LogEntry[];
}
/**
 * `GET /api/rooms/{room}/snapshot`: the whole document and view at one revision.
 *
 * `gathered` is the revision at which everyone was last brought to the shared view. Chat is the newest 500
 * messages. Marks and key images are in the order of their ids, the others in that of their revisions.
 */
export interface Snapshot {
  epoch: string;
  revision: number;
  view_revision: number;
  head: string;
  ended: boolean;
  gathered: number;
  lead: Lead;
  people: Person[];
  series: OpenSeries[];
  annotations: Annotation[];
  hands: Hand[];
  chat: ChatMessage[];
  key_images: KeyImage[];
  layout: "1x1" | "1x2" | "2x1" | "2x2";
  panes: {
    [k: string]: PaneView;
  };
}
/**
 * Who steers. `fence` grows each time the lead moves; view commands carry it.
 */
export interface Lead {
  holder: string | null;
  fence: number;
  asking: string[];
}
/**
 * Somebody who is or was admitted. `removed`: a host sent him out; his marks keep his name.
 */
export interface Person {
  principal: string;
  name: string;
  role: "host" | "clinician" | "patient" | "observer";
  removed: boolean;
}
/**
 * A series in the room. `other_patient`: it is not of the patient this room is for.
 */
export interface OpenSeries {
  series: string;
  other_patient: boolean;
}
/**
 * A mark in the document. `deleted` ones are tombstones and carry no mark.
 *
 * `hidden`: a host took it out of everybody's sight. `answered` is for pins.
 */
export interface Annotation {
  id: string;
  by: string;
  revision: number;
  deleted: boolean;
  hidden: boolean;
  answered: boolean;
  mark?: KeptMark | null;
}
/**
 * A raised hand, since a revision.
 */
export interface Hand {
  principal: string;
  revision: number;
}
export interface ChatMessage {
  revision: number;
  at_ms: number;
  by: string;
  text: string;
}
/**
 * A view worth coming back to.
 */
export interface KeyImage {
  id: string;
  by: string;
  revision: number;
  view: PaneView;
  note: string;
}
/**
 * Event `view`: the holder of the lead moves the shared view. Absent fields stay as they are.
 *
 * `page` names the page that steers and `n` counts its commands: one that arrives after a newer one of its
 * page, perhaps on a connection that was left behind, is STALE. Without a page the order of arrival holds.
 */
export interface ViewCommand {
  fence: number;
  pane: number;
  change: PaneView;
  layout?: ("1x1" | "1x2" | "2x1" | "2x2") | null;
  page?: string | null;
  n?: number | null;
}
/**
 * The change is kept, alone or as part of a newer one; `view_revision` is the one that holds it.
 */
export interface ViewAccepted {
  ok: true;
  view_revision: number;
}
/**
 * Event `view`: what changed, in order of (fence, view_revision).
 */
export interface ViewChange {
  fence: number;
  view_revision: number;
  by: string;
  pane: number;
  change: PaneView;
  layout?: ("1x1" | "1x2" | "2x1" | "2x2") | null;
}
/**
 * Event `state`, every 5 s: what a page in step with the server has at these revisions.
 *
 * Both are SHA-256 in hex over the sorted lines `id:hash` of the document's and of the view's parts, each
 * part hashed as RFC 8785 bytes without its nulls (SPEC.md R56).
 */
export interface StateHash {
  revision: number;
  view_revision: number;
  document: string;
  view: string;
}
/**
 * Event `presence`, at most 30 a second; also the heartbeat, at least one in 2 seconds.
 *
 * `round_trip_ms` is the page's own measure of its connection.
 */
export interface PresenceUpdate {
  n: number;
  pointer?: Pointer | null;
  following: boolean;
  quality: "none" | "preview" | "full";
  typing: boolean;
  round_trip_ms?: number | null;
  drawn?: Drawn | null;
}
/**
 * Where somebody points. `laser`: on purpose, with a light that leaves a trail.
 */
export interface Pointer {
  pane: number;
  place: PatientPlace | ImagePlace;
  laser: boolean;
}
/**
 * The newest state whose picture is really on the screen, at most 4 times a second.
 *
 * `fence` and `view_revision` are of the shared view; null while somebody looks on his own.
 */
export interface Drawn {
  fence?: number | null;
  view_revision?: number | null;
  revision: number;
  /**
   * @maxItems 4
   */
  panes: DrawnPane[];
}
/**
 * What one pane really shows. `place` is null where nothing is drawn.
 */
export interface DrawnPane {
  pane: number;
  series: string;
  stack: number;
  place?: (PatientPlace | ImagePlace) | null;
  quality: "none" | "preview" | "full";
}
/**
 * Event `presence`: who changed since the last frame. `full` replaces everything known.
 */
export interface PresenceFrame {
  full: boolean;
  people: PersonPresent[];
  gone: string[];
}
export interface PersonPresent {
  connection: string;
  principal: string;
  n: number;
  pointer?: Pointer | null;
  following: boolean;
  quality: "none" | "preview" | "full";
  typing: boolean;
  round_trip_ms?: number | null;
  drawn?: Drawn | null;
}
/**
 * Event `store`: whether changes can be saved now.
 */
export interface StoreState {
  saving: boolean;
}
/**
 * Event `farewell`: why the server is about to close this socket.
 */
export interface Farewell {
  code: string;
  message: string;
}
/**
 * `GET /api/rooms/{room}/series`.
 */
export interface SeriesIndex {
  series: SeriesInfo[];
}
/**
 * One open series. `number` and `description` come from the file, cleaned.
 */
export interface SeriesInfo {
  series: string;
  modality: string;
  number: number | null;
  description: string;
  date: string;
  body_part: string;
  stacks: StackInfo[];
  refused: number;
  identity: Identity | null;
}
/**
 * One stack or volume of a series, with what the page needs to place and draw it.
 *
 * `orientation` is Image Orientation (Patient): row then column direction cosines; `positions_mm` holds
 * Image Position (Patient) per frame in slice order; both and `frame_of_reference` are null without geometry
 * (PS3.3 C.7.6.2). `spacing_mm` is [between rows, between columns] (Pixel Spacing order) whenever it is
 * known, `pixel_aspect` a pixel's [height, width] in no unit when only that is known (PS3.3 C.7.6.3.1.7):
 * either is the shape in which pixels are drawn. `measured_spacing_mm` is what lengths are measured with and
 * `calibration` what they mean (PS3.3 10.7.1); null: in pixels. `samples` 3: color, never windowed.
 * `palette`: `.../palette` gives the colors that stored values have. `overlays`: `.../overlay/{frame}` gives
 * a layer. `mpr_note` must be shown wherever other planes are. `suv_bw`: g/ml of a modality value of 1.
 * `frame_times_ms`: how long each frame is shown when it is played; empty: it is no motion. `lossy`: the
 * pixels were compressed with loss before they reached us, so even the full quality is not what the scanner
 * saw.
 */
export interface StackInfo {
  kind: "volume" | "stack" | "image" | "cine";
  reason: string;
  frames: number;
  rows: number;
  columns: number;
  level_count: number;
  orientation: [number, number, number, number, number, number] | null;
  positions_mm: [number, number, number][] | null;
  spacing_mm: [number, number] | null;
  pixel_aspect: [number, number] | null;
  slice_spacing_mm: number | null;
  frame_of_reference: string | null;
  unit: string;
  inverted: boolean;
  values: boolean;
  lossy: boolean;
  windows: NamedWindow[];
  ready: number;
  complete: boolean;
  damaged: number[];
  samples: 1 | 3;
  palette: boolean;
  overlays: boolean;
  calibration: "patient" | "calibrated" | "detector" | "film" | "regions" | "none";
  measured_spacing_mm: [number, number] | null;
  mpr: boolean;
  mpr_note: string;
  suv_bw: number | null;
  frame_times_ms: number[];
}
/**
 * A window of the file (or chosen by us) with its explanation (0028,1055).
 */
export interface NamedWindow {
  explanation: string;
  window: WireWindow;
}
/**
 * Who the pictures are of. Given to hosts only.
 */
export interface Identity {
  patient_name: string;
  patient_id: string;
  birth_date: string;
  study_date: string;
}
/**
 * `GET .../{stack}/planes/{plane}`: `count` parallel planes of one size, in mm of the patient (LPS).
 *
 * Plane 0's first pixel has its center at `first_mm`, plane i's i times `step_mm` further on. `right` and
 * `down` are unit vectors along rows and columns, `spacing_mm` is [between rows, between columns]. `index`
 * is the plane through the point that was asked for (axial, coronal, sagittal: nearest to it), else the
 * middle one. `native`: pixels are the volume's own voxels; else they are interpolated, and `note` must be
 * shown beside them when it is not empty.
 */
export interface PlaneGeometry {
  plane: "axial" | "coronal" | "sagittal" | "oblique";
  rows: number;
  columns: number;
  level_count: number;
  count: number;
  index: number;
  /**
   * @minItems 3
   * @maxItems 3
   */
  first_mm: [number, number, number];
  /**
   * @minItems 3
   * @maxItems 3
   */
  step_mm: [number, number, number];
  /**
   * @minItems 3
   * @maxItems 3
   */
  right: [number, number, number];
  /**
   * @minItems 3
   * @maxItems 3
   */
  down: [number, number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  spacing_mm: [number, number];
  sides: SideNames;
  native: boolean;
  note: string;
}
/**
 * What lies toward each side of a picture: A P R L H F, two letters where it is oblique.
 */
export interface SideNames {
  left: string;
  right: string;
  top: string;
  bottom: string;
}
/**
 * `POST /api/rooms/{room}/series/{series}/{stack}/measure`.
 *
 * `frame` is the picture the person looks at. It must be given where several lie at one place in the patient
 * (a dynamic series); else null means the picture the points lie on.
 */
export interface MeasureRequest {
  shape: Length | Angle | Cobb | Bidirectional | Ellipse | Rectangle | Polygon | Freehand | Probe;
  frame?: number | null;
}
/**
 * The body of every HTTP answer that is not a success.
 */
export interface HttpError {
  error: Refused;
}
/**
 * `POST /api/sign-in`: the secret of a host link for a cookie.
 */
export interface SignInRequest {
  secret: string;
}
/**
 * A cookie is set beside this; it is good for so long, whatever happens.
 */
export interface SignedIn {
  expires_in_s: number;
}
/**
 * `POST /api/sign-out`: an empty object.
 */
export interface SignOutRequest {}
/**
 * The session has ended, and its cookie is taken away.
 */
export interface SignedOut {
  signed_out: boolean;
}
/**
 * `GET /api/studies`: newest first. `total` counts all that were found, `library` all there are.
 */
export interface StudyList {
  studies: StudyInfo[];
  total: number;
  library: number;
  limits: ImportLimits;
}
/**
 * One study. `patient` is one opaque name for one patient; `refused` counts files that were left out.
 */
export interface StudyInfo {
  study: string;
  patient: string;
  identity: Identity;
  description: string;
  modalities: string[];
  series: StudySeries[];
  refused: number;
}
/**
 * One series of a study. `number` is its place, as `series.open` names it; the file's is beside it.
 */
export interface StudySeries {
  number: number;
  series_number: number | null;
  modality: string;
  description: string;
  pictures: number;
  viewable: boolean;
}
/**
 * What one import may bring.
 */
export interface ImportLimits {
  files: number;
  bytes: number;
}
/**
 * `POST /api/rooms`: a room with these studies in it, whose host the asker becomes; answers JoinAnswer.
 *
 * Studies of several patients are OTHER_PATIENT until `other_patient` says that this is meant.
 */
export interface RoomRequest {
  /**
   * @minItems 1
   * @maxItems 8
   */
  studies: string[];
  name?: string | null;
  other_patient: boolean;
}
/**
 * One line of the answer to `POST /api/imports`.
 */
export interface ImportEvent {
  event: ImportReceived | ImportProgress | ImportDone | ImportRefused;
}
/**
 * Everything has come.
 */
export interface ImportReceived {
  kind: "received";
  files: number;
  bytes: number;
}
/**
 * `done` of `total` files: unpacked, then taken in, then read.
 */
export interface ImportProgress {
  kind: "progress";
  stage: "unpacking" | "copying" | "reading";
  done: number;
  total: number;
}
/**
 * The end: studies that are in the library now (or were already), and what was left out of them.
 */
export interface ImportDone {
  kind: "done";
  studies: string[];
  series: number;
  pictures: number;
  left_out: number;
  files: LeftOut[];
}
/**
 * A file that was left out, by its base name, and why.
 */
export interface LeftOut {
  file: string;
  code: string;
  message: string;
}
/**
 * The end: nothing was imported.
 */
export interface ImportRefused {
  kind: "refused";
  code: string;
  message: string;
  left_out: number;
  files: LeftOut[];
}
/**
 * `POST /api/rooms/{room}/invitations`: a link for one person, called `name` unless he says another.
 */
export interface InvitationRequest {
  role: "host" | "clinician" | "patient" | "observer";
  name?: string | null;
  expires_in_s: number;
}
/**
 * The only time that the link is told.
 */
export interface InvitationMade {
  invitation: InvitationInfo;
  link: string;
  qr: QrCode;
}
/**
 * One invitation, without its secret. `expires_in_s`: until its first use.
 */
export interface InvitationInfo {
  invitation: string;
  role: "host" | "clinician" | "patient" | "observer";
  name: string;
  expires_in_s: number;
  used: boolean;
}
/**
 * Dark squares as an SVG path over `size` by `size` units, its quiet margin included.
 */
export interface QrCode {
  size: number;
  path: string;
}
/**
 * `GET /api/rooms/{room}/invitations`: those that can still be used, and those that were.
 */
export interface InvitationList {
  invitations: InvitationInfo[];
}
/**
 * `DELETE /api/rooms/{room}/invitations/{invitation}`: its link opens nothing any more.
 */
export interface InvitationRevoked {
  invitation: string;
}

export type Place = Pointer["place"];
export type Shape = Mark["shape"];
export type Command = Op["command"];
export type LogCommand = LogEntry["command"];
export type Role = Welcome["role"];
export type Layout = Snapshot["layout"];
export type SyncAnswer = SyncTail | SyncSnapshot | SyncLost;

/** What the server says to the page, by name. */
export interface Received {
  Welcome: Welcome;
  SyncTail: SyncTail;
  SyncSnapshot: SyncSnapshot;
  SyncLost: SyncLost;
  OpAccepted: OpAccepted;
  Refused: Refused;
  Entries: Entries;
  Snapshot: Snapshot;
  ViewAccepted: ViewAccepted;
  ViewChange: ViewChange;
  StateHash: StateHash;
  PresenceFrame: PresenceFrame;
  StoreState: StoreState;
  Farewell: Farewell;
  JoinAnswer: JoinAnswer;
  SeriesIndex: SeriesIndex;
  PlaneGeometry: PlaneGeometry;
  SignedIn: SignedIn;
  SignedOut: SignedOut;
  StudyList: StudyList;
  ImportEvent: ImportEvent;
  InvitationMade: InvitationMade;
  InvitationList: InvitationList;
  InvitationRevoked: InvitationRevoked;
  HttpError: HttpError;
}
