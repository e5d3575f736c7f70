"""Every refusal by name: a code for machines, one sentence for people. transport makes statuses of codes."""

from __future__ import annotations

from typing import Any, ClassVar


class ReadingRoomError(Exception):
    """A refusal. `code` is stable and crosses the wire; `str(error)` is a sentence a person can act on.

    Subclasses give `sentence`, a format string over the keyword arguments they are raised with.
    Sentences never hold a patient's name or a DICOM UID.
    """

    code: ClassVar[str] = "INTERNAL"
    sentence: ClassVar[str] = "Something went wrong on the server. Try again."

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.sentence.format(**details))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.details))


def refusal_of(code: str, details: dict[str, Any]) -> ReadingRoomError:
    """The refusal of this code again, as another process of ours raised it; the plain one when unknown."""
    waiting = [ReadingRoomError]
    while waiting:
        kind = waiting.pop()
        if kind.code == code:
            return kind(**details)
        waiting += kind.__subclasses__()
    return ReadingRoomError()


def _rebuild(kind: type[ReadingRoomError], details: dict[str, Any]) -> ReadingRoomError:
    return kind(**details)


# --- asking wrongly ---------------------------------------------------------------------------------------
class BadRequest(ReadingRoomError):
    code = "BAD_REQUEST"
    sentence = "The request could not be understood: {reason}."


class BadWindow(ReadingRoomError):
    code = "BAD_WINDOW"
    sentence = "This window cannot be applied: {reason}."


class NoSuchTile(ReadingRoomError):
    code = "NO_SUCH_TILE"
    sentence = "There is no such part of the picture: {reason}."


class SliceOutOfRange(ReadingRoomError):
    code = "SLICE_OUT_OF_RANGE"
    sentence = "Picture {index} does not exist; this stack has {slices}."


class TooLarge(ReadingRoomError):
    code = "TOO_LARGE"
    sentence = "{what} is too large; at most {limit} are taken."


class TooFast(ReadingRoomError):
    code = "TOO_FAST"
    sentence = "Too many requests at once. Wait a moment and try again."


class OldProtocol(ReadingRoomError):
    code = "OLD_PROTOCOL"
    sentence = "This page is of another version than the server. Reload it."


# --- the door ---------------------------------------------------------------------------------------------
class Denied(ReadingRoomError):
    code = "DENIED"
    sentence = "You are not admitted to this room. Open the link you were given again."


class Forbidden(ReadingRoomError):
    code = "FORBIDDEN"
    sentence = "Your role in this room does not allow that."


class LinkUnknown(ReadingRoomError):
    code = "LINK_UNKNOWN"
    sentence = "This link opens no room. Check that it was copied whole, or ask for a new one."


class LinkUsed(ReadingRoomError):
    code = "LINK_USED"
    sentence = "This link was already used on another device or browser. Ask for a new one."


class LinkExpired(ReadingRoomError):
    code = "LINK_EXPIRED"
    sentence = "This link has expired. Ask for a new one."


class NotSignedIn(ReadingRoomError):
    code = "NOT_SIGNED_IN"
    sentence = "You are not signed in. Ask for a new sign-in link: readingroom host-link."


class HostLinkUnknown(ReadingRoomError):
    code = "HOST_LINK_UNKNOWN"
    sentence = "This sign-in link is not known here. Check that it was copied whole, or ask for a new one."


class HostLinkUsed(ReadingRoomError):
    code = "HOST_LINK_USED"
    sentence = "This sign-in link was already used. Ask for a new one: readingroom host-link."


class HostLinkExpired(ReadingRoomError):
    code = "HOST_LINK_EXPIRED"
    sentence = "This sign-in link has expired. Ask for a new one: readingroom host-link."


class NoSuchInvitation(ReadingRoomError):
    code = "NO_SUCH_INVITATION"
    sentence = "This invitation does not exist any more."


class InvitationUsed(ReadingRoomError):
    code = "INVITATION_USED"
    sentence = "Somebody has come in with this invitation. Remove the person instead."


class WrongOrigin(ReadingRoomError):
    code = "WRONG_ORIGIN"
    sentence = "This page does not come from this server."


# --- the room ---------------------------------------------------------------------------------------------
class NoSuchRoom(ReadingRoomError):
    code = "NO_SUCH_ROOM"
    sentence = "This room does not exist or has been closed."


class Stale(ReadingRoomError):
    code = "STALE"
    sentence = "Somebody else leads now."


class Gone(ReadingRoomError):
    code = "GONE"
    sentence = "This has been removed."


class NotOwner(ReadingRoomError):
    code = "NOT_OWNER"
    sentence = "Only its author may change this."


class Exists(ReadingRoomError):
    code = "EXISTS"
    sentence = "A mark with this name exists already."


class Limit(ReadingRoomError):
    code = "LIMIT"
    sentence = "This room is full: {what}."


class Conflict(ReadingRoomError):
    code = "CONFLICT"
    sentence = "This cannot be taken back: the mark has been changed since."


class NothingToUndo(ReadingRoomError):
    code = "NOTHING_TO_UNDO"
    sentence = "There is nothing more to take back or to do again."


class NotAQuestion(ReadingRoomError):
    code = "NOT_A_QUESTION"
    sentence = "This mark is no question."


class OtherPatient(ReadingRoomError):
    code = "OTHER_PATIENT"
    sentence = "These pictures are of another patient than this room is for. Open them only if you mean to."


class RoomEnded(ReadingRoomError):
    code = "ROOM_ENDED"
    sentence = "This consultation has ended. A host can open it again."


class Removed(ReadingRoomError):
    code = "REMOVED"
    sentence = "You have been asked to leave this room."


