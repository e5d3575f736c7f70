"""The separate process in which hostile bytes are parsed and decoded.

Its arguments are a socket, a shared memory file and the parent's process id. Length-prefixed JSON goes in and
out, one request at a time, one answer a file; decoded pixels go into the shared memory. Memory and CPU are
limited anew for each file; time is limited by the parent, which kills it; the rest by `sandbox`.
"""

from __future__ import annotations

import importlib
import logging
import mmap
import os
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from readingroom.errors import DecodeFailed, DecodeLimit, FileChanged, FileRefused, ReadingRoomError
from readingroom.imaging import json_bytes
from readingroom.imaging.originals import Originals
from readingroom.imaging.packing import row_bytes
from readingroom.imaging.plain import path_from_plain, to_plain
from readingroom.imaging.reading import limits, sandbox
from readingroom.imaging.reading.limits import Limits

if TYPE_CHECKING:
    from readingroom.imaging.reading.decoder import FrameDecoder

Array = npt.NDArray[Any]


def main() -> None:
    """Serve requests until the parent closes the socket."""
    connection_fd, pixels_fd, parent = (int(argument) for argument in sys.argv[1:4])
    _die_with(parent)
    _quiet()
    limits.forbid_files()
    connection = socket.socket(fileno=connection_fd)
    with connection, connection.makefile("rb") as requests:
        _load()
        limits.cap_memory()
        _send(connection, {"ready": True, "protections": ["limits", *sandbox.enter()]})
        opened = _Opened()
        while (request := _receive(requests)) is not None:
            for answer in _answers(request, pixels_fd, opened):
                _send(connection, answer)


def _answers(request: dict[str, Any], pixels_fd: int, opened: _Opened) -> Iterator[dict[str, object]]:
    cpu_seconds = int(request["cpu_seconds"])
    if request["do"] == "headers":
        for path in request["paths"]:
            with Limits(0, cpu_seconds):
                answer = _guarded(partial(_header, path))
            yield answer
    elif request["do"] in ("decode", "overlays"):
        with Limits(int(request["bytes"]), cpu_seconds):
            yield _guarded(partial(_decode, request, pixels_fd, opened))


def _guarded(work: Callable[[], object]) -> dict[str, object]:
    """The answer of `work`, or the refusal it ended in; nothing a file can raise gets past here."""
    try:
        return {"ok": work()}
    except FileRefused as refused:
        return _refusal(refused)
    except MemoryError:
        return _refusal(DecodeLimit(reason="it needs more memory than its size explains"))
    except RecursionError:
        return _refusal(DecodeFailed(reason="it is nested without end"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: B036  codecs in other languages raise bare BaseExceptions
        return _refusal(DecodeFailed(reason=f"reading it failed ({type(error).__name__})"))


def _header(path: str) -> object:
    from readingroom.imaging.reading.reader import read_header

    return to_plain(read_header(path_from_plain(path)))


def _decode(request: dict[str, Any], pixels_fd: int, opened: _Opened) -> list[dict[str, object]]:
    """Frames, or their overlays, one after the other into the shared memory; each says ok or why not."""
    overlays = request["do"] == "overlays"
    with opened.decoder(path_from_plain(request["path"]), request["sha256"]) as decoder:
        read = decoder.overlay if overlays else decoder.frame
        packed = decoder.shape[0], row_bytes(decoder.shape[1])
        form, dtype = (packed, "uint8") if overlays else (decoder.shape, decoder.dtype)
        if [*form, dtype] != request["form"]:
            raise FileChanged()
        numbers: list[int] = request["frames"]
        results: list[dict[str, object]] = []
        shared = mmap.mmap(pixels_fd, int(request["bytes"]))  # unmapped with its last view
        target = np.frombuffer(shared, dtype=dtype).reshape((len(numbers), *form))
        for place, number in enumerate(numbers):
            results.append(_guarded(partial(_read_into, read, number, decoder.count, target[place])))
        return results


class _Opened:
    """The last file, opened: a header of thousands of frames is read once, not for every few of them."""

    def __init__(self) -> None:
        self._originals = Originals()
        self._last: tuple[str, FrameDecoder] | None = None

    @contextmanager
    def decoder(self, path: Path, sha256: str | None) -> Iterator[FrameDecoder]:
        """The frames of the file with this SHA-256 (None: of whatever is there). Raises FileRefused kinds."""
        from readingroom.imaging.reading.decoder import FrameDecoder
        from readingroom.imaging.reading.dicom_file import open_dicom
        from readingroom.imaging.reading.reader import TAGS

        if self._last is not None and self._last[0] == sha256:
            yield self._last[1]
            return
        self._last = None  # before the next is read: one at a time
        with self._originals.open(path, sha256) as body:
            decoder = FrameDecoder(open_dicom(body, TAGS))
            if sha256 is not None and isinstance(body, BytesIO):  # it cannot change any more
                self._last = sha256, decoder
            yield decoder


def _read_into(read: Callable[[int], Array], number: int, count: int, target: Array) -> bool:
    if not 0 <= number < count:
        raise DecodeFailed(reason="the file has fewer frames than it had")
    target[:] = read(number)
    return True


def _refusal(refused: ReadingRoomError) -> dict[str, object]:
    details = {key: str(value) for key, value in refused.details.items()}
    return {"refused": type(refused).__name__, "details": details}


def _die_with(parent: int) -> None:
    """Ask the kernel to end this process with its parent, where it can."""
    if sys.platform == "linux":
        import ctypes
        import signal

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def _quiet() -> None:
    """Warnings and logs quote file contents, which may hold names: they go nowhere."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)


def _load() -> None:
    """Import the codecs before the first file, so that no file pays for it."""
    import gdcm
    import PIL.Image
    import pydicom.config

    for codec in ("jpeg_ls", "openjpeg", "PIL.JpegImagePlugin", "pydicom.pixels.decoders.rle"):
        importlib.import_module(codec)
    importlib.import_module("readingroom.imaging.reading.decoder")
    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
    PIL.Image.MAX_IMAGE_PIXELS = None  # rows × columns is checked against the header, memory by the limit
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


def _receive(requests: BinaryIO) -> dict[str, Any] | None:
    head = requests.read(4)
    if len(head) < 4:
        return None
    body = requests.read(int.from_bytes(head, "little"))
    request: dict[str, Any] = json_bytes.loads(body)
    return request


def _send(connection: socket.socket, answer: dict[str, object]) -> None:
    body = json_bytes.dumps(answer)
    connection.sendall(len(body).to_bytes(4, "little") + body)


if __name__ == "__main__":
    main()
