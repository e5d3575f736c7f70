"""The wire, said once: every message between page and server. JSON Schema and TypeScript are made from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from readingroom.values import VoiFunction

PROTOCOL_VERSION = 1
"""Said in the handshake; another version reloads the page once."""

UM_LIMIT = 10_000_000
"""Places lie within 10 m of the origin, in micrometers."""
MILLI_PIXEL_LIMIT = 100_000_000
"""Image places lie within 100,000 pixels of the origin, in thousandths of a pixel."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
OpId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Um = Annotated[int, Field(strict=True, ge=-UM_LIMIT, le=UM_LIMIT)]
MilliPixel = Annotated[int, Field(strict=True, ge=-MILLI_PIXEL_LIMIT, le=MILLI_PIXEL_LIMIT)]
Index = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Counter = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
PlainText = Annotated[str, StringConstraints(min_length=1, max_length=500)]
DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=60)]
WINDOW_LIMIT = 1e12
"""Greatest center and width of a window, in modality units."""
Finite = Annotated[float, Field(strict=True, ge=-WINDOW_LIMIT, le=WINDOW_LIMIT)]
Flag = Annotated[bool, Field(strict=True)]


class Wire(BaseModel):
    """What every message has in common: frozen, no unknown keys, no NaN, no infinity."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )


# --- places and windows -----------------------------------------------------------------------------------
class PatientPlace(Wire):
    """A point in the patient: DICOM LPS, integer micrometers, inside one Frame of Reference."""

    kind: Literal["patient"] = "patient"
    frame_of_reference: Id
    point_um: tuple[Um, Um, Um]


class ImagePlace(Wire):
    """A point on one frame of a stack without geometry: [column, row] in thousandths of a pixel.

    0 is the left (upper) edge of the first column (row); its center is 500.
    """

    kind: Literal["image"] = "image"
    frame: Index
    point_milli: tuple[MilliPixel, MilliPixel]


Place = Annotated[PatientPlace | ImagePlace, Field(discriminator="kind")]


class FieldOfView(Wire):
    """The rectangle around the place that everyone sees at least.

    In micrometers for a patient place, in thousandths of a pixel for an image place.
    """

    width: Annotated[int, Field(strict=True, ge=1, le=MILLI_PIXEL_LIMIT)]
    height: Annotated[int, Field(strict=True, ge=1, le=MILLI_PIXEL_LIMIT)]


class WireWindow(Wire):
    """A VOI window in modality units; floats of 7 significant digits."""

    center: Finite
    width: Annotated[float, Field(strict=True, gt=0, le=WINDOW_LIMIT)]
    function: VoiFunction = VoiFunction.LINEAR


class ShownStack(Wire):
    """Which stack of which open series a pane shows, and how it is cut."""

    series: Id
    stack: Index = 0
    mode: Literal["stack"] = "stack"


class PaneView(Wire):
    """The shared view of one pane. Every field is the last writer's."""

    shown: ShownStack | None = None
    place: Place | None = None
    field: FieldOfView | None = None
    window: WireWindow | None = None


# --- view commands (the lead's, not stored for ever) ------------------------------------------------------
class ViewCommand(Wire):
    """Event `view`: the holder of the lead moves the shared view. Absent fields stay as they are."""

    fence: Counter
    pane: Annotated[int, Field(strict=True, ge=0, le=3)] = 0
    change: PaneView


class ViewAccepted(Wire):
    ok: Literal[True] = True
    view_revision: Counter


class ViewChange(Wire):
    """Event `view`: what changed, in order of (fence, view_revision)."""

    fence: Counter
    view_revision: Counter
    by: Id
    pane: int
    change: PaneView


# --- document commands ------------------------------------------------------------------------------------
class Arrow(Wire):
    """An arrow from `tail` to `head`; the head touches what is meant."""

    kind: Literal["arrow"] = "arrow"
    tail: Place
    head: Place
    label: Annotated[str, StringConstraints(max_length=120)] = ""


class Text(Wire):
    """Words beside a point."""

    kind: Literal["text"] = "text"
    at: Place
    text: PlainText


Shape = Annotated[Arrow | Text, Field(discriminator="kind")]


class Mark(Wire):
    """What an annotation is about: the stack it lies on, and its shape."""

    series: Id
    stack: Index = 0
    shape: Shape