class NotLost(ReadingRoomError):
    code = "NOT_LOST"
    sentence = "Nothing of this room is lost; it goes on as it is."


class RoleChanged(ReadingRoomError):
    code = "ROLE_CHANGED"
    sentence = "Your role in this room has just been changed. Try again."


class OpIdReused(ReadingRoomError):
    code = "OP_ID_REUSED"
    sentence = "This change was sent before with other contents."


class LeadTaken(ReadingRoomError):
    code = "LEAD_TAKEN"
    sentence = "Somebody else leads now. Ask for the lead."


class NotHere(ReadingRoomError):
    code = "NOT_HERE"
    sentence = "This person is not in the room."


class StateLost(ReadingRoomError):
    code = "STATE_LOST"
    sentence = "The server has lost part of this room's history."


class NotSaved(ReadingRoomError):
    code = "NOT_SAVED"
    sentence = "The change is not saved: the server cannot reach its store. It is being tried again."


class WeakDurability(ReadingRoomError):
    code = "WEAK_DURABILITY"
    sentence = (
        "The store at REDIS_URL does not promise to keep what it acknowledged ({reason}). "
        "Set 'appendonly yes', 'appendfsync always' and 'maxmemory-policy noeviction', "
        "or start with --weak-durability."
    )


class StoreUnreachable(ReadingRoomError):
    code = "STORE_UNREACHABLE"
    sentence = "The store cannot be reached: {reason}."


# --- studies ----------------------------------------------------------------------------------------------
class NotFound(ReadingRoomError):
    code = "NOT_FOUND"
    sentence = "There is nothing at {path}."


class NothingToShow(ReadingRoomError):
    code = "NOTHING_TO_SHOW"
    sentence = "No DICOM picture was found in {path}. {advice}"


class NoSuchStudy(ReadingRoomError):
    code = "NO_SUCH_STUDY"
    sentence = "This study is not in the library."


class NoSuchSeries(ReadingRoomError):
    code = "NO_SUCH_SERIES"
    sentence = "This series is not open in this room."


class SliceNotReady(ReadingRoomError):
    code = "SLICE_NOT_READY"
    sentence = "Picture {index} is still being read."


class SliceDamaged(ReadingRoomError):
    code = "SLICE_DAMAGED"
    sentence = "Picture {index} of {slices} cannot be shown: {reason}."


class NotAVolume(ReadingRoomError):
    code = "NOT_A_VOLUME"
    sentence = "Only the pictures as they were taken can be shown, no other planes: {reason}."


class NotMeasurable(ReadingRoomError):
    code = "NOT_MEASURABLE"
    sentence = "This cannot be measured: {reason}."


class DiskFull(ReadingRoomError):
    code = "DISK_FULL"
    sentence = "There is not enough room on the disk: {needed_mib} MiB are needed."


class BadArchive(ReadingRoomError):
    code = "BAD_ARCHIVE"
    sentence = "The archive is not taken: {reason}."


# --- one file, refused; the rest of the study opens -------------------------------------------------------
class FileRefused(ReadingRoomError):
    """One file that is left out. `code` says why; the study goes on without it."""

    code = "FILE_REFUSED"
    sentence = "The file is left out: {reason}."


class NotDicom(FileRefused):
    code = "NOT_DICOM"
    sentence = "This is not a DICOM file{reason}."


class EmptyFile(FileRefused):
    code = "EMPTY_FILE"
    sentence = "The file is empty."


class DuplicateFile(FileRefused):
    code = "DUPLICATE_FILE"
    sentence = "The same file is there twice; it is shown once."


class NoPixels(FileRefused):
    code = "NO_PIXELS"
    sentence = "The file holds no picture; it is {what}."


class Truncated(FileRefused):
    code = "TRUNCATED"
    sentence = "The file ends early: {reason}."


class BadHeader(FileRefused):
    code = "BAD_HEADER"
    sentence = "The file contradicts itself: {reason}."


class UnsupportedSyntax(FileRefused):
    code = "UNSUPPORTED_SYNTAX"
    sentence = "Its compression is not supported: {syntax}."


class UnsupportedPicture(FileRefused):
    code = "UNSUPPORTED_PICTURE"
    sentence = "This kind of picture is not supported yet: {reason}."


class DecodeFailed(FileRefused):
    code = "DECODE_FAILED"
    sentence = "The picture cannot be decoded: {reason}."


class DecodeLimit(FileRefused):
    code = "DECODE_LIMIT"
    sentence = "Decoding was stopped: {reason}."


class FileChanged(FileRefused):
    code = "FILE_CHANGED"
    sentence = "The file has changed since it was imported."


# --- starting ---------------------------------------------------------------------------------------------
class BadSetting(ReadingRoomError):
    code = "BAD_SETTING"
    sentence = "The setting {name} cannot be used: {reason}."


class InsecurePlace(ReadingRoomError):
    code = "INSECURE_PLACE"
    sentence = (
        "Refusing to serve plain http on {host}: outside this machine, pictures need https. "
        "Put a TLS proxy in front and set READINGROOM_PUBLIC_URL=https://..., or start with --insecure."
    )


class PortTaken(ReadingRoomError):
    code = "PORT_TAKEN"
    sentence = "Port {port} is in use. Stop what runs there, or choose another with --port."


class PageMissing(ReadingRoomError):
    code = "PAGE_MISSING"
    sentence = "The web page has not been built. Run 'make demo', or 'npm run build' in web/."


class WorkersFailed(ReadingRoomError):
    code = "WORKERS_FAILED"
    sentence = "A serving process ended {tries} times right after its start; what it said stands above."
