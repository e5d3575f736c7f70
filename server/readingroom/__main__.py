"""The command line's words. What a command does is in commands.py."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from readingroom import __version__

REFUSED: Final = 2
NOT_A_DEVICE: Final = "For sharing and discussing images. Not a medical device; not for primary diagnosis."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0, or 2 with one sentence for whatever is refused."""
    options = _parser().parse_args(arguments)
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
        print(f"readingroom: {error.strerror or error}: {error.filename or 'no file'}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="readingroom",
        description="A shared room in which people look at the same scan together. " + NOT_A_DEVICE,
        epilog="Settings come from the environment too (READINGROOM_*, REDIS_URL): see deploy/env.example.",
    )
    parser.add_argument("--version", action="version", version=f"readingroom {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve rooms", description="Serve rooms until stopped.")
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
        description="Write one picture as 8-bit PNG at its native size, bare.",
    )
    render.add_argument("path", type=Path, help="a DICOM file, folder or zip")
    render.add_argument("--out", type=Path, required=True, metavar="FILE.png", help="where to write it")
    render.add_argument("--series", metavar="UID", help="Series Instance UID; without it the first series")
    render.add_argument("--stack", type=int, metavar="N", help="stack of the series, from 0 (default: 0)")
    render.add_argument(
        "--plane",
        default="acquisition",
        choices=("acquisition", "axial", "coronal", "sagittal"),
        help="how to cut",
    )
    render.add_argument(
        "--index", type=int, metavar="I", help="picture of the stack, from 0 (default: the middle)"
    )
    render.add_argument("--frame", type=int, metavar="F", help="frame of a multi-frame file, from 0")
    render.add_argument(
        "--window", metavar="C,W[,FUNCTION]", help="center,width and linear, linear-exact or sigmoid"
    )
    _add_data(render)

    commands.add_parser(
        "schema", help="print the wire's JSON Schema", description="Print the wire's JSON Schema."
    )
    return parser


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
        os.environ["NUMBA_CACHE_DIR"] = str(base.absolute() / "kernels")


if __name__ == "__main__":
    sys.exit(main())