class AnnotationCreate(Wire):
    kind: Literal["annotation.create"] = "annotation.create"
    id: OpId
    mark: Mark


class AnnotationUpdate(Wire):
    kind: Literal["annotation.update"] = "annotation.update"
    id: OpId
    mark: Mark


class AnnotationDelete(Wire):
    kind: Literal["annotation.delete"] = "annotation.delete"
    id: OpId


class LeadTake(Wire):
    """Take the lead: allowed when nobody holds it, when its lease ran out, and always for a host."""

    kind: Literal["lead.take"] = "lead.take"


class LeadAsk(Wire):
    """Ask the holder for the lead; shown to everyone until the lead moves or the asker withdraws."""

    kind: Literal["lead.ask"] = "lead.ask"
    asking: Flag = True


class LeadGive(Wire):
    """Give the lead to somebody: allowed to its holder, and always to a host."""

    kind: Literal["lead.give"] = "lead.give"
    to: Id


Command = Annotated[
    AnnotationCreate | AnnotationUpdate | AnnotationDelete | LeadTake | LeadAsk | LeadGive,
    Field(discriminator="kind"),
]


class Op(Wire):
    """Event `op`: one change of the document. Sent again with the same op_id until it is answered."""

    op_id: OpId
    command: Command


class OpAccepted(Wire):
    """The change is on disk."""

    ok: Literal[True] = True
    revision: Counter


class Refused(Wire):
    """The answer to anything that is not done: a code for the page, a sentence for the person."""

    ok: Literal[False] = False
    code: str
    message: str


# --- the log and the document -----------------------------------------------------------------------------
class PersonJoined(Wire):
    """Written by the server when an invitation is exchanged."""

    kind: Literal["person.joined"] = "person.joined"
    name: DisplayName
    role: Literal["host", "patient"]


class SeriesOpened(Wire):
    """Written by the server when a series is put into the room."""

    kind: Literal["series.opened"] = "series.opened"
    series: Id


LogCommand = Annotated[
    AnnotationCreate
    | AnnotationUpdate
    | AnnotationDelete
    | LeadTake
    | LeadAsk
    | LeadGive
    | PersonJoined
    | SeriesOpened,
    Field(discriminator="kind"),
]


class LogEntry(Wire):
    """One accepted change. Author, time, fence and head are the server's."""

    version: Literal[1] = 1
    revision: Counter
    at_ms: Counter
    by: Id
    op_id: str
    command: LogCommand
    fence: Counter
    head: str


class Entries(Wire):
    """Event `entries`: consecutive accepted changes."""

    entries: list[LogEntry]


class Annotation(Wire):
    """A mark in the document. `deleted` ones are tombstones and carry no mark."""

    id: str
    by: Id
    revision: Counter
    deleted: bool = False
    mark: Mark | None = None


class Person(Wire):
    principal: Id
    name: DisplayName
    role: Literal["host", "patient"]


class Lead(Wire):
    """Who steers. `fence` grows each time the lead moves; view commands carry it."""

    holder: Id | None
    fence: Counter
    asking: list[Id] = []


class Snapshot(Wire):
    """`GET /api/rooms/{room}/snapshot`: the whole document and view at one revision."""

    epoch: str
    revision: Counter
    view_revision: Counter
    head: str
    lead: Lead
    people: list[Person]
    series: list[Id]
    annotations: list[Annotation]
    panes: dict[str, PaneView]


# --- presence ---------------------------------------------------------------------------------------------
class Pointer(Wire):
    pane: Annotated[int, Field(strict=True, ge=0, le=3)] = 0
    place: Place


class PresenceUpdate(Wire):
    """Event `presence`, at most 30 a second; also the heartbeat, at least one in 2 seconds."""

    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Literal["none", "preview", "full"] = "none"


class PersonPresent(Wire):
    connection: Id
    principal: Id
    n: Counter
    pointer: Pointer | None = None
    following: Flag = True
    quality: Literal["none", "preview", "full"] = "none"


class PresenceFrame(Wire):
    """Event `presence`: who changed since the last frame. `full` replaces everything known."""

    full: bool = False
    people: list[PersonPresent] = []
    gone: list[Id] = []


# --- coming in and catching up ----------------------------------------------------------------------------
class JoinRequest(Wire):
    """`POST /api/join`: the secret of a link for a cookie. An absent name keeps the one given before."""

    room: Id
    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    name: DisplayName | None = None


