"""The command line's words. What a command does is in commands.py."""

from __future__ import annotations

import argparse
import io
import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from readingroom import __version__
from readingroom.imaging.safe_write import private_folder

REFUSED: Final = 2
INTERRUPTED: Final = 130
READER_GONE: Final = 141
ROOMS = "See which rooms there are, end one, delete one; also while a server is running on this data folder."
NOT_A_DEVICE: Final = "For sharing and discussing images. Not a medical device; not for primary diagnosis."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0, or 2 with one sentence for whatever is refused.

    130 when it is interrupted, 141 when whoever reads its output has gone: both without a word.
    """
    try:
        _open_what_is_closed()
        _write_what_can_be_written()
        code = _run(_parser().parse_args(_joined(sys.argv[1:] if arguments is None else arguments)))
        print(end="", flush=True)
    except BrokenPipeError:
        # What was not written would be tried again when the interpreter ends, and complained of.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # once more ends it at once, without a traceback
        return INTERRUPTED
    except OSError as error:  # of our own output: a full disk
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"readingroom: {error.strerror}: the output", file=sys.stderr)
        return REFUSED
    return code


def _open_what_is_closed() -> None:
    """A standard stream that was closed is nowhere; else the next file to be opened would take its place."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _joined(words: Sequence[str]) -> list[str]:
    """`--window -600,1500` as `--window=-600,1500`: argparse takes what begins with a dash for an option."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in ("--window", "--normal", "--point") and word[:1] == "-":
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined


def _run(options: argparse.Namespace) -> int:
    _give_numba_a_cache(getattr(options, "data", None))
    # Not before: numba reads its cache's place when it is imported, and `--help` should answer at once.
    from readingroom import commands
    from readingroom.errors import ReadingRoomError

    try:
        commands.run(options)
    except ReadingRoomError as error:
        print(f"readingroom: {error}", file=sys.stderr)
        return REFUSED
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _is_unread():
            raise
        print(f"readingroom: {error.strerror or error}: {error.filename or 'no file'}", file=sys.stderr)
        return REFUSED
    return 0


def _is_unread() -> bool:
    """Whether it is our own output whose reader has gone, not some connection's other end."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return any(events & (select.POLLERR | select.POLLHUP) for _, events in output.poll(0))


