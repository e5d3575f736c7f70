"""Shape and bits of one picture as its file says them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Rows, columns and bits of each frame of one file (PS3.3 C.7.6.3), and the VR its pixels came with."""

    rows: int
    columns: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    is_float: bool
    vr: str

    @property
    def kept_dtype(self) -> str:
        """The dtype in which we keep the stored values: the smallest of ours that holds them all."""
        if self.is_float:
            return "float32"
        if self.signed:
            return "int16" if self.bits_stored <= 16 else "int32"
        if self.bits_allocated <= 8:
            return "uint8"
        return "uint16" if self.bits_stored <= 16 else "uint32"