class JoinAnswer(Wire):
    """The cookie `rr-<grant>` is set beside this. `first_picture` is the address of a display tile."""

    room: Id
    grant: Id
    principal: Id
    role: Literal["host", "patient"]
    name: DisplayName
    first_picture: str | None


class Hello(Wire):
    """The `auth` of the Socket.IO handshake."""

    protocol: Annotated[int, Field(strict=True)]
    room: Id
    grant: Id


class Welcome(Wire):
    """Event `welcome`: the first thing a socket hears. Then the page asks `sync`."""

    protocol: int
    process: str
    connection: Id
    principal: Id
    role: Literal["host", "patient"]
    server_ms: Counter
    weak_durability: bool


class SyncRequest(Wire):
    """Event `sync`: what the page has. Nulls: nothing yet."""

    epoch: str | None = None
    revision: Counter = 0
    head: str = ""


class SyncTail(Wire):
    """The entries the page lacks, the whole view and the lead."""

    ok: Literal[True] = True
    kind: Literal["tail"] = "tail"
    entries: list[LogEntry]
    view_revision: Counter
    panes: dict[str, PaneView]


class SyncSnapshot(Wire):
    """The page fetches the snapshot by HTTP; entries after it are already on their way."""

    ok: Literal[True] = True
    kind: Literal["snapshot"] = "snapshot"
    revision: Counter


class SyncLost(Wire):
    """Another epoch, another head, or a page that knows more than the server."""

    ok: Literal[True] = True
    kind: Literal["state_lost"] = "state_lost"
    revision: Counter


class StoreState(Wire):
    """Event `store`: whether changes can be saved now."""

    saving: bool


class Farewell(Wire):
    """Event `farewell`: why the server is about to close this socket."""

    code: str
    message: str


# --- the series index -------------------------------------------------------------------------------------
class NamedWindow(Wire):
    """A window of the file (or chosen by us) with its explanation (0028,1055)."""

    explanation: str
    window: WireWindow


class StackInfo(Wire):
    """One stack or volume of a series, with what the page needs to place and draw it.

    `orientation` is Image Orientation (Patient): row then column direction cosines; `positions_mm` holds
    Image Position (Patient) per frame in slice order; `spacing_mm` is [between rows, between columns]
    (Pixel Spacing order). All three are null without geometry (PS3.3 C.7.6.2). `lossy`: the pixels went through
    a lossy compression before they reached us, so even the full quality is not what the scanner saw.
    """

    kind: Literal["volume", "stack", "image", "cine"]
    reason: str
    frames: int
    rows: int
    columns: int
    level_count: int
    orientation: tuple[float, float, float, float, float, float] | None
    positions_mm: list[tuple[float, float, float]] | None
    spacing_mm: tuple[float, float] | None
    slice_spacing_mm: float | None
    frame_of_reference: Id | None
    unit: str
    inverted: bool
    values: bool
    lossy: bool
    windows: list[NamedWindow]
    ready: int
    complete: bool
    damaged: list[int]


class Identity(Wire):
    """Who the pictures are of. Given to hosts only."""

    patient_name: str
    patient_id: str
    birth_date: str
    study_date: str


class SeriesInfo(Wire):
    """One open series. `number` and `description` come from the file, cleaned."""

    series: Id
    modality: str
    number: int | None
    description: str
    date: str
    body_part: str
    stacks: list[StackInfo]
    refused: int
    identity: Identity | None


class SeriesIndex(Wire):
    """`GET /api/rooms/{room}/series`."""

    series: list[SeriesInfo]


class HttpError(Wire):
    """The body of every HTTP answer that is not a success."""

    error: Refused


MESSAGES: tuple[type[Wire], ...] = (
    JoinRequest,
    JoinAnswer,
    Hello,
    Welcome,
    SyncRequest,
    SyncTail,
    SyncSnapshot,
    SyncLost,
    Op,
    OpAccepted,
    Refused,
    Entries,
    Snapshot,
    ViewCommand,
    ViewAccepted,
    ViewChange,
    PresenceUpdate,
    PresenceFrame,
    StoreState,
    Farewell,
    SeriesIndex,
    HttpError,
)
"""Everything that crosses the wire on its own; `readingroom schema` writes these and what they hold."""