def _write_what_can_be_written() -> None:
    """What a terminal's encoding does not know, and names that are no text, come out as question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="readingroom",
        description="A shared room in which people look at the same scan together. " + NOT_A_DEVICE,
        epilog="Settings come from the environment too (READINGROOM_*, REDIS_URL): see deploy/env.example.",
    )
    parser.add_argument("--version", action="version", version=f"readingroom {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser(
        "serve",
        help="serve rooms",
        description="Serve rooms until stopped. With --workers, SIGHUP replaces the processes one by one.",
    )
    _add_data(serve)
    _add_place(serve)
    serve.add_argument(
        "--tls-self-made", action="store_true", help="https with a certificate made on this machine"
    )
    serve.add_argument(
        "--insecure", action="store_true", default=None, help="plain http outside this machine"
    )
    serve.add_argument(
        "--weak-durability",
        action="store_true",
        default=None,
        help="accept a store that may lose what it saved",
    )
    serve.add_argument("--ingest-socket", type=Path, help=argparse.SUPPRESS)
    serve.add_argument("--share-port", action="store_true", help=argparse.SUPPRESS)
    serve.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)

    demo = commands.add_parser(
        "demo",
        help="open a room with a study and print two links",
        description="Open a room with a study (ours, or yours) and print a doctor's and a patient's link.",
    )
    demo.add_argument(
        "path", nargs="?", type=Path, help="a DICOM file, folder or zip; without it a phantom chest CT"
    )
    demo.add_argument(
        "--lan", action="store_true", help="https for the local network, with a QR code for a phone"
    )
    _add_data(demo)
    _add_place(demo)

    bring_in = commands.add_parser(
        "import",
        help="put DICOM files into the library",
        description="Put a DICOM file, folder or zip into the library.",
    )
    bring_in.add_argument("path", type=Path, help="a DICOM file, folder or zip")
    bring_in.add_argument("--room", action="store_true", help="open a room with it and print two links")
    _add_data(bring_in)

    inspect = commands.add_parser(
        "inspect",
        help="say what is in DICOM files",
        description="Say which series and stacks DICOM files hold.",
    )
    inspect.add_argument("path", type=Path, help="a DICOM file, folder or zip")
    inspect.add_argument("--json", action="store_true", help="print it as JSON")
    _add_data(inspect)

    render = commands.add_parser(
        "render",
        help="write one picture as PNG",
        description="Write one picture as 8-bit PNG, gray or color, at its native size, bare. "
        "Planes of a regular volume are its own voxels; all others are resampled on squares of the smallest "
        "voxel spacing.",
    )
    render.add_argument("path", type=Path, help="a DICOM file, folder or zip")
    render.add_argument("--out", type=Path, required=True, metavar="FILE.png", help="where to write it")
    render.add_argument("--series", metavar="UID", help="Series Instance UID; without it the first series")
    render.add_argument("--stack", type=int, metavar="N", help="stack of the series, from 0 (default: 0)")
    render.add_argument(
        "--plane",
        default="acquisition",
        choices=("acquisition", "axial", "coronal", "sagittal", "oblique"),
        help="how to cut",
    )
    render.add_argument("--normal", metavar="X,Y,Z", help="of an oblique plane: left, back, head")
    render.add_argument(
        "--point", metavar="X,Y,Z", help="the plane through this place in the patient (LPS, mm)"
    )
    render.add_argument("--slab", type=float, default=0.0, metavar="MM", help="how thick the plane is")
    render.add_argument(
        "--projection",
        default="mip",
        choices=("mip", "minip", "mean"),
        help="what is kept of a slab (default: mip)",
    )
    render.add_argument(
        "--index", type=int, metavar="I", help="picture of the stack, from 0 (default: the middle)"
    )
    render.add_argument("--frame", type=int, metavar="F", help="frame of a multi-frame file, from 0")
    render.add_argument(
        "--window", metavar="C,W[,FUNCTION]", help="center,width and linear, linear-exact or sigmoid"
    )
    render.add_argument("--voi-lut", type=int, metavar="K", help="VOI LUT of the stack, from 0")
    render.add_argument("--overlay", action="store_true", help="draw the overlay over it, in white")
    _add_data(render)

    _add_rooms(commands.add_parser("rooms", help="see, end and delete rooms", description=ROOMS))
    host_link = commands.add_parser(
        "host-link",
        help="print a link to sign in by",
        description="Print a link by which a doctor signs in, good once and for 15 minutes; also while a "
        "server is running on this data folder.",
    )
    _add_data(host_link)
    commands.add_parser(
        "schema", help="print the wire's JSON Schema", description="Print the wire's JSON Schema."
    )
    return parser


def _add_rooms(rooms: argparse.ArgumentParser) -> None:
    doing = rooms.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = doing.add_parser("list", help="every room, without names", description="Print every room.")
    listing.add_argument("--json", action="store_true", help="for programs")
    ending = doing.add_parser(
        "end", help="end a consultation", description="End a consultation; its host can open it again."
    )
    deleting = doing.add_parser(
        "delete",
        help="delete a room for good",
        description="Delete a room with all that was said and drawn in it. Its studies stay.",
    )
    deleting.add_argument(
        "--with-studies", action="store_true", help="and the studies that no other room has open"
    )
    deleting.add_argument("--yes", action="store_true", help="do not ask first")
    for one in (ending, deleting):
        one.add_argument("room", metavar="ROOM", help="its name, as `rooms list` prints it")
    for one in (listing, ending, deleting):
        _add_data(one)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where studies, cache and rooms are kept")


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on; 0 for any free one (default: 8480)")
    parser.add_argument("--workers", type=int, metavar="N", help="serving processes (default: 1)")
    parser.add_argument("--public-url", metavar="URL", help="what people type to get here, https://...")


def _give_numba_a_cache(data: Path | None) -> None:
    """A read-only installation cannot keep what numba compiles; the data folder can."""
    if "NUMBA_CACHE_DIR" not in os.environ:
        base = data or Path(os.environ.get("READINGROOM_DATA") or Path.home() / ".cache" / "readingroom")
        with suppress(OSError):  # who needs the folder says why it cannot be made
            private_folder(base.absolute())  # before numba makes it, and open to everybody
        os.environ["NUMBA_CACHE_DIR"] = str(base.absolute() / "kernels")


if __name__ == "__main__":
    sys.exit(main())
