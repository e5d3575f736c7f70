"""Shape, samples and bits of one picture as its file says them, and how we keep it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """Rows, columns and bits of each frame of one file (PS3.3 C.7.6.3), and the VR its pixels came with.

    `samples` and `planar` (0: by pixel, 1: by plane) are the file's; what we keep has `kept_samples`.
    """

    rows: int
    columns: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    is_float: bool
    vr: str
    samples: int = 1
    planar: int = 0

    @property
    def is_color(self) -> bool:
        """Whether it is kept as RGB: three samples a pixel, or one that a palette makes three of."""
        return self.samples == 3 or self.photometric == "PALETTE COLOR"

    @property
    def kept_samples(self) -> int:
        """Samples a pixel as we keep it: 3 (RGB) for color, else 1."""
        return 3 if self.is_color else 1

    @property
    def kept_dtype(self) -> str:
        """The dtype in which we keep a frame: uint8 for color, else the smallest of ours that fits."""
        return "uint8" if self.is_color else self.stored_dtype

    @property
    def kept_bits(self) -> int:
        """Bits of what we keep: 8 for color, else Bits Stored."""
        return 8 if self.is_color else self.bits_stored

    @property
    def kept_shape(self) -> tuple[int, ...]:
        """(rows, columns) of a frame as we keep it, or (rows, columns, 3) for color."""
        return (self.rows, self.columns, 3) if self.is_color else (self.rows, self.columns)

    @property
    def stored_dtype(self) -> str:
        """The smallest dtype of ours that holds every stored value, palette indices and samples included."""
        if self.is_float:
            return "float32"
        if self.signed:
            return "int16" if self.bits_stored <= 16 else "int32"
        if self.bits_allocated <= 8:
            return "uint8"
        return "uint16" if self.bits_stored <= 16 else "uint32"

    @property
    def frame_bits(self) -> int:
        """Bits of one uncompressed frame; in 4:2:2 two pixels have four samples (PS3.3 C.7.6.3.1.2)."""
        samples = 2 if self.is_subsampled else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def is_subsampled(self) -> bool:
        """Whether, uncompressed, two neighbors share their chroma."""
        return self.samples == 3 and self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")
