"""One DICOM file opened: meta information, elements, and where its pixels lie. Decode process only."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from readingroom.errors import BadHeader, DecodeLimit, NoPixels, Truncated, UnsupportedSyntax
from readingroom.imaging import sniff
from readingroom.imaging.reading import elements, file_kinds
from readingroom.imaging.reading.element_walk import ElementWalk
from readingroom.imaging.reading.transfer_syntaxes import TransferSyntax, transfer_syntax

INFLATED_LIMIT = 256 << 20
"""Bytes a deflated file may grow to."""

FLOAT_PIXELS = 0x7FE00008
DOUBLE_PIXELS = 0x7FE00009
PIXELS = 0x7FE00010


@dataclass(frozen=True, slots=True)
class PixelElement:
    """The pixel data element: its tag, VR ('' when implicit), first byte of its value, declared length."""

    tag: int
    vr: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class DicomFile:
    """An open file. `size` counts the bytes of `body`, which is the inflated file when it was deflated."""

    body: BinaryIO
    size: int
    syntax: TransferSyntax
    sop_class: str
    dataset: Dataset
    pixels: PixelElement | None

    def bytes_at(self, start: int, length: int) -> bytes:
        """Exactly `length` bytes; raises Truncated when the file ends before."""
        self.body.seek(start)
        data = self.body.read(length)
        if len(data) != length:
            raise Truncated(reason=f"{length - len(data)} bytes of the picture are missing")
        return data


def open_dicom(body: BinaryIO, tags: Sequence[BaseTag]) -> DicomFile:
    """Read meta information and the wanted `tags`, up to the pixels.

    Raises EmptyFile, NotDicom, NoPixels, BadHeader, Truncated, UnsupportedSyntax, DecodeLimit.
    """
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    start = body.read(sniff.SNIFFED_BYTES)
    refused = sniff.refusal(start)
    if refused is not None:
        raise refused
    body.seek(sniff.header_start(start))
    meta = _read(body, implicit_vr=False, big_endian=False, stop_after_group=0x0002, tags=None)
    uid = elements.uid(meta, "TransferSyntaxUID")
    sop_class = elements.uid(meta, "MediaStorageSOPClassUID") or file_kinds.sop_class_in(start)
    what = file_kinds.without_picture(sop_class)
    if what is not None:
        raise NoPixels(what=what)
    if not uid:
        what = file_kinds.kind(sop_class)
        it = f"it seems to be {what} and" if what else "it"
        raise BadHeader(reason=f"{it} does not say how it is written (no Transfer Syntax)")
    syntax = transfer_syntax(uid)
    if syntax.codec is None:
        raise UnsupportedSyntax(syntax=syntax.name)
    if syntax.deflated:
        inflated = _inflate(body)
        body, size = BytesIO(inflated), len(inflated)
    dataset = _read(body, implicit_vr=syntax.implicit_vr, big_endian=syntax.big_endian, tags=tags)
    return DicomFile(
        body=body,
        size=size,
        syntax=syntax,
        sop_class=elements.uid(dataset, "SOPClassUID") or sop_class,
        dataset=dataset,
        pixels=_pixel_element(body, syntax, implicit_vr=bool(dataset.original_encoding[0])),
    )


def _read(
    body: BinaryIO,
    *,
    implicit_vr: bool,
    big_endian: bool,
    stop_after_group: int | None = None,
    tags: Sequence[BaseTag] | None,
) -> Dataset:
    meets = ElementWalk(body, big_endian=big_endian, wanted=None if tags is None else frozenset(tags)).meets
    last = FLOAT_PIXELS if stop_after_group is None else (stop_after_group + 1) << 16

    def past(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag >= last:
            return True
        meets(tag, vr, length)
        return False

    try:
        return read_dataset(
            body,
            is_implicit_VR=implicit_vr,
            is_little_endian=not big_endian,
            stop_when=past,
            specific_tags=None if tags is None else list(tags),
        )
    except EOFError:
        raise Truncated(reason="it stops inside its header") from None
    except RecursionError:
        raise BadHeader(reason="its sequences are nested without end") from None
    except (*elements.UNREADABLE, OSError):
        raise BadHeader(reason="its header cannot be read") from None


def _inflate(body: BinaryIO) -> bytes:
    """The rest of the file, inflated, never beyond INFLATED_LIMIT. Source: PS3.5 A.5."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = machine.decompress(body.read(), INFLATED_LIMIT)
    except zlib.error:
        raise BadHeader(reason="its deflated part is damaged") from None
    if machine.eof:
        return data
    if len(data) >= INFLATED_LIMIT:
        raise DecodeLimit(reason=f"it inflates to more than {INFLATED_LIMIT >> 20} MiB")
    raise Truncated(reason="its deflated part is not complete")


def _pixel_element(body: BinaryIO, syntax: TransferSyntax, *, implicit_vr: bool) -> PixelElement | None:
    """The element the body stands at, if it is pixel data. Source: PS3.5 7.1.

    `implicit_vr` is what was found: some files are not written the way their syntax says.
    """
    order = ">" if syntax.big_endian else "<"
    head = body.read(12)
    if len(head) < 12:
        return None
    group, element = struct.unpack_from(order + "HH", head)
    tag = group << 16 | element
    if tag not in (FLOAT_PIXELS, DOUBLE_PIXELS, PIXELS):
        return None
    if implicit_vr:
        (length,) = struct.unpack_from(order + "I", head, 4)
        return PixelElement(tag, "", body.tell() - 4, length)
    vr = head[4:6].decode("ascii", "replace")
    if vr not in ("OB", "OW", "OF", "OD", "UN"):
        raise BadHeader(reason="its pixels are of no known kind")
    (length,) = struct.unpack_from(order + "I", head, 8)
    return PixelElement(tag, vr, body.tell(), length)
