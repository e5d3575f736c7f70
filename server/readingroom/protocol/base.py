"""What every message is made of: bounded scalars, and the strictness they share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL_VERSION = 4
"""Said in the handshake; another version reloads the page once."""

UM_LIMIT = 10_000_000
"""Places lie within 10 m of the origin, in micrometers."""
MILLI_PIXEL_LIMIT = 100_000_000
"""Image places lie within 100,000 pixels of the origin, in thousandths of a pixel."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
OpId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Secret = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""256 random bits of a link."""
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
Role = Literal["host", "clinician", "patient", "observer"]
"""What somebody is in a room; what each may do is one table (rooms/roles.py)."""


class Wire(BaseModel):
    """What every message has in common: frozen, no unknown keys, no NaN, no infinity."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )
